package mockllm

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/org/proxy-bench-action/internal/epoll"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// scriptsPath takes scripts, and tells what was received for their numbers.
const scriptsPath = "/__mock/scripts"

// performance answers requests by scripts, and keeps what they were. It is slow beside
// the loop and says all that it sees: for exchanges that are not timed to the microsecond.
type performance struct {
	on atomic.Bool // requests come here instead of to the loop

	mu          sync.Mutex
	scripts     map[int]*script
	strangers   int64
	connections map[string]int64 // by the address of the other end
}

// script is one with what was received for it.
type script struct {
	exchange.Script
	received []*exchange.Received
	count    int64
}

// control sets and tells: POST sets scripts, none ends the performance; GET tells what
// was received for the numbers of the query.
func (p *performance) control(w http.ResponseWriter, r *http.Request) {
	if r.Method == http.MethodPost {
		var scripts []exchange.Script
		if err := json.NewDecoder(r.Body).Decode(&scripts); err != nil {
			http.Error(w, err.Error(), http.StatusBadRequest)
			return
		}
		p.set(scripts)
		return
	}
	var numbers []int
	for _, text := range strings.Split(r.URL.Query().Get("numbers"), ",") {
		if n, err := strconv.Atoi(text); err == nil {
			numbers = append(numbers, n)
		}
	}
	_, _ = w.Write(p.heard(numbers)) // a client that is gone needs none
}

func (p *performance) set(scripts []exchange.Script) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.scripts == nil || len(scripts) == 0 {
		p.scripts, p.connections = map[int]*script{}, map[string]int64{}
	}
	for _, s := range scripts {
		p.scripts[s.Number] = &script{Script: s}
	}
	p.on.Store(len(scripts) > 0)
}

// heard is encoded here, since the records go on changing.
func (p *performance) heard(numbers []int) []byte {
	p.mu.Lock()
	defer p.mu.Unlock()
	h := exchange.Heard{Counts: map[int]int64{}, Strangers: p.strangers}
	for _, n := range numbers {
		if s := p.scripts[n]; s != nil {
			h.Counts[n] = s.count
			for _, r := range s.received {
				h.Requests = append(h.Requests, *r)
			}
		}
	}
	return encode(h)
}

// receive notes a request and says how to answer it.
func (p *performance) receive(r *http.Request, body []byte) (*exchange.Received, exchange.Play) {
	var wanted llmapi.AnswerWanted
	var end llmapi.EndMark
	var flag llmapi.StreamFlag
	wanted.Feed(body)
	end.Feed(body)
	flag.Feed(body)
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.connections[r.RemoteAddr] == 0 {
		p.connections[r.RemoteAddr] = int64(len(p.connections) + 1)
	}
	got := &exchange.Received{
		Number: wanted.Number(), Connection: p.connections[r.RemoteAddr],
		Proto: r.Proto, Method: r.Method, Target: r.RequestURI, Headers: r.Header, Body: body,
		Whole: end.Whole(), Stream: flag.Wants(), At: time.Duration(epoll.Now()),
	}
	s := p.scripts[wanted.Number()]
	if s == nil {
		p.strangers++
		return got, exchange.Play{}
	}
	s.count++
	if !s.Counted {
		s.received = append(s.received, got)
	}
	if len(s.Plays) == 0 {
		return got, exchange.Play{}
	}
	return got, s.Plays[min(int(s.count), len(s.Plays))-1]
}

// perform answers one request of an API.
func (p *performance) perform(w http.ResponseWriter, r *http.Request, api llmapi.API) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	got, play := p.receive(r, body)
	play.Shape = shapeOf(play)
	a := acting{w: w, r: r, play: play, api: api, got: got, of: p}
	err = a.answer()
	p.mu.Lock()
	got.Ended, got.Gone = time.Duration(epoll.Now()), err != nil && !errors.Is(err, errCut)
	p.mu.Unlock()
	if errors.Is(err, errCut) {
		panic(http.ErrAbortHandler)
	}
}

func shapeOf(play exchange.Play) llmapi.Shape {
	if play.Shape == (llmapi.Shape{}) {
		return llmapi.DefaultShape()
	}
	return play.Shape
}

// apiOf is the API that a path belongs to.
func apiOf(r *http.Request) (llmapi.API, bool) {
	i := slices.IndexFunc(apis, func(a llmapi.API) bool { return a.Path() == r.URL.Path })
	if i < 0 || r.Method != http.MethodPost {
		return "", false
	}
	return apis[i], true
}

// errCut ends an answer that is meant to be cut.
var errCut = errors.New("cut as the script has it")

// acting is one answer in the making.
type acting struct {
	w    http.ResponseWriter
	r    *http.Request
	play exchange.Play
	api  llmapi.API
	got  *exchange.Received
	of   *performance
}

// answer plays the play. An error means that the answer did not come to its end.
func (a *acting) answer() error {
	if err := a.wait(a.play.Silence); err != nil {
		return err
	}
	for name, value := range a.play.Headers {
		a.w.Header().Set(name, value)
	}
	switch {
	case a.play.Status != 0 && a.play.Status != http.StatusOK:
		return a.whole(a.play.Status, llmapi.ErrorBody(a.api, a.play.Status))
	case a.got.Stream:
		return a.stream()
	}
	shape := a.play.Shape
	shape.AnswerBytes = max(shape.AnswerBytes, llmapi.MinAnswerBytes(a.api))
	return a.whole(http.StatusOK, llmapi.JSONAnswer(a.api, shape))
}

// wait waits, unless the client goes away.
func (a *acting) wait(d time.Duration) error {
	if d <= 0 {
		return a.r.Context().Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-a.r.Context().Done():
		return a.r.Context().Err()
	}
}

// whole sends a body, or half of it.
func (a *acting) whole(status int, body []byte) error {
	id := llmapi.NewAnswerID(0, uint64(epoll.Now()))
	for _, offset := range llmapi.IDs(body) {
		id.Put(body, offset)
	}
	a.w.Header().Set("Content-Type", "application/json")
	a.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	a.w.WriteHeader(status)
	if a.play.Cut {
		return errors.Join(a.write(body[:len(body)/2]), errCut)
	}
	return a.write(body)
}

// write sends bytes now.
func (a *acting) write(b []byte) error {
	n, err := a.w.Write(b)
	if err == nil {
		err = http.NewResponseController(a.w).Flush()
	}
	a.of.mu.Lock()
	a.got.Written += int64(n)
	a.of.mu.Unlock()
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}

// stream sends the events, each with a write of its own.
func (a *acting) stream() error {
	a.w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	a.w.Header().Set("Cache-Control", "no-cache")
	a.w.WriteHeader(http.StatusOK)
	if err := errors.Join(a.write(nil), a.wait(a.play.FirstEvent)); err != nil {
		return err
	}
	deltas := 0
	for _, f := range llmapi.Frames(a.api, llmapi.Stream{Shape: a.play.Shape, Usage: llmapi.WantsUsage(a.got.Body)}) {
		if f.Kind == llmapi.Delta {
			if a.play.Cut && deltas >= a.play.Shape.Chunks/2 {
				return errCut
			}
			if deltas > 0 {
				if err := a.wait(a.play.Interval); err != nil {
					return err
				}
			}
			deltas++
		}
		if err := a.write(f.Bytes); err != nil {
			return err
		}
	}
	return nil
}
