package mockllm

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net"
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

	connections atomic.Int64  // that the doors have served
	answered    atomic.Uint64 // number of the last answer

	mu        sync.Mutex
	scripts   map[int]*script
	strangers int64
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
		p.scripts = map[int]*script{}
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
	got := &exchange.Received{
		Number: wanted.Number(), Connection: peerOf(r).number,
		Proto: r.Proto, Method: r.Method, Target: r.RequestURI, Headers: headersOf(r), Body: body,
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

// peer is the other end of a connection to the doors.
type peer struct {
	number   int64
	controls sync.Once // it sets scripts, and is nobody who asks for answers
}

// peerKey is where the context of a request has its peer.
type peerKey struct{}

// connected gives a connection its number.
func (p *performance) connected(ctx context.Context, _ net.Conn) context.Context {
	return context.WithValue(ctx, peerKey{}, &peer{number: p.connections.Add(1)})
}

func peerOf(r *http.Request) *peer { return r.Context().Value(peerKey{}).(*peer) }

// headersOf are those of a request with the ones that the server takes out.
func headersOf(r *http.Request) http.Header {
	all := r.Header.Clone()
	all.Set("Host", r.Host)
	if len(r.TransferEncoding) > 0 {
		all["Transfer-Encoding"] = r.TransferEncoding
	}
	return all
}

// perform answers one request of an API.
func (p *performance) perform(w http.ResponseWriter, r *http.Request, api llmapi.API) {
	body, err := io.ReadAll(http.MaxBytesReader(w, r.Body, maxBody))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	got, play := p.receive(r, body)
	a := newActing(p, w, r, api, got, play)
	if err = a.answer(); err == nil {
		err = a.wire.End()
	}
	p.mu.Lock()
	got.Ended, got.Gone = time.Duration(epoll.Now()), err != nil && !errors.Is(err, errCut)
	p.mu.Unlock()
	if errors.Is(err, errCut) {
		panic(http.ErrAbortHandler)
	}
}

// apiOf is the API that a path belongs to.
func apiOf(r *http.Request) (llmapi.API, bool) {
	i := slices.IndexFunc(apis, func(a llmapi.API) bool { return a.Path() == r.URL.Path })
	if i < 0 || r.Method != http.MethodPost {
		return "", false
	}
	return apis[i], true
}
