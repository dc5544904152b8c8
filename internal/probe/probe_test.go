package probe

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/mockllm"
)

// asMock is the argument that makes the test binary a mock process.
const asMock = "mock-process-of-the-test"

func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == asMock {
		os.Exit(mockllm.Main(os.Stdin, os.Stdout))
	}
	os.Exit(m.Run())
}

// through is a target: the mock of a probe, behind a gateway if there is one.
func through(t *testing.T, name bench.ProbeName, gateway func(http.Handler) http.Handler) Target {
	t.Helper()
	mock, err := mockllm.Start(t.Context(), []string{os.Args[0], asMock}, Settings(name, llmapi.Responses))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := mock.Stop(); err != nil {
			t.Error(err)
		}
	})
	target := Target{Arm: bench.Direct, Addr: mock.Addr, Mock: mock, API: llmapi.Responses}
	for mode, body := range map[bench.Mode]*[]byte{bench.JSON: &target.JSON, bench.SSE: &target.Stream} {
		if *body, err = llmapi.RequestBody(llmapi.Responses, llmapi.Ask{Mode: mode, Size: 1024}); err != nil {
			t.Fatal(err)
		}
	}
	if gateway == nil {
		return target
	}
	proxy := &httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: mock.Addr})
			// The transport reads on behind the length, and hangs up when that fails
			// because the answer has begun (https://go.dev/issue/40747).
			r.Out.Body = io.NopCloser(io.LimitReader(r.In.Body, r.In.ContentLength))
		},
		Transport:     &http.Transport{MaxIdleConnsPerHost: 100},
		FlushInterval: -1,
		ErrorHandler:  func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}
	server := httptest.NewServer(gateway(proxy))
	t.Cleanup(server.Close)
	target.Arm, target.Addr = bench.Head, strings.TrimPrefix(server.URL, "http://")
	target.Memory = func() int64 {
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return int64(m.HeapAlloc)
	}
	return target
}

// The gateways.

func clean(next http.Handler) http.Handler { return next }

// deaf goes on for a client that has gone.
func deaf(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r.Clone(context.WithoutCancel(r.Context())))
		_, _ = w.Write(answer.Body.Bytes())
	})
}

// collecting has the whole answer before it sends any of it.
func collecting(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		next.ServeHTTP(answer, r)
		_, _ = io.Copy(w, bytes.NewReader(answer.Body.Bytes()))
	})
}

// alone serves one request at a time.
func alone(next http.Handler) http.Handler {
	var lock sync.Mutex
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		lock.Lock()
		defer lock.Unlock()
		next.ServeHTTP(w, r)
	})
}

func failing(http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) })
}

func probe(t *testing.T, name bench.ProbeName, gateway func(http.Handler) http.Handler) bench.Probe {
	t.Helper()
	start := time.Now()
	target := through(t, name, gateway)
	p, err := Run(t.Context(), name, target)
	if err != nil {
		t.Fatal(err)
	}
	if p.Name != name || p.Arm != target.Arm {
		t.Errorf("%s of %s", p.Name, p.Arm)
	}
	s, err := target.Mock.Stats(t.Context())
	t.Logf("%v: %+v %+v %+v; %+v, %v", time.Since(start), p.Disconnect, p.SlowReader, p.Idle, s, err)
	return p
}

func TestDisconnect(t *testing.T) {
	for name, c := range map[string]struct {
		gateway func(http.Handler) http.Handler
		ranOn   int
	}{
		"direct":                        {nil, 0},
		"clean":                         {clean, 0},
		"sends nothing, but hears it":   {collecting, 0},
		"goes on though nobody listens": {deaf, disconnects},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			d := probe(t, bench.ProbeDisconnect, c.gateway).Disconnect
			if d.Streams != disconnects || d.RanOn != c.ranOn || d.Ended != disconnects-c.ranOn || d.Open != 0 {
				t.Errorf("%+v, want %d to run on", d, c.ranOn)
			}
			if known := d.EndedP50 != nil && d.EndedMax != nil; known != (c.ranOn == 0) || known && (*d.EndedP50 > *d.EndedMax || *d.EndedMax > d.Lasts/2) {
				t.Errorf("they end after %v, at the most %v", d.EndedP50, d.EndedMax)
			}
		})
	}
}

func TestSlowReader(t *testing.T) {
	for name, c := range map[string]struct {
		gateway   func(http.Handler) http.Handler
		whole     int
		meanwhile bool
	}{
		"direct":            {nil, 0, true},
		"clean":             {clean, 0, true},
		"takes all in":      {collecting, readers, true},
		"is busy with them": {alone, 0, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := probe(t, bench.ProbeSlowReader, c.gateway).SlowReader
			if s.Whole != c.whole || (s.Meanwhile != nil) != c.meanwhile || s.Alone <= 0 {
				t.Errorf("%+v; want %d whole, answers meanwhile %t", s, c.whole, c.meanwhile)
			}
			if s.Read < readBytes || s.Read > 2<<20 || s.Written < s.Read {
				t.Errorf("%.0f bytes read, %.0f written", s.Read, s.Written)
			}
			if (s.RSSPeak != nil) != (c.gateway != nil) || s.RSSPeak != nil && *s.RSSPeak < *s.RSSBefore {
				t.Errorf("memory from %v to %v", s.RSSBefore, s.RSSPeak)
			}
			if c.whole > 0 && s.OnTheWay() < float64(s.AnswerBytes)/2 {
				t.Errorf("%.0f bytes are on the way", s.OnTheWay())
			}
		})
	}
}

// A large stream is as large with every API.
func TestStreamsAreLarge(t *testing.T) {
	for _, api := range llmapi.All() {
		if n := eventBytes(api); n < 15<<20 || n > 18<<20 {
			t.Errorf("%s: %d bytes", api, n)
		}
		for _, name := range []bench.ProbeName{bench.ProbeDisconnect, bench.ProbeSlowReader, bench.ProbeIdle} {
			if err := Settings(name, api).Validate(); err != nil {
				t.Errorf("%s, %s: %v", name, api, err)
			}
		}
	}
}

// A gateway that fails is an error that says how, and soon.
func TestFails(t *testing.T) {
	for _, name := range []bench.ProbeName{bench.ProbeDisconnect, bench.ProbeSlowReader, bench.ProbeIdle} {
		target := through(t, name, failing)
		_, err := Run(t.Context(), name, target)
		if err == nil || !strings.Contains(err.Error(), "500 Internal Server Error") || !strings.Contains(err.Error(), string(name)+" of head") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Run(t.Context(), "unheard-of", Target{}); err == nil {
		t.Error("an unknown probe was made")
	}
}

// A probe that is given up ends at once and leaves nothing running.
func TestCancelled(t *testing.T) {
	for _, name := range []bench.ProbeName{bench.ProbeDisconnect, bench.ProbeSlowReader, bench.ProbeIdle} {
		target := through(t, name, clean)
		ctx, cancel := context.WithCancel(t.Context())
		time.AfterFunc(100*time.Millisecond, cancel)
		start := time.Now()
		_, err := Run(ctx, name, target)
		if !errors.Is(err, context.Canceled) || time.Since(start) > time.Second {
			t.Errorf("%s: %v after %v", name, err, time.Since(start))
		}
		open := int64(-1)
		for deadline := time.Now().Add(5 * time.Second); open != 0 && time.Now().Before(deadline); time.Sleep(5 * time.Millisecond) {
			s, err := target.Mock.Stats(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			open = s.Streams - s.Cut - s.Whole
		}
		if open != 0 {
			t.Errorf("%s: %d streams are left", name, open)
		}
	}
}
