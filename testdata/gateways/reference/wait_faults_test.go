package main

import (
	"io"
	"net/http"
	"sync/atomic"
	"testing"
	"time"
)

func TestPollWaitsForTheNextTime(t *testing.T) {
	const every = 300 * time.Millisecond
	base := startGateway(t, stream(3), "poll=300ms")
	began := time.Now()
	for range 4 {
		if got := readAll(t, post(t, base).Body); got != events(3) {
			t.Fatalf("got %q", got)
		}
	}
	// The first may come just before one of the times.
	if took := time.Since(began); took < 3*every || took > 6*every {
		t.Errorf("four requests one after the other took %v, want about %v", took, 4*every)
	}
}

func TestPeriodicFlush(t *testing.T) {
	const every = 400 * time.Millisecond
	upstream := newPaced()
	response := comes(t, ask(startGateway(t, upstream, "periodic-flush=400ms")))
	began := time.Now()
	upstream.writes <- events(1)
	first := make([]byte, len(events(1)))
	if _, err := io.ReadFull(response.Body, first); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took < every/2 {
		t.Errorf("the first event came after %v", took)
	}
	close(upstream.writes)
	readAll(t, response.Body)
}

func TestPeriodicFlushEndsInTime(t *testing.T) {
	base := startGateway(t, stream(3), "periodic-flush=1h") // hangs if it does not
	if got := readAll(t, post(t, base).Body); got != events(3) {
		t.Errorf("got %q", got)
	}
}

func TestSerialiseStreams(t *testing.T) {
	for accept, want := range map[string]int64{"text/event-stream": 1, "application/json": 3} {
		var now, most atomic.Int64
		begun := make(chan struct{}, 3)
		base := startGateway(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			most.Store(max(most.Load(), now.Add(1)))
			defer now.Add(-1)
			if begun <- struct{}{}; accept == "application/json" {
				for len(begun) < 3 {
					time.Sleep(time.Millisecond)
				}
			}
		}), "serialise-streams")
		done := make(chan bool)
		for range 3 {
			go func() { accepting(t, base, accept); done <- true }()
		}
		for range 3 {
			<-done
		}
		if most.Load() != want {
			t.Errorf("%s: %d at once, want %d", accept, most.Load(), want)
		}
	}
}

func TestCutIdle(t *testing.T) {
	for fault, whole := range map[string]bool{"cut-idle=50ms": false, "cut-idle=1h": true} {
		base := startGateway(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", "text/event-stream")
			for range 2 {
				io.WriteString(w, events(1))
				http.NewResponseController(w).Flush()
				select {
				case <-r.Context().Done():
				case <-time.After(500 * time.Millisecond):
				}
			}
		}), fault)
		body, err := io.ReadAll(post(t, base).Body)
		if (err == nil && string(body) == events(1)+events(1)) != whole {
			t.Errorf("%s: %q, %v", fault, body, err)
		}
	}
}

func TestDelayEnd(t *testing.T) {
	const delay = 200 * time.Millisecond
	base := startGateway(t, stream(3), "delay-end=200ms")
	body := post(t, base).Body
	if _, err := io.ReadFull(body, make([]byte, len(events(3)))); err != nil {
		t.Fatal(err)
	}
	began := time.Now()
	readAll(t, body)
	if took := time.Since(began); took < delay/2 {
		t.Errorf("the end came after %v", took)
	}
}
