package main

import (
	"bytes"
	"fmt"
	"io"
	"maps"
	"net/http"
	"regexp"
	"sync"
)

// keptAnswers is how many answers a cache has: suites send many requests that never
// come again.
const keptAnswers = 256

// installCache is the cache that takes a model for a function of its prompt.
func installCache(g *gateway, _ int64) {
	kept := &cache{answers: make(map[string]*answer)}
	g.byQuestion(func(w http.ResponseWriter, r *http.Request, question string, next http.Handler) {
		if a := kept.get(question); a != nil {
			a.send(w)
			return
		}
		a := &answer{ResponseWriter: w}
		next.ServeHTTP(a, r) // panics when the answer does not come to its end
		if a.status == http.StatusOK {
			kept.put(question, a)
		}
	})
}

// installStale is the cache whose key is too short: requests of one length get the first
// answer that one of them got, under an id of the gateway's own.
func installStale(g *gateway, _ int64) {
	g.peeks = true
	kept := &cache{answers: make(map[string]*answer)}
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		key := fmt.Sprintf("%s %d %v", r.URL, r.ContentLength, wantsStream(r))
		if a := kept.get(key); a != nil {
			a.send(w)
			return
		}
		a := &answer{ResponseWriter: w}
		next.ServeHTTP(a, r)
		if a.status == http.StatusOK {
			body := anyID.ReplaceAll(a.body.Bytes(), []byte(`"id":"of the gateway"`))
			a.body = *bytes.NewBuffer(body)
			a.header.Del("Content-Length")
			kept.put(key, a)
		}
	})
}

var anyID = regexp.MustCompile(`"id": ?"[^"]*"`)

// installJoin is the coalescing of requests that look alike: who asks what is being
// asked gets the same answer when that has ended.
func installJoin(g *gateway, _ int64) {
	var mu sync.Mutex
	running := make(map[string]*flight)
	g.byQuestion(func(w http.ResponseWriter, r *http.Request, question string, next http.Handler) {
		mu.Lock()
		f, joined := running[question]
		if !joined {
			f = &flight{landed: make(chan struct{})}
			running[question] = f
		}
		mu.Unlock()
		if joined {
			select {
			case <-f.landed:
			case <-r.Context().Done():
				return
			}
			if f.answer != nil {
				f.answer.send(w)
				return
			}
			next.ServeHTTP(w, r) // the other one was not answered
			return
		}
		defer func() {
			mu.Lock()
			defer mu.Unlock()
			delete(running, question)
			close(f.landed)
		}()
		a := &answer{ResponseWriter: w}
		next.ServeHTTP(a, r)
		f.answer = a
	})
}

// flight is a request that others may join.
type flight struct {
	landed chan struct{} // closed when it has ended
	answer *answer       // nil: it did not come to its end
}

// byQuestion puts do in the way of each request, with what tells it from others.
func (g *gateway) byQuestion(do func(w http.ResponseWriter, r *http.Request, question string, next http.Handler)) {
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			http.Error(w, "request body: "+err.Error(), http.StatusBadRequest)
			return
		}
		setBody(r, body)
		do(w, r, r.Method+" "+r.URL.String()+" "+r.Header.Get("Accept")+"\n"+string(body), next)
	})
}

// cache has the latest answers.
type cache struct {
	mu        sync.Mutex
	answers   map[string]*answer
	questions []string // in the order in which they were answered
}

func (c *cache) get(question string) *answer {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.answers[question]
}

func (c *cache) put(question string, a *answer) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.answers[question] == nil {
		c.questions = append(c.questions, question)
	}
	c.answers[question] = a
	if len(c.questions) > keptAnswers {
		delete(c.answers, c.questions[0])
		c.questions = c.questions[1:]
	}
}

// answer is one on its way to a client, and what can be sent to another.
type answer struct {
	http.ResponseWriter // of the first client
	status              int
	header              http.Header
	body                bytes.Buffer
}

func (a *answer) WriteHeader(code int) {
	if code >= http.StatusOK {
		a.status, a.header = code, a.Header().Clone()
	}
	a.ResponseWriter.WriteHeader(code)
}

func (a *answer) Write(p []byte) (int, error) {
	if a.status == 0 {
		a.WriteHeader(http.StatusOK)
	}
	a.body.Write(p)
	return a.ResponseWriter.Write(p)
}

// Unwrap is for http.ResponseController.
func (a *answer) Unwrap() http.ResponseWriter { return a.ResponseWriter }

func (a *answer) send(w http.ResponseWriter) {
	maps.Copy(w.Header(), a.header)
	w.WriteHeader(a.status)
	_, _ = w.Write(a.body.Bytes()) // a client that is gone needs none
}
