package main

import (
	"context"
	"io"
	"runtime"
	"testing"
	"time"
)

func TestStartDelay(t *testing.T) {
	g := newGateway(nil, []fault{mustFault(t, "start-delay=30ms")}, scope{})
	began := time.Now()
	if !g.wait(t.Context()) || time.Since(began) < 30*time.Millisecond {
		t.Errorf("ready after %v, want 30 ms", time.Since(began))
	}
	stopped, stop := context.WithCancel(t.Context())
	stop()
	g = newGateway(nil, []fault{mustFault(t, "start-delay=1h")}, scope{})
	if g.wait(stopped) {
		t.Error("ready though it was stopped")
	}
}

func TestRunStopsDuringTheStart(t *testing.T) {
	ctx, stop := context.WithTimeout(t.Context(), 10*time.Millisecond)
	defer stop()
	args := []string{"-listen", "127.0.0.1:0", "-upstream", "http://127.0.0.1:9", "-fault", "start-delay=1h"}
	if code := run(ctx, args, io.Discard); code != exitOK {
		t.Errorf("exit code %d, want %d", code, exitOK)
	}
}

func TestMemoryIsKeptFromTheStart(t *testing.T) {
	before := liveHeap()
	g := newGateway(nil, []fault{mustFault(t, "memory=20MB")}, scope{})
	if grown := liveHeap() - before; grown < 19<<20 {
		t.Errorf("grown by %d bytes, want 20 MB", grown)
	}
	runtime.KeepAlive(g)
}

// TestProcessLuck: of many processes some are slowed by more than the strength and
// some by less, and none by more than twice that.
func TestProcessLuck(t *testing.T) {
	const parts = whole / 4
	less, more := 0, 0
	for range 200 {
		switch drawn := drawLuck(parts); {
		case drawn < 0 || drawn > 2*parts:
			t.Fatalf("drew %d of %d", drawn, whole)
		case drawn < parts:
			less++
		default:
			more++
		}
	}
	if less < 50 || more < 50 {
		t.Errorf("%d processes below and %d above the strength", less, more)
	}
}

func mustFault(t *testing.T, text string) fault {
	t.Helper()
	f, err := parseFault(text)
	if err != nil {
		t.Fatal(err)
	}
	return f
}
