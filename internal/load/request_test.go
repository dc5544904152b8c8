package load

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// Ten connections share the bytes of one request. The kernel takes only a part of
// it at once, since the server is slow, and in between the
// others write their nonces into the same bytes.
func TestEveryRequestIsWholeAndDifferent(t *testing.T) {
	const size = 6 << 20 // more than a socket holds
	sent, err := llmapi.RequestBody(llmapi.Responses, llmapi.Ask{Mode: bench.JSON, Size: size})
	if err != nil {
		t.Fatal(err)
	}
	at := llmapi.NonceAt(sent)
	var mu sync.Mutex
	seen := map[string]bool{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got := make([]byte, size)
		n, err := io.ReadFull(r.Body, got[:size/2])
		time.Sleep(5 * time.Millisecond)
		m, errRest := io.ReadFull(r.Body, got[size/2:])
		nonce := string(got[at : at+llmapi.NonceBytes])
		mu.Lock()
		defer mu.Unlock()
		if n+m != size || err != nil || errRest != nil || seen[nonce] ||
			!bytes.Equal(got[:at], sent[:at]) || !bytes.Equal(got[at+llmapi.NonceBytes:], sent[at+llmapi.NonceBytes:]) {
			t.Errorf("a request of %d bytes with the nonce %q, seen before: %t, %v, %v", n+m, nonce, seen[nonce], err, errRest)
		}
		seen[nonce] = true
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(want)
	}))
	defer server.Close()
	j := job(bench.JSON)
	j.Body = bytes.Clone(sent)
	c := client(t, server.Listener.Addr().String(), opt)
	s := slice1(t, c, j, Burst{Concurrency: 10, MinRequests: 20})
	mu.Lock()
	defer mu.Unlock()
	if len(s.Observations) < 20 || len(s.Errors) > 0 || len(seen) != len(s.Observations) {
		t.Errorf("%d observations, %d nonces, errors %v: %s", len(s.Observations), len(seen), s.Errors, s.FirstError)
	}
	if !bytes.Equal(j.Body, sent) {
		t.Error("the job's own body was written to")
	}
}

// Clients of one process never send the same request.
func TestClientsDoNotShareNonces(t *testing.T) {
	body, err := llmapi.RequestBody(llmapi.Responses, llmapi.Ask{Mode: bench.JSON, Size: 200})
	if err != nil {
		t.Fatal(err)
	}
	var mu sync.Mutex
	seen := map[string]int{}
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		got, _ := io.ReadAll(r.Body)
		mu.Lock()
		defer mu.Unlock()
		seen[string(got)]++
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(want)
	}))
	defer server.Close()
	for range 5 {
		j := job(bench.JSON)
		j.Body = body
		slice1(t, client(t, server.Listener.Addr().String(), opt), j, Burst{Concurrency: 1, MinRequests: 20})
	}
	mu.Lock()
	defer mu.Unlock()
	if len(seen) < 100 {
		t.Errorf("%d different requests of at least 100", len(seen))
	}
}

func TestEndpointOfTheRequests(t *testing.T) {
	var line string
	var header http.Header
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		line, header = r.Method+" "+r.RequestURI, r.Header
		w.Header().Set("Content-Type", "application/json")
		_, _ = w.Write(llmapi.JSONAnswer(llmapi.Messages, shape))
	}))
	mine := opt
	mine.API = llmapi.Messages
	mine.Endpoint = llmapi.Endpoint{Path: "/gateway/v1/messages", Query: "beta=true", Headers: []llmapi.Header{{Name: "authorization", Value: "Bearer mine"}, {Name: "X-Two", Value: "two words"}}}
	j := job(bench.JSON)
	j.Want = llmapi.JSONAnswer(llmapi.Messages, shape)
	s := slice1(t, client(t, server.Listener.Addr().String(), mine), j, Burst{Concurrency: 1, MinRequests: 1})
	server.Close() // the handler is done
	if line != "POST /gateway/v1/messages?beta=true" || len(s.Errors) > 0 {
		t.Errorf("%s, errors %v", line, s.Errors)
	}
	for name, want := range map[string]string{
		"Authorization": "Bearer mine", "X-Two": "two words", "X-Api-Key": "mock", "Anthropic-Version": "2026-10-21",
		"Accept": "application/json", "Content-Type": "application/json",
	} {
		if got := strings.Join(header[name], "|"); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
