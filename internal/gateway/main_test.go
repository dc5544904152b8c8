package gateway

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The test binary is also the supervisor and every small gateway of the tests.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "supervise" {
		os.Exit(Supervise(os.Args[2:]))
	}
	if role, ok := roles[os.Getenv("ROLE")]; ok {
		if err := role(); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	// An option on the command line comes later, and wins.
	if err := flag.Set("test.parallel", testsAtOnce); err != nil {
		panic(err) // there is such a flag
	}
	os.Exit(m.Run())
}

// testsAtOnce is for tests that mostly wait. Those that measure would be in each other's way.
var testsAtOnce = "6"

var roles = map[string]func() error{
	"serve":  serve,
	"pool":   pool,
	"worker": worker,
	"parent": parent,
	"burner": burner,
	"tracer": tracer,
}

// serve is a gateway in one process. ALSO is another address, which it opens
// before its own and serves too; LISTEN and PATHNAME replace its own.
func serve() error {
	if also := os.Getenv("ALSO"); also != "" {
		l, err := net.Listen("tcp", also)
		if err != nil {
			return err
		}
		go http.Serve(l, http.NotFoundHandler())
		time.Sleep(2 * time.Second)
	}
	network, at := "tcp", os.Getenv("LISTEN")
	if at == "" {
		at = "127.0.0.1:" + os.Getenv("PORT")
	}
	if path := os.Getenv("PATHNAME"); path != "" {
		network, at = "unix", path
	}
	l, err := net.Listen(network, at)
	if err != nil {
		return err
	}
	return serveOn(l)
}

func serveOn(l net.Listener) error {
	mib, _ := strconv.Atoi(os.Getenv("HOLD_MIB"))
	held := bytes.Repeat([]byte("x"), mib<<20)
	defer runtime.KeepAlive(held)
	http.HandleFunc("/health", func(w http.ResponseWriter, _ *http.Request) {
		if status, err := strconv.Atoi(os.Getenv("STATUS")); err == nil {
			w.WriteHeader(status)
		}
	})
	http.HandleFunc("/env", func(w http.ResponseWriter, _ *http.Request) {
		fmt.Fprint(w, strings.Join(os.Environ(), "\n"))
	})
	// Uses CPU for 150 ms on each of two threads, which then end, and answers
	// with what the kernel has charged to the process in all.
	http.HandleFunc("/burn", func(w http.ResponseWriter, _ *http.Request) {
		done := make(chan struct{})
		for range 2 {
			go func() {
				runtime.LockOSThread()
				for start := threadTime(); threadTime()-start < 150*time.Millisecond; {
				}
				done <- struct{}{}
			}()
		}
		<-done
		<-done
		var usage unix.Rusage
		_ = unix.Getrusage(unix.RUSAGE_SELF, &usage)
		fmt.Fprint(w, usage.Utime.Nano()+usage.Stime.Nano())
	})
	// Runs a line and answers with what the kernel has charged in all: to this process,
	// and to the children that it has waited for.
	http.HandleFunc("/run", func(w http.ResponseWriter, r *http.Request) {
		cmd := exec.Command("sh", "-c", r.URL.Query().Get("line"))
		cmd.Env = append(os.Environ(), "ROLE=burner")
		if out, err := cmd.CombinedOutput(); err != nil {
			http.Error(w, string(out), http.StatusInternalServerError)
			return
		}
		var self, children unix.Rusage
		_ = unix.Getrusage(unix.RUSAGE_SELF, &self)
		_ = unix.Getrusage(unix.RUSAGE_CHILDREN, &children)
		fmt.Fprint(w, self.Utime.Nano()+self.Stime.Nano()+children.Utime.Nano()+children.Stime.Nano())
	})
	http.HandleFunc("/exit", func(_ http.ResponseWriter, r *http.Request) {
		code, _ := strconv.Atoi(r.URL.Query().Get("code"))
		fmt.Println("asked to exit with", code)
		os.Exit(code)
	})
	return http.Serve(l, nil)
}

// burner uses 30 ms of CPU time and ends.
func burner() error {
	runtime.LockOSThread()
	for start := threadTime(); threadTime()-start < 30*time.Millisecond; {
	}
	return nil
}

func threadTime() time.Duration {
	var ts unix.Timespec
	_ = unix.ClockGettime(unix.CLOCK_THREAD_CPUTIME_ID, &ts)
	return time.Duration(ts.Nano())
}

// pool is a gateway with a master that only starts workers, again when one ends.
func pool() error {
	at := os.Getenv("LISTEN")
	if at == "" {
		at = "127.0.0.1:" + os.Getenv("PORT")
	}
	l, err := net.Listen("tcp", at)
	if err != nil {
		return err
	}
	f, err := l.(*net.TCPListener).File()
	if err != nil {
		return err
	}
	for range 3 {
		go func() {
			for {
				cmd := exec.Command(os.Getenv("SELF"))
				cmd.Env = append(os.Environ(), "ROLE=worker")
				cmd.ExtraFiles = []*os.File{f}
				_ = cmd.Run()
			}
		}()
	}
	select {}
}

func worker() error {
	l, err := net.FileListener(os.NewFile(3, "listener"))
	if err != nil {
		return err
	}
	return serveOn(l)
}

// parent starts a gateway as we do, says so, and waits for its fate.
func parent() error {
	spec := Spec{
		Command: Command{
			Supervisor: superviseBy(os.Getenv("SELF")),
			Line:       os.Args[1], LogPath: os.Args[2],
			Env: []string{"PATH=" + os.Getenv("PATH"), "SELF=" + os.Getenv("SELF"), noExitPause, os.Args[3]},
		},
		Upstream: "http://127.0.0.1:1", ScratchDir: filepath.Dir(os.Args[2]),
		Ready: Ready{Path: "/health"}, Grace: 300 * time.Millisecond,
	}
	if _, err := Start(context.Background(), spec); err != nil {
		return err
	}
	panics := make(chan os.Signal, 1)
	signal.Notify(panics, unix.SIGUSR1)
	fmt.Println("up")
	<-panics
	panic("as asked")
}

// noExitPause spares every helper process the second that the race detector
// waits at its end.
const noExitPause = "GORACE=atexit_sleep_ms=0"

func superviseBy(self string) []string {
	return []string{"env", noExitPause, self, "supervise"}
}

const serveLine = `exec env ROLE=serve "$SELF"`

// newSpec is a spec for the start line, and the mark that all its processes
// carry in their environment.
func newSpec(t testing.TB, line string) (Spec, string) {
	t.Helper()
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	mark := "MARK=" + dir
	return Spec{
		Command: Command{
			Supervisor: superviseBy(self),
			Line:       line,
			Dir:        dir,
			Env:        []string{"PATH=" + os.Getenv("PATH"), "SELF=" + self, noExitPause, mark},
			LogPath:    filepath.Join(dir, "log"),
		},
		Ready:      Ready{Path: "/health", Timeout: 20 * time.Second},
		Upstream:   "http://127.0.0.1:4321",
		ScratchDir: dir,
		Grace:      2 * time.Second,
	}, mark
}

// start starts a gateway that must come up, and checks at the end of the test
// that nothing of it is left.
func start(t testing.TB, spec Spec, mark string) *Process {
	t.Helper()
	p, err := Start(context.Background(), spec)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Stop(context.Background()); err != nil {
			t.Error(err)
		}
		wantGone(t, mark)
	})
	return p
}

// startFails gives the error of a gateway that must not come up.
func startFails(t *testing.T, spec Spec, mark string) *Error {
	t.Helper()
	p, err := Start(context.Background(), spec)
	if err == nil {
		_ = p.Stop(context.Background())
		t.Fatal("it started")
	}
	wantGone(t, mark)
	var e *Error
	if !errors.As(err, &e) {
		t.Fatalf("not an *Error: %v", err)
	}
	return e
}

// marked lists the living processes with the mark in their environment.
func marked(mark string) (pids []int) {
	paths, _ := filepath.Glob("/proc/[0-9]*/environ")
	for _, path := range paths {
		env, err := os.ReadFile(path)
		if err == nil && strings.Contains("\x00"+string(env), "\x00"+mark+"\x00") {
			pid, _ := strconv.Atoi(strings.Split(path, "/")[2])
			pids = append(pids, pid)
		}
	}
	return pids
}

func wantGone(t testing.TB, mark string) {
	t.Helper()
	if pids := marked(mark); len(pids) > 0 {
		t.Errorf("processes %v are left", pids)
		for _, pid := range pids {
			_ = syscall.Kill(pid, unix.SIGKILL)
		}
	}
}

// eventually waits for a condition that others bring about.
func eventually(t testing.TB, what string, cond func() bool) {
	t.Helper()
	for deadline := time.Now().Add(15 * time.Second); !cond(); {
		if time.Now().After(deadline) {
			t.Fatalf("never: %s", what)
		}
		time.Sleep(5 * time.Millisecond)
	}
}
