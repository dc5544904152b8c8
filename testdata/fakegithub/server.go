package fakegithub

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"slices"
	"sync"
	"time"

	"github.com/getkin/kin-openapi/openapi3filter"
)

// TB is the part of a test that is needed.
type TB interface {
	Helper()
	Cleanup(func())
	Errorf(format string, args ...any)
	Fatalf(format string, args ...any)
}

// Config says what a fake is like. The zero value is the repository octo/shop on
// free ports of 127.0.0.2.
type Config struct {
	// API and Store are listened on; nil: a free port each. The store holds the
	// artifacts' bytes and is another host, as it is in truth.
	API, Store  net.Listener
	Owner, Repo string // octo, shop
	ID          int64  // of the repository, 1000
	Branch      string // the default one, main
	Token       string // that requests have to carry, "token-of-the-job"
	Login       string // who the token comments as, "github-actions[bot]"
}

// Server is a running fake. Its methods can be called at any time.
type Server struct {
	Config
	URL string // of the API, for GITHUB_API_URL

	t        TB
	storeURL string
	done     chan struct{}
	mu       sync.Mutex
	state
	faults   []*Fault
	replaced map[string]func(*Server, call) answer
	requests []Request
}

// Request is one that has come, and what it was answered. Those to the store are
// among them, with the operation "store".
type Request struct {
	Op            string // GitHub's name of the operation: issues/create-comment
	Method, Path  string
	Query         url.Values
	Body          []byte
	Authorization string
	Status        int // 0 for an answer that was cut off or held back
}

// Start starts a fake that ends with the test.
func Start(t TB, config Config) *Server {
	t.Helper()
	s := &Server{Config: config.filled(), t: t, done: make(chan struct{}), state: newState(), replaced: map[string]func(*Server, call) answer{}}
	s.URL = s.serve(&s.API, s.api)
	s.storeURL = s.serve(&s.Store, s.store)
	return s
}

func (c Config) filled() Config {
	for _, d := range []struct {
		field *string
		value string
	}{{&c.Owner, "octo"}, {&c.Repo, "shop"}, {&c.Branch, "main"}, {&c.Token, "token-of-the-job"}, {&c.Login, "github-actions[bot]"}} {
		if *d.field == "" {
			*d.field = d.value
		}
	}
	if c.ID == 0 {
		c.ID = 1000
	}
	return c
}

// serve starts one of the two servers and returns its URL.
func (s *Server) serve(listener *net.Listener, handler http.HandlerFunc) string {
	s.t.Helper()
	if *listener == nil {
		// Gateways of tests that run meanwhile are asked at ports of 127.0.0.1, also
		// after they have ended, and every stranger's request fails the test.
		l, err := net.Listen("tcp", "127.0.0.2:0")
		if err != nil {
			s.t.Fatalf("fakegithub: %v", err)
		}
		*listener = l
	}
	server := &http.Server{Handler: handler, ReadTimeout: 30 * time.Second}
	go server.Serve(*listener)
	s.t.Cleanup(sync.OnceFunc(func() {
		s.mu.Lock()
		select {
		case <-s.done:
		default:
			close(s.done)
		}
		s.mu.Unlock()
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if server.Shutdown(ctx) != nil {
			server.Close()
		}
	}))
	return "http://" + (*listener).Addr().String()
}

// Replace answers an operation from now on with a body, which is completed and held
// against the description like any other.
func (s *Server) Replace(op string, status int, body map[string]any) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.replaced[op] = func(*Server, call) answer { return answer{status: status, body: body} }
}

// Requests are all that have come so far, oldest first; with operations given,
// only theirs.
func (s *Server) Requests(ops ...string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var all []Request
	for _, r := range s.requests {
		if len(ops) == 0 || slices.Contains(ops, r.Op) {
			all = append(all, r)
		}
	}
	return all
}

// call is a request on its way to the operation.
type call struct {
	op    string
	path  map[string]string
	query url.Values
	body  object
}

// answer is what an operation says. Its body is completed by the description.
type answer struct {
	status int
	header http.Header
	body   any
}

func problem(status int, message string) answer {
	return answer{status: status, body: object{"message": message, "documentation_url": "https://docs.github.com/rest"}}
}

// api serves the API: fault, permission, description, operation, description.
func (s *Server) api(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, 4<<20))
	if err != nil {
		s.t.Errorf("fakegithub: %s %s: reading the request: %v", r.Method, r.URL.Path, err)
		return
	}
	seen := Request{Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(), Body: body, Authorization: r.Header.Get("Authorization")}
	r.Body = io.NopCloser(bytes.NewReader(body))
	input, err := described(r)
	if err != nil {
		s.t.Errorf("fakegithub: %s %s is not in GitHub's description: %v", r.Method, r.URL.Path, err)
		s.send(w, seen, nil, problem(http.StatusNotFound, "Not Found"))
		return
	}
	seen.Op = input.Route.Operation.OperationID
	s.withFault(w, r, seen, func() answer { return s.operate(input, seen) })
}

// operate carries a request out, or says why not.
func (s *Server) operate(input *openapi3filter.RequestValidationInput, seen Request) answer {
	if seen.Authorization != "Bearer "+s.Token {
		return problem(http.StatusUnauthorized, "Bad credentials")
	}
	if input.PathParams["owner"] != s.Owner || input.PathParams["repo"] != s.Repo {
		return problem(http.StatusNotFound, "Not Found")
	}
	if err := checkRequest(input); err != nil {
		s.t.Errorf("fakegithub: %s %s?%s does not fit GitHub's description: %v", seen.Method, seen.Path, seen.Query.Encode(), err)
		return problem(http.StatusUnprocessableEntity, "Validation Failed")
	}
	operation, ok := s.replaced[seen.Op]
	if !ok {
		operation, ok = operations[seen.Op]
	}
	if !ok {
		s.t.Errorf("fakegithub: it does not know operation %s", seen.Op)
		return problem(http.StatusNotImplemented, "Not Implemented")
	}
	c := call{op: seen.Op, path: input.PathParams, query: seen.Query}
	if len(seen.Body) > 0 {
		if err := json.Unmarshal(seen.Body, &c.body); err != nil {
			return problem(http.StatusBadRequest, "Problems parsing JSON")
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	a := operation(s, c)
	encoded, err := complete(input, a)
	if err != nil {
		s.t.Errorf("fakegithub: its own answer to %s does not fit GitHub's description: %v", seen.Op, err)
	}
	a.body = encoded
	return a
}

// send writes an answer, cut in the middle if the fault says so.
func (s *Server) send(w http.ResponseWriter, seen Request, f *Fault, a answer) {
	body, ok := a.body.(json.RawMessage)
	if !ok && a.body != nil {
		body, _ = json.Marshal(a.body)
	}
	for name, values := range a.header {
		w.Header()[name] = values
	}
	if len(body) > 0 && w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	w.Header().Set("Content-Length", fmt.Sprint(len(body)))
	cut := f != nil && f.Cut
	if !cut {
		seen.Status = a.status
	}
	s.mu.Lock()
	s.requests = append(s.requests, seen)
	s.mu.Unlock()
	w.WriteHeader(a.status)
	if cut {
		w.Write(body[:len(body)/2])
		http.NewResponseController(w).Flush()
		panic(http.ErrAbortHandler)
	}
	w.Write(body)
}

// store serves the artifacts' bytes under their signed URLs.
func (s *Server) store(w http.ResponseWriter, r *http.Request) {
	seen := Request{Op: StoreOp, Method: r.Method, Path: r.URL.Path, Query: r.URL.Query(), Authorization: r.Header.Get("Authorization")}
	s.withFault(w, r, seen, func() answer {
		s.mu.Lock()
		defer s.mu.Unlock()
		bytes, ok := s.signed[r.URL.RequestURI()]
		switch {
		case seen.Authorization != "":
			s.t.Errorf("fakegithub: the store was sent an Authorization header")
			return problem(http.StatusBadRequest, "InvalidAuthenticationInfo")
		case !ok:
			return problem(http.StatusForbidden, "AuthenticationFailed")
		}
		return answer{http.StatusOK, http.Header{"Content-Type": {"application/zip"}}, json.RawMessage(bytes)}
	})
}
