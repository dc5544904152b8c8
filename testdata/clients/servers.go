package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"sync"
	"time"

	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/mockllm"
)

// server is what is driven.
type server struct {
	name   string
	warm   time.Duration // what it needs to run as fast as it can
	whole  bool          // one slice as long as a run: at the end of each a connection can wait a second
	start  func(ctx context.Context, r *rig) (addr string, stop func(), err error)
	bounds func(concurrency int) wanted
}

var servers = []server{
	{"direct", time.Second, false, startMock, func(concurrency int) wanted {
		return wanted{
			latency:    map[int]bounds{wrk: {0, map[bool]float64{true: 1}[concurrency == 1]}},
			throughput: map[int]bounds{wrk: {map[bool]float64{true: 1}[concurrency == 50], 0}},
		}
	}},
	{"go", time.Second, false, startOwn("proxy"), alike},
	{"fifo", 0, false, startOwn("fifo"), alike},
	{"node", 4 * time.Second, false, startNode, alike},
	{"python", 0, true, startPython, likeAb},
}

func names() (all []string) {
	for _, s := range servers {
		all = append(all, s.name)
	}
	return all
}

// within are the bounds of two clients that read the same.
var within = bounds{0.9, 1.1}

// alike is for servers that keep connections: wrk, which needs as little CPU as we
// do, must read the same. ab needs more, and where it is the limit its figures are its own.
func alike(int) wanted {
	return wanted{latency: map[int]bounds{wrk: within}, throughput: map[int]bounds{wrk: within}}
}

// likeAb is for servers with a connection for each answer: ab's clock includes it.
func likeAb(int) wanted {
	return wanted{latency: map[int]bounds{ab: within}, throughput: map[int]bounds{ab: within}}
}

// rig has what all servers and clients use.
type rig struct {
	dir  string // of temporary files
	self string
	body []byte // of the request
	mock *mockllm.Process

	whole bool // of the server that is driven
}

func newRig(ctx context.Context) (r *rig, err error) {
	r = &rig{}
	if r.self, err = os.Executable(); err != nil {
		return nil, err
	}
	if r.body, err = request(); err != nil {
		return nil, err
	}
	if r.dir, err = os.MkdirTemp("", "clients"); err != nil {
		return nil, err
	}
	lua := fmt.Sprintf("wrk.method = \"POST\"\nwrk.headers[\"Content-Type\"] = \"application/json\"\nwrk.body = [==[%s]==]\n", r.body)
	for name, text := range map[string]string{
		"post.lua": lua, "body.json": string(r.body), "answer.json": string(llmapi.JSONAnswer(api, shape)),
	} {
		if err := os.WriteFile(filepath.Join(r.dir, name), []byte(text), 0o600); err != nil {
			return nil, errors.Join(err, os.RemoveAll(r.dir))
		}
	}
	if r.mock, err = mockllm.Start(ctx, []string{r.self, mockCommand}, mockllm.Settings{API: api, Shape: shape}); err != nil {
		return nil, errors.Join(err, os.RemoveAll(r.dir))
	}
	return r, nil
}

func (r *rig) close() { _ = errors.Join(r.mock.Stop(), os.RemoveAll(r.dir)) }

func startMock(_ context.Context, r *rig) (addr string, stop func(), err error) {
	return r.mock.Addr, func() {}, nil
}

// startOwn is a server of this program, in a process of its own.
func startOwn(kind string) func(context.Context, *rig) (string, func(), error) {
	return func(ctx context.Context, r *rig) (string, func(), error) {
		return launch(ctx, func(port string) *exec.Cmd {
			return exec.CommandContext(ctx, r.self, serveCommand, kind, port, r.mock.Addr, filepath.Join(r.dir, "answer.json"))
		})
	}
}

func startNode(ctx context.Context, r *rig) (string, func(), error) {
	return launch(ctx, func(port string) *exec.Cmd {
		cmd := exec.CommandContext(ctx, "node", "testdata/gateways/node/server.mjs")
		cmd.Env = append(os.Environ(), "PORT="+port, "UPSTREAM_URL=http://"+r.mock.Addr)
		return cmd
	})
}

func startPython(ctx context.Context, r *rig) (string, func(), error) {
	return launch(ctx, func(port string) *exec.Cmd {
		return exec.CommandContext(ctx, "python3", "testdata/clients/threading_server.py", port, filepath.Join(r.dir, "answer.json"))
	})
}

// launch starts a server on a free port and waits until it listens.
func launch(ctx context.Context, command func(port string) *exec.Cmd) (addr string, stop func(), err error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return "", nil, err
	}
	addr = l.Addr().String()
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	if err := l.Close(); err != nil {
		return "", nil, err
	}
	cmd := command(port)
	if err := cmd.Start(); err != nil {
		return "", nil, err
	}
	stop = func() {
		_ = cmd.Process.Kill()
		_ = cmd.Wait() // it was killed
	}
	for range 500 {
		if conn, err := net.Dial("tcp", addr); err == nil {
			return addr, stop, conn.Close()
		}
		select {
		case <-ctx.Done():
		case <-time.After(20 * time.Millisecond):
		}
	}
	stop()
	return "", nil, fmt.Errorf("%s does not listen", cmd)
}

// serve is a server of this program: KIND PORT UPSTREAM ANSWER.
func serve(args []string) error {
	answer, err := os.ReadFile(args[3])
	if err != nil {
		return err
	}
	var handler http.Handler
	switch args[0] {
	case "proxy":
		proxy := httputil.NewSingleHostReverseProxy(&url.URL{Scheme: "http", Host: args[2]})
		proxy.Transport = &http.Transport{MaxIdleConnsPerHost: 100}
		handler = proxy
	case "fifo":
		handler = fifo(answer)
	}
	return http.ListenAndServe("127.0.0.1:"+args[1], handler)
}

// fifoTime is what the one worker takes for a request.
const fifoTime = 2370 * time.Microsecond

// fifo is one worker that takes requests in the order of their coming.
func fifo(answer []byte) http.Handler {
	var worker sync.Mutex
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, _ = io.Copy(io.Discard, r.Body) // what cannot be read fails the client
		worker.Lock()
		time.Sleep(fifoTime)
		worker.Unlock()
		w.Header().Set("Content-Type", "application/json")
		w.Header().Set("Content-Length", strconv.Itoa(len(answer)))
		_, _ = w.Write(answer)
	})
}
