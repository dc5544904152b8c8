package main

import (
	"context"
	"net/http"
	"runtime"
	"testing"
	"time"
)

func TestLeakKeepsMemory(t *testing.T) {
	const requests, each = 50, 200 << 10
	base := startGateway(t, http.HandlerFunc(echo), "leak=200KB")
	before := liveHeap()
	for range requests {
		readAll(t, post(t, base).Body)
	}
	// Something else may have been freed meanwhile, but not a tenth of that.
	if grown := liveHeap() - before; grown < requests*each*9/10 {
		t.Errorf("%d requests left %d bytes, want %d", requests, grown, requests*each)
	}
}

// liveHeap is what is still in use after a collection, and after the second one
// that empties the pools.
func liveHeap() int64 {
	runtime.GC()
	runtime.GC()
	var stats runtime.MemStats
	runtime.ReadMemStats(&stats)
	return int64(stats.HeapAlloc)
}

func TestGoroutineLeak(t *testing.T) {
	const requests = 100
	for fault, each := range map[string]int{"goroutine-leak": 1, "goroutine-leak=3": 3, "leak": 0} {
		base := startGateway(t, http.HandlerFunc(echo), fault)
		before := runtime.NumGoroutine()
		for range requests {
			readAll(t, post(t, base).Body)
		}
		// Connections have some, too, that come and go.
		grown := runtime.NumGoroutine() - before
		if off := grown - requests*each; max(off, -off) > requests/2 {
			t.Errorf("%s: %d requests left %d goroutines, want %d each", fault, requests, grown, each)
		}
	}
}

func TestBackgroundBurnNeedsNoRequest(t *testing.T) {
	g := &gateway{}
	installBackgroundBurn(g, whole/2)
	ctx, stop := context.WithCancel(t.Context())
	ended := make(chan struct{})
	began, cpu := time.Now(), processCPUTime()
	go func() {
		defer close(ended)
		g.background[0](ctx)
	}()
	const want = 50 * time.Millisecond
	for used := time.Duration(0); used < want; used = processCPUTime() - cpu {
		if time.Since(began) > 30*time.Second {
			t.Fatalf("used %v of CPU time in %v, want %v", used, time.Since(began), want)
		}
		time.Sleep(10 * time.Millisecond)
	}
	if took := time.Since(began); took < want {
		t.Errorf("half a CPU took %v for %v of CPU time", took, want)
	}
	stop()
	<-ended
}

func TestServeRunsTheBackground(t *testing.T) {
	ran := make(chan struct{})
	g := newGateway(nil, nil, scope{})
	g.background = append(g.background, func(ctx context.Context) {
		<-ctx.Done()
		close(ran)
	})
	t.Cleanup(func() { <-ran }) // runs when serving has ended
	serveGateway(t, g)
}
