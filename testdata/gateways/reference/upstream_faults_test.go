package main

import (
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
)

// asked is an upstream that keeps the bodies of its requests, and answers as it is told.
type asked struct {
	mu     sync.Mutex
	bodies []string
	answer http.HandlerFunc // nil: 200, and the number of the request
}

func (a *asked) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	a.mu.Lock()
	a.bodies = append(a.bodies, string(body))
	n := len(a.bodies)
	a.mu.Unlock()
	if a.answer != nil {
		a.answer(w, r)
		return
	}
	fmt.Fprint(w, n)
}

func (a *asked) all() []string {
	a.mu.Lock()
	defer a.mu.Unlock()
	return slices.Clone(a.bodies)
}

func sending(t *testing.T, base, body string) (*http.Response, string) {
	t.Helper()
	response, err := http.Post(base, "application/json", strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	return response, readAll(t, response.Body)
}

func TestCacheAnswersEqualRequests(t *testing.T) {
	upstream := &asked{}
	base := startGateway(t, upstream, "cache")
	for _, step := range []struct{ body, want string }{{"a", "1"}, {"b", "2"}, {"a", "1"}, {"b", "2"}, {"c", "3"}} {
		if _, got := sending(t, base, step.body); got != step.want {
			t.Errorf("%s is answered with %s, want %s", step.body, got, step.want)
		}
	}
}

func TestStaleAnswersByLength(t *testing.T) {
	upstream := &asked{answer: func(w http.ResponseWriter, _ *http.Request) { io.WriteString(w, `{"id":"1","text":"t"}`) }}
	base := startGateway(t, upstream, "stale")
	for _, step := range []struct{ body, want string }{
		{"a", `{"id":"1","text":"t"}`},
		{"b", `{"id":"of the gateway","text":"t"}`},
		{"aa", `{"id":"1","text":"t"}`},
	} {
		if _, got := sending(t, base, step.body); got != step.want {
			t.Errorf("%s is answered with %s, want %s", step.body, got, step.want)
		}
	}
}

func TestCacheHasNoFailures(t *testing.T) {
	upstream := &asked{answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusTeapot) }}
	base := startGateway(t, upstream, "cache")
	sending(t, base, "a")
	sending(t, base, "a")
	if n := len(upstream.all()); n != 2 {
		t.Errorf("the upstream was asked %d times for two requests that failed", n)
	}
}

func TestJoinSharesTheAnswerInWork(t *testing.T) {
	begun, goOn := make(chan struct{}), make(chan struct{})
	upstream := &asked{answer: func(w http.ResponseWriter, _ *http.Request) {
		begun <- struct{}{}
		<-goOn
		io.WriteString(w, "answer")
	}}
	base := startGateway(t, upstream, "join")
	answers := make(chan string, 3)
	ask := func(body string) { _, got := sending(t, base, body); answers <- got }
	go ask("a")
	<-begun
	go ask("a")
	go ask("b") // which has to be asked
	<-begun
	close(goOn)
	for range 3 {
		if got := <-answers; got != "answer" {
			t.Errorf("got %q", got)
		}
	}
	// The second request may have come when the first was answered already.
	if n := len(upstream.all()); n > 3 {
		t.Errorf("asked %d times", n)
	}
}

func TestDoubleAsksTwice(t *testing.T) {
	upstream := &asked{}
	if _, got := sending(t, startGateway(t, upstream, "double"), "a"); got != "2" || fmt.Sprint(upstream.all()) != "[a a]" {
		t.Errorf("answered with %s, asked %v", got, upstream.all())
	}
}

func TestRetryAsksAgain(t *testing.T) {
	for status, want := range map[int]int{200: 1, 400: 1, 404: 1, 429: 3, 500: 3, 503: 3} {
		upstream := &asked{answer: func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(status) }}
		response, _ := sending(t, startGateway(t, upstream, "retry=2"), "a")
		if response.StatusCode != status || len(upstream.all()) != want || upstream.all()[want-1] != "a" {
			t.Errorf("%d: answered with %d, asked %q, want %d times", status, response.StatusCode, upstream.all(), want)
		}
	}
}

func TestChangedRequests(t *testing.T) {
	const (
		responses = `{"input":[{"content":"été here","role":"user"},{"output":[{"text":"two"}]}],"stream":true,"top_p":1.0}`
		messages  = `{"messages":[{"content":[{"text":"one","type":"text"}]}],"model":"m"}`
	)
	for _, test := range []struct{ fault, body, want string }{
		{"drop-prompt", responses, `{"input":[{"content":"","role":"user"},{"output":[{"text":"two"}]}],"stream":true,"top_p":1.0}`},
		{"drop-prompt", messages, `{"messages":[{"content":[{"text":"","type":"text"}]}],"model":"m"}`},
		{"drop-prompt", `{"input":"one"}`, `{"input":""}`},
		{"drop-prompt=4B", responses, `{"input":[{"content":"ét","role":"user"},{"output":[{"text":"two"}]}],"stream":true,"top_p":1.0}`},
		{"drop-prompt", "no JSON", "no JSON"},
		{"drop-stream-flag", `{"model":"m","stream":true}`, `{"model":"m"}`},
	} {
		upstream := &asked{}
		sending(t, startGateway(t, upstream, test.fault), test.body)
		if got := upstream.all()[0]; got != test.want {
			t.Errorf("%s: %s became\n%s, want\n%s", test.fault, test.body, got, test.want)
		}
	}
}
