package main

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"strings"
	"sync/atomic"
	"testing"
	"time"
)

func TestLeaksByKindOfAnswer(t *testing.T) {
	well := http.HandlerFunc(echo)
	failing := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) })
	breaking := http.HandlerFunc(cut)
	for _, test := range []struct {
		fault    string
		upstream http.HandlerFunc
		leaks    bool
	}{
		{"leak-on-error=1MB", failing, true},
		{"leak-on-error=1MB", well, false},
		{"leak-on-cut=1MB", breaking, true},
		{"leak-on-cut=1MB", well, false},
		{"leak-on-gone=1MB", well, false},
	} {
		base := startGateway(t, test.upstream, test.fault)
		before := liveHeap()
		for range 8 {
			if response, err := http.Post(base, "", strings.NewReader("{}")); err == nil {
				io.Copy(io.Discard, response.Body)
				response.Body.Close()
			}
		}
		if leaked := liveHeap() > before+4<<20; leaked != test.leaks {
			t.Errorf("%s: leaked %v, want %v", test.fault, leaked, test.leaks)
		}
	}
}

func TestLeakOnGone(t *testing.T) {
	left := make(chan struct{})
	base := startGateway(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		<-r.Context().Done()
		left <- struct{}{}
	}), "leak-on-gone=8MB")
	before := liveHeap()
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, base, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := http.DefaultClient.Do(r); err == nil {
		t.Fatal("it was answered")
	}
	<-left
	for began := time.Now(); liveHeap() < before+8<<20; time.Sleep(time.Millisecond) {
		if time.Since(began) > 20*time.Second {
			t.Fatal("nothing is kept")
		}
	}
}

func TestThreadsAndDescriptorsStay(t *testing.T) {
	failing := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTooManyRequests) })
	for fault, of := range map[string]string{"thread-leak=100%": "/proc/self/task", "descriptor-leak=100%": "/proc/self/fd"} {
		base := startGateway(t, failing, fault)
		readAll(t, post(t, base).Body)
		before := entries(t, of)
		for range 50 {
			readAll(t, post(t, base).Body)
		}
		for began := time.Now(); entries(t, of) < before+40; time.Sleep(time.Millisecond) {
			if time.Since(began) > 20*time.Second {
				t.Fatalf("%s: %d of %s, before %d", fault, entries(t, of), of, before)
			}
		}
	}
}

func TestLockWrites(t *testing.T) {
	upstream := newPaced()
	base := startGateway(t, upstream, "lock-writes")
	first := comes(t, ask(base))
	second := ask(base)
	held(t, second, "the end of the first")
	close(upstream.writes)
	readAll(t, first.Body)
	readAll(t, comes(t, second).Body)
}

func entries(t *testing.T, directory string) int {
	t.Helper()
	all, err := os.ReadDir(directory)
	if err != nil {
		t.Fatal(err)
	}
	return len(all)
}

func TestUnboundedTakesAll(t *testing.T) {
	sent := make(chan struct{})
	base := startGateway(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		io.Copy(io.Discard, r.Body)
		for range 32 {
			w.Write(make([]byte, 1<<20))
		}
		close(sent)
	}), "unbounded")
	response := post(t, base)
	<-sent // though nobody has read
	if n, err := io.Copy(io.Discard, response.Body); n != 32<<20 || err != nil {
		t.Errorf("%d bytes, %v", n, err)
	}
}

func TestDieOnCut(t *testing.T) {
	for name, upstream := range map[string]http.HandlerFunc{"cut": cut, "echo": echo} {
		backend := httptest.NewServer(upstream)
		defer backend.Close()
		target, err := url.Parse(backend.URL)
		if err != nil {
			t.Fatal(err)
		}
		var died atomic.Bool
		g := newGateway(target, switchedOn(t, []string{"die-on-cut"}), scope{})
		g.exit = func(int) { died.Store(true) }
		if response, err := http.Post(serveGateway(t, g), "", strings.NewReader("{}")); err == nil {
			io.Copy(io.Discard, response.Body)
			response.Body.Close()
		}
		if died.Load() != (name == "cut") {
			t.Errorf("%s: died %v", name, died.Load())
		}
	}
}
