package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestIgnoreDisconnectKeepsTheUpstreamRunning(t *testing.T) {
	const eventsSent = 40
	for fault, want := range map[string]bool{"ignore-disconnect": true, "ignore-disconnect=stream": true, "ignore-disconnect=json": false, "ignore-disconnect=head": false, "hold-head": false} {
		complete := make(chan bool, 1)
		base := startGateway(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			w.Header().Set("Content-Type", "text/event-stream")
			patience := 20 * time.Second // for the client's leaving to be passed on
			if want {
				patience = 10 * time.Millisecond
			}
			for range eventsSent {
				io.WriteString(w, events(1))
				http.NewResponseController(w).Flush()
				select {
				case <-r.Context().Done():
					complete <- false
					return
				case <-time.After(patience):
				}
			}
			complete <- true
		}), fault)
		response := post(t, base)
		if _, err := io.ReadFull(response.Body, make([]byte, len(events(1)))); err != nil {
			t.Fatal(err)
		}
		response.Body.Close() // before the end: closes the connection
		if got := <-complete; got != want {
			t.Errorf("%s: the upstream's answer was complete: %t, want %t", fault, got, want)
		}
	}
}

func TestIgnoreDisconnectBeforeTheHead(t *testing.T) {
	for fault, want := range map[string]bool{"ignore-disconnect=head": true, "ignore-disconnect=stream": false, "ignore-disconnect=json": false} {
		asked, complete := make(chan bool, 1), make(chan bool, 1)
		base := startGateway(t, http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			asked <- true
			patience := 20 * time.Second
			if want {
				patience = 200 * time.Millisecond
			}
			select {
			case <-r.Context().Done():
				complete <- false
			case <-time.After(patience):
				complete <- true
			}
		}), fault)
		ctx, leave := context.WithCancel(t.Context())
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, base, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		go func() { <-asked; leave() }()
		if _, err := http.DefaultClient.Do(r); err == nil {
			t.Fatal("it was answered")
		}
		if got := <-complete; got != want {
			t.Errorf("%s: the upstream went on: %t, want %t", fault, got, want)
		}
	}
}
