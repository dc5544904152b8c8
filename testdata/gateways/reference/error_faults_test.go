package main

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

func TestChangedFailures(t *testing.T) {
	for _, test := range []struct {
		fault      string
		status     int
		want       int
		kept       bool // the body
		retryAfter string
	}{
		{"rewrite-errors", 429, 500, false, "7"},
		{"rewrite-errors", 200, 200, true, "7"},
		{"change-status", 503, 200, true, "7"},
		{"change-status", 201, 201, true, "7"},
		{"swallow-retry-after", 429, 429, true, ""},
		{"swallow-retry-after", 200, 200, true, "7"},
	} {
		base := startGateway(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", "7")
			w.WriteHeader(test.status)
			io.WriteString(w, "told")
		}), test.fault)
		response := post(t, base)
		body := readAll(t, response.Body)
		if response.StatusCode != test.want || (body == "told") != test.kept || response.Header.Get("Retry-After") != test.retryAfter {
			t.Errorf("%s, %d: answered with %s %v %q", test.fault, test.status, response.Status, response.Header, body)
		}
	}
}

func TestHideCut(t *testing.T) {
	for fault, hidden := range map[string]bool{"hide-cut": true, "hold-head": false} {
		base := startGateway(t, http.HandlerFunc(cut), fault)
		response := post(t, base)
		body, err := io.ReadAll(response.Body)
		if (err == nil) != hidden || !strings.HasPrefix(string(body), "half") {
			t.Errorf("%s: %q, %v", fault, body, err)
		}
	}
}

// cut is an upstream that breaks off.
func cut(w http.ResponseWriter, r *http.Request) {
	io.Copy(io.Discard, r.Body)
	w.Header().Set("Content-Length", "8")
	io.WriteString(w, "half")
	http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func TestSwallowErrorEvent(t *testing.T) {
	for event, lost := range map[string]bool{
		"event: error\ndata: {\"type\":\"error\"}\n\n":                     true,
		"event: response.failed\ndata: {\"type\":\"response.failed\"}\n\n": true,
		"data: {\"error\":{\"message\":\"m\"}}\n\n":                        true,
		"data: {\"choices\":[]}\n\n":                                       false,
	} {
		base := startGateway(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, events(1)+event)
		}), "swallow-error-event")
		if got := readAll(t, post(t, base).Body); (got == events(1)) != lost || !strings.HasPrefix(got, events(1)) {
			t.Errorf("%q became %q", event, got)
		}
	}
}

func TestHangOnCut(t *testing.T) {
	base := startGateway(t, http.HandlerFunc(cut), "hang-on-cut")
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, base, strings.NewReader("{}"))
	if err != nil {
		t.Fatal(err)
	}
	response, err := http.DefaultClient.Do(r)
	if err == nil {
		_, err = io.ReadAll(response.Body)
		response.Body.Close()
	}
	if err == nil || ctx.Err() == nil {
		t.Errorf("%v, before the client gave up", err)
	}
}

func TestUnwellAfterError(t *testing.T) {
	status := []int{200, 500, 200}
	base := startGateway(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(status[0])
		status = status[1:]
	}), "unwell-after-error=1h")
	for i, want := range []int{200, 500, 503} {
		if got := post(t, base).StatusCode; got != want {
			t.Errorf("request %d: status %d, want %d", i, got, want)
		}
	}
}

func TestGiveUp(t *testing.T) {
	for fault, want := range map[string]int{"give-up=50ms": 502, "give-up=1h": 200} {
		base := startGateway(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			io.Copy(io.Discard, r.Body)
			select {
			case <-r.Context().Done():
			case <-time.After(300 * time.Millisecond):
			}
		}), fault)
		if got := post(t, base).StatusCode; got != want {
			t.Errorf("%s: status %d, want %d", fault, got, want)
		}
	}
}
