package main

import (
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestOwnFirstEventBeforeAll(t *testing.T) {
	upstream := newPaced()
	body := comes(t, ask(startGateway(t, upstream, "own-first-event"))).Body
	upstream.writes <- events(1)
	first := make([]byte, len(ownEvent))
	if _, err := io.ReadFull(body, first); err != nil || string(first) != ownEvent {
		t.Fatalf("%q, %v", first, err)
	}
	upstream.writes <- events(1)
	close(upstream.writes)
	if got := readAll(t, body); got != events(1)+events(1) || strings.Contains(got, ownEvent) {
		t.Errorf("got %q", got)
	}
}

func TestHeldEvents(t *testing.T) {
	for fault, first := range map[string]int{"hold-events": 1, "hold-first-event": 2} {
		upstream := newPaced()
		answer := ask(startGateway(t, upstream, fault))
		<-upstream.begun
		upstream.writes <- events(1)
		response := comes(t, answer)
		came := make(chan error, 1)
		go func() {
			_, err := io.ReadFull(response.Body, make([]byte, first*len(events(1))))
			came <- err
		}()
		select {
		case <-came:
			t.Errorf("%s: the first event comes before the second", fault)
		case <-time.After(100 * time.Millisecond):
		}
		upstream.writes <- events(1)
		if err := <-came; err != nil {
			t.Error(err)
		}
		close(upstream.writes)
		if got := readAll(t, response.Body); got != strings.Repeat(events(1), 2-first) {
			t.Errorf("%s: got %q at the end", fault, got)
		}
	}
}

func TestLoseEvents(t *testing.T) {
	const begun, empty, end = "data: begun\n\n", "data: empty\n\n", "data: [DONE]\n\n"
	base := startGateway(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, begun+empty+events(1)+empty+end)
	}), "lose-events")
	if got, want := readAll(t, post(t, base).Body), begun+events(1)+end; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
