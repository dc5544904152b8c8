package session

import (
	"bytes"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/sandbox"
	"github.com/org/proxy-bench-action/internal/saved"
)

// TestMain makes the test binary be the program that a session starts, and the
// gateways that it drives.
func TestMain(m *testing.M) {
	if code, ok := Child(host.Process()); ok {
		os.Exit(code)
	}
	if len(os.Args) > 3 && os.Args[1] == "gateway" {
		fmt.Fprintln(os.Stderr, serve(os.Args[2], os.Args[3]))
		os.Exit(1)
	}
	os.Exit(m.Run())
}

// serve is a gateway: "good", or one that "lies", "hangs" or "dies" after so many
// requests. From then on "twice" asks the backend twice for each, "cache" answers
// without it, under names of its own, and "astray" asks it for a path that it does not have; "secure" always
// speaks TLS to it, and one that "buffers" reads each answer to its end first. One that "loads" does so for so many ms at its first request for
// a model; one that "refuses" does so with all of them for so many ms.
func serve(how, after string) error {
	anyID := regexp.MustCompile(`"id":"[^"]*"`)
	limit, err := strconv.Atoi(after)
	if err != nil {
		return err
	}
	upstream, err := url.Parse(os.Getenv("UPSTREAM_URL"))
	if err != nil {
		return err
	}
	proxy := httputil.NewSingleHostReverseProxy(upstream)
	proxy.FlushInterval = -1
	started := time.Now()
	var loading sync.Once
	var kept atomic.Pointer[[]byte] // the last answer, without its head
	switch how {
	case "secure":
		if proxy, err = overTLS(); err != nil {
			return err
		}
	case "buffers":
		proxy.ModifyResponse = func(r *http.Response) error {
			all, err := io.ReadAll(r.Body)
			r.Body = io.NopCloser(bytes.NewReader(all))
			return err
		}
	case "cache":
		proxy.ModifyResponse = func(r *http.Response) error {
			all, err := io.ReadAll(r.Body)
			renamed := anyID.ReplaceAll(all, []byte(`"id":"of the cache"`))
			kept.Store(&renamed)
			r.Body = io.NopCloser(bytes.NewReader(all))
			return err
		}
	}
	requests := make(chan int, 1)
	requests <- 0
	return http.ListenAndServe("127.0.0.1:"+os.Getenv("PORT"), http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		n := 1 + <-requests
		requests <- n
		switch {
		case r.URL.Path == "/health":
		case how == "lies" && n > limit:
			fmt.Fprintln(os.Stderr, "I am lying")
			http.Error(w, "no", http.StatusTeapot)
		case how == "hangs" && n > limit:
			<-r.Context().Done()
		case how == "refuses" && time.Since(started) < time.Duration(limit)*time.Millisecond:
			http.Error(w, "not yet", http.StatusServiceUnavailable)
		case how == "dies" && n > limit:
			fmt.Fprintln(os.Stderr, "I am dying")
			os.Exit(7)
		case how == "cache" && n > limit && kept.Load() != nil:
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write(*kept.Load())
		case how == "twice" && n > limit:
			body, _ := io.ReadAll(r.Body)
			again, err := http.Post(upstream.String()+r.URL.Path, "application/json", bytes.NewReader(body))
			if err == nil {
				_, _ = io.Copy(io.Discard, again.Body)
				_ = again.Body.Close()
			}
			r.Body = io.NopCloser(bytes.NewReader(body))
			proxy.ServeHTTP(w, r)
		case how == "astray" && n > limit:
			r.URL.Path = "/v1" + r.URL.Path
			proxy.ServeHTTP(w, r)
		default:
			if how == "loads" {
				loading.Do(func() { time.Sleep(time.Duration(limit) * time.Millisecond) })
			}
			// Reading beyond the end can fail when the answer is on its way, and then
			// the stream is cut (https://go.dev/issue/40747).
			r.Body = struct {
				io.Reader
				io.Closer
			}{io.LimitReader(r.Body, r.ContentLength), r.Body}
			proxy.ServeHTTP(w, r)
		}
	}))
}

// overTLS is a proxy to the backend that trusts the certificate of the run.
func overTLS() (*httputil.ReverseProxy, error) {
	upstream, err := url.Parse(os.Getenv("UPSTREAM_TLS_URL"))
	if err != nil {
		return nil, err
	}
	ca, err := os.ReadFile(os.Getenv("UPSTREAM_CA"))
	if err != nil {
		return nil, err
	}
	roots := x509.NewCertPool()
	roots.AppendCertsFromPEM(ca)
	proxy := httputil.NewSingleHostReverseProxy(upstream)
	proxy.FlushInterval = -1
	proxy.Transport = &http.Transport{TLSClientConfig: &tls.Config{RootCAs: roots}, ForceAttemptHTTP2: true}
	return proxy, nil
}

// repository is a working directory with a gateway in it, as a commit: the build
// line makes the program `gateway` out of gateway.sh.
type repository struct {
	t    *testing.T
	head string // the commit
	log  *bytes.Buffer
}

const gatewayFile = `version: 1
gateway: {build: cp gateway.sh gateway, start: exec ./gateway, ready: {path: /health, timeout: 10s}}
suite: {modes: [json], concurrency: [1], body: [1KB]}
measure: {rounds: 1, time_budget: 1s}
`

func newRepository(t *testing.T) *repository {
	t.Helper()
	t.Chdir(t.TempDir())
	t.Setenv("TMPDIR", t.TempDir())
	r := &repository{t: t, log: new(bytes.Buffer)}
	r.write(DefaultConfig, gatewayFile)
	r.gateway("good", 0)
	r.write(".gitignore", "/gateway\n/out\n/*.zip\n")
	r.git("init", "--quiet", "--initial-branch=main")
	r.commit()
	t.Cleanup(func() {
		left, err := filepath.Glob(os.Getenv("TMPDIR") + "/*")
		if err != nil || len(left) > 0 {
			t.Errorf("left behind: %v, %v", left, err)
		}
		if trees := r.git("worktree", "list"); strings.Contains(trees, "\n") {
			t.Errorf("worktrees left behind:\n%s", trees)
		}
		if all := processes("TMPDIR=" + os.Getenv("TMPDIR")); len(all) > 0 {
			t.Errorf("still running: %q", all)
		}
	})
	return r
}

// at is the repository in a subtest, which finds it as it was committed, beside the
// baselines that were saved before.
func (r *repository) at(t *testing.T, commit string) *repository {
	t.Helper()
	sub := &repository{t: t, head: commit, log: new(bytes.Buffer)}
	sub.git("checkout", "--quiet", "--force", "-B", "main", commit)
	sub.git("clean", "--quiet", "--force", "-d", "-x", "--exclude=*.zip")
	return sub
}

// processes are the command lines of those that were started with a variable,
// NAME=value, and run.
func processes(variable string) (all []string) {
	paths, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range paths {
		env, err := os.ReadFile(path)
		if err != nil || !strings.Contains("\x00"+string(env), "\x00"+variable+"\x00") {
			continue
		}
		line, err := os.ReadFile(filepath.Join(filepath.Dir(path), "cmdline"))
		if err == nil && len(line) > 0 { // without a command line it only waits to be reaped
			all = append(all, string(line))
		}
	}
	return all
}

// watched calls for every line of a log.
type watched struct {
	*bytes.Buffer
	call func(line string)
}

func (w watched) Write(line []byte) (int, error) {
	n, err := w.Buffer.Write(line)
	w.call(string(line))
	return n, err
}

// cancelAt is a context that ends when the session logs a line that begins so.
func (r *repository) cancelAt(s *Session, begin string) context.Context {
	ctx, cancel := context.WithCancel(r.t.Context())
	r.t.Cleanup(cancel)
	s.Log = &Lines{W: watched{r.log, func(line string) {
		if strings.HasPrefix(line, begin) {
			cancel()
		}
	}}}
	return ctx
}

func (r *repository) write(path, content string) {
	r.t.Helper()
	if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(content), 0o755)); err != nil {
		r.t.Fatal(err)
	}
}

// gateway sets how the gateway is, after so many good answers.
func (r *repository) gateway(how string, after int) {
	r.t.Helper()
	self, err := os.Executable()
	if err != nil {
		r.t.Fatal(err)
	}
	r.write("gateway.sh", fmt.Sprintf("#!/bin/sh\nexec '%s' gateway %s %d\n", self, how, after))
}

func (r *repository) git(args ...string) string {
	r.t.Helper()
	out, err := exec.Command("git", append([]string{"-c", "user.name=x", "-c", "user.email=x@example.com"}, args...)...).CombinedOutput()
	if err != nil {
		r.t.Fatalf("git %v: %v\n%s", args, err, out)
	}
	return strings.TrimSpace(string(out))
}

func (r *repository) commit() {
	r.t.Helper()
	r.git("add", ".")
	r.git("commit", "--quiet", "--allow-empty", "--message=x")
	r.head = r.git("rev-parse", "HEAD")
}

// open opens a session on the repository, with settings on top of its
// configuration in pairs of path and value.
func (r *repository) open(settings ...string) *Session {
	r.t.Helper()
	s, err := r.tryOpen(settings...)
	if err != nil {
		r.t.Fatal(err)
	}
	r.t.Cleanup(func() {
		if err := s.Close(); err != nil {
			r.t.Error(err)
		}
	})
	return s
}

func (r *repository) tryOpen(settings ...string) (*Session, error) {
	r.t.Helper()
	var overrides []config.Override
	for i := 0; i < len(settings); i += 2 {
		overrides = append(overrides, config.Override{Path: settings[i], Value: settings[i+1], Origin: settings[i]})
	}
	cfg, err := LoadConfig(config.ForMeasuring, "", overrides)
	if err != nil {
		r.t.Fatal(err)
	}
	box, err := sandbox.Open(host.World{Environ: os.Environ()})
	if err != nil {
		r.t.Fatal(err)
	}
	return Open(r.t.Context(), Options{Config: cfg, Sandbox: box, Log: &Lines{W: r.log}, Now: time.Now})
}

// gate gates the repository and fails the test with any error.
func (r *repository) gate(from BaseSources, settings ...string) Result {
	r.t.Helper()
	from.Config = DefaultConfig
	g, err := r.open(settings...).Gate(r.t.Context(), from)
	if err != nil {
		r.t.Fatalf("%v\n%s", err, r.log)
	}
	return g
}

// save writes a baseline and returns its path.
func (r *repository) save(g Result) string {
	r.t.Helper()
	var b bytes.Buffer
	cfg, err := LoadConfig(config.ForMeasuring, "", nil)
	if err == nil {
		err = WriteBaseline(&b, g, cfg.Gateway, &Lines{W: r.log})
	}
	if err != nil {
		r.t.Fatal(err)
	}
	r.write("baseline.zip", b.String())
	return "baseline.zip"
}

// saveRun writes the files of a run and returns the path of its rounds.
func (r *repository) saveRun(run bench.Run) string {
	r.t.Helper()
	if err := errors.Join(os.MkdirAll("out", 0o755), saved.RunFiles(run).Save("out")); err != nil {
		r.t.Fatal(err)
	}
	return filepath.Join("out", record.RunFile)
}

// says checks that the log has a text.
func (r *repository) says(text string) {
	r.t.Helper()
	if !strings.Contains(r.log.String(), text) {
		r.t.Errorf("the log lacks %q:\n%s", text, r.log)
	}
}

// armsOf counts the rounds of each arm.
func armsOf(run bench.Run) string {
	n := map[bench.Arm]int{}
	for _, round := range run.Rounds {
		n[round.Arm]++
	}
	return fmt.Sprint(n)
}
