package main

import (
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
)

func TestParseScope(t *testing.T) {
	tests := map[string]scope{
		"json":         {mode: "json"},
		"sse":          {mode: "sse"},
		"json/c1/10KB": {"json", 1, 10 << 10},
		"sse/c10/*":    {"sse", 10, 0},
		"sse/*/100B":   {"sse", 0, 100},
		"*/*/1MB":      {"", 0, 1 << 20},
		"json/c1":      {"json", 1, 0},
	}
	for text, want := range tests {
		if got, err := parseScope(text); err != nil || got != want {
			t.Errorf("%q = %+v, %v; want %+v", text, got, err, want)
		}
	}
	for _, text := range []string{"", "xml", "json/", "json/1", "json/c0", "json/c-1", "json/cx", "json/c1/", "json/c1/10", "json/c1/0B", "json/c1/xKB", "json/c1/99999999999KB", "json/c1/1KB/x"} {
		if got, err := parseScope(text); err == nil {
			t.Errorf("%q was accepted as %+v", text, got)
		}
	}
}

func TestScopeHas(t *testing.T) {
	request := func(accept string, size int) *http.Request {
		r := httptest.NewRequest(http.MethodPost, "/", strings.NewReader(strings.Repeat("x", size)))
		r.Header.Set("Accept", accept)
		return r
	}
	json, stream := request("application/json", 1024), request("text/event-stream", 1024)
	tests := []struct {
		scope    string
		request  *http.Request
		inFlight int64
		want     bool
	}{
		{"json", json, 7, true},
		{"json", stream, 7, false},
		{"sse", stream, 1, true},
		{"sse", json, 1, false},
		{"json/c1", json, 1, true},
		{"json/c1", json, 2, false},
		{"json/c10", json, 1, false},
		{"json/c10", json, 2, true},
		{"json/c10", json, 50, true},
		{"json/c1/1KB", json, 1, true},
		{"json/c1/10KB", json, 1, false},
		{"*/*/1KB", stream, 3, true},
	}
	for _, test := range tests {
		s, err := parseScope(test.scope)
		if err != nil {
			t.Fatal(err)
		}
		if got := s.has(test.request, test.inFlight); got != test.want {
			t.Errorf("%s has %s with %d in flight: %t, want %t", test.scope, test.request.Header.Get("Accept"), test.inFlight, got, test.want)
		}
	}
}

// Official clients ask for application/json in front of streams, too.
func TestTheBodyTellsTheMode(t *testing.T) {
	for body, want := range map[string]bool{
		`{"model":"m","stream":true,"input":"x"}`:                      true,
		`{"model":"m","stream":false,"input":"x"}`:                     false,
		`{"stream":true,"input":"` + strings.Repeat("x", 5000) + `"}`:  true,
		`{"stream":false,"input":"` + strings.Repeat("x", 5000) + `"}`: false,
		``: false,
	} {
		r := peek(httptest.NewRequest(http.MethodPost, "/", strings.NewReader(body)))
		if got := readAll(t, r.Body); got != body || wantsStream(r) != want {
			t.Errorf("%.40q: stream %t, want %t; %d bytes are left of %d", body, wantsStream(r), want, len(got), len(body))
		}
	}
}

// startScoped puts a gateway whose faults are for scope alone before upstream.
func startScoped(t *testing.T, upstream http.Handler, text string, faults ...string) string {
	t.Helper()
	backend := httptest.NewServer(upstream)
	t.Cleanup(backend.Close)
	target, err := url.Parse(backend.URL)
	if err != nil {
		t.Fatal(err)
	}
	only, err := parseScope(text)
	if err != nil {
		t.Fatal(err)
	}
	return serveGateway(t, newGateway(target, switchedOn(t, faults), only))
}

func TestOnlyRestrictsEveryFault(t *testing.T) {
	upstream := http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "text/event-stream")
		io.WriteString(w, events(3))
	})
	ask := func(base, accept string) (int, string) {
		request, err := http.NewRequest(http.MethodPost, base, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		request.Header.Set("Accept", accept)
		response, err := http.DefaultClient.Do(request)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		return response.StatusCode, readAll(t, response.Body)
	}
	dropping := startScoped(t, upstream, "sse", "drop-chunk")
	failing := startScoped(t, upstream, "sse", "error=100%")
	if _, got := ask(dropping, "application/json"); got != events(3) {
		t.Errorf("drop-chunk met a request outside its scope: %q", got)
	}
	if _, got := ask(dropping, "text/event-stream"); got == events(3) {
		t.Error("drop-chunk did not meet a request of its scope")
	}
	if code, _ := ask(failing, "application/json"); code != http.StatusOK {
		t.Errorf("error met a request outside its scope: %d", code)
	}
	if code, _ := ask(failing, "text/event-stream"); code != http.StatusInternalServerError {
		t.Errorf("error did not meet a request of its scope: %d", code)
	}
}

func TestInFlightTellsConcurrency(t *testing.T) {
	arrived, release := make(chan struct{}), make(chan struct{})
	base := startScoped(t, http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
		arrived <- struct{}{}
		<-release
	}), "json/c10", "error=100%")
	first := make(chan string)
	go func() {
		response, err := http.Post(base, "", strings.NewReader("{}"))
		if err != nil {
			first <- err.Error()
			return
		}
		response.Body.Close()
		first <- fmt.Sprint(response.StatusCode)
	}()
	<-arrived
	if second := post(t, base); second.StatusCode != http.StatusInternalServerError {
		t.Errorf("with another in flight: %s, want the fault", second.Status)
	}
	close(release)
	if got := <-first; got != "200" {
		t.Errorf("alone: %s, want 200", got)
	}
}
