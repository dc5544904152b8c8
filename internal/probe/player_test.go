package probe

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"log"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/mockllm"
)

// startMock runs a mock until the test ends.
func startMock(t *testing.T) *mockllm.Process {
	t.Helper()
	mock, err := mockllm.Start(t.Context(), []string{os.Args[0], asMock}, mockllm.Settings{API: llmapi.Chat, Shape: llmapi.DefaultShape()})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := mock.Stop(); err != nil {
			t.Error(err)
		}
	})
	return mock
}

// inFront is a subject: the mock itself, or a toy gateway in front of it.
func inFront(t *testing.T, mock *mockllm.Process, api llmapi.API, gateway func(http.Handler) http.Handler) Subject {
	t.Helper()
	s := Subject{Arm: bench.Direct, Process: 1, Addr: mock.Addr, API: api, Timeout: 10 * time.Second}
	if gateway == nil {
		return s
	}
	transport := &http.Transport{MaxIdleConnsPerHost: 100}
	t.Cleanup(transport.CloseIdleConnections)
	server := httptest.NewServer(gateway(&httputil.ReverseProxy{
		Rewrite: func(r *httputil.ProxyRequest) {
			r.SetURL(&url.URL{Scheme: "http", Host: mock.Addr})
			// The transport reads on behind the length, and hangs up when that fails
			// because the answer has begun (https://go.dev/issue/40747).
			r.Out.Body = io.NopCloser(io.LimitReader(r.In.Body, r.In.ContentLength))
		},
		Transport: transport, FlushInterval: -1, ErrorLog: log.New(io.Discard, "", 0),
		ErrorHandler: func(w http.ResponseWriter, _ *http.Request, _ error) { w.WriteHeader(http.StatusBadGateway) },
	}))
	t.Cleanup(server.Close)
	s.Arm, s.Addr = bench.Head, strings.TrimPrefix(server.URL, "http://")
	return s
}

// play is a player of a subject, and of the mock behind it.
func play(t *testing.T, api llmapi.API, gateway func(http.Handler) http.Handler) *player {
	t.Helper()
	mock := startMock(t)
	p := newPlayer(inFront(t, mock, api, gateway), mock, 0)
	t.Cleanup(p.close)
	return p
}

// rewriting passes an answer on after a change of its body.
func rewriting(change func([]byte) []byte) func(http.Handler) http.Handler {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answer := httptest.NewRecorder()
			next.ServeHTTP(answer, r)
			for name, values := range answer.Header() {
				w.Header()[name] = values
			}
			w.Header().Del("Content-Length")
			w.WriteHeader(answer.Code)
			_, _ = w.Write(change(answer.Body.Bytes()))
		})
	}
}

// zipping compresses the answers of clients that accept it, and sends each event at once.
func zipping(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
			next.ServeHTTP(w, r)
			return
		}
		r.Header.Del("Accept-Encoding")
		w.Header().Set("Content-Encoding", "gzip")
		z := gzip.NewWriter(w)
		next.ServeHTTP(zipped{w, z}, r)
		_ = z.Close()
	})
}

type zipped struct {
	http.ResponseWriter
	to *gzip.Writer
}

func (z zipped) Write(b []byte) (int, error) { return z.to.Write(b) }

func (z zipped) FlushError() error {
	return errors.Join(z.to.Flush(), http.NewResponseController(z.ResponseWriter).Flush())
}

// TestRightAnswers: what both ends see of a gateway that does nothing wrong.
func TestRightAnswers(t *testing.T) {
	t.Parallel()
	for _, api := range llmapi.All() {
		p := play(t, api, clean)
		for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
			x, err := p.exchange(t.Context(), mode)
			if err != nil {
				t.Fatal(err)
			}
			a := x.Answers[0]
			if a.Class != "" || a.Broken != "" || a.Status != 200 || a.Head < x.Sent[0].At || a.End < a.Head || len(a.Rewrites) != 0 {
				t.Errorf("%s %s: %+v", api, mode, a)
			}
			if len(x.Received) != 1 || x.Strangers != 0 {
				t.Fatalf("%s %s: %d received, %d strangers", api, mode, len(x.Received), x.Strangers)
			}
			r := x.Received[0]
			if !bytes.Equal(r.Body, x.Sent[0].Body) || !r.Whole || r.Stream != (mode == bench.SSE) || r.Gone || r.At < x.Sent[0].At || r.Ended < r.At || r.Target != api.Path() {
				t.Errorf("%s %s: %+v", api, mode, r)
			}
			if mode == bench.SSE {
				checkMoments(t, x)
			}
		}
	}
}

// checkMoments: the events of a stream come after they were sent, in order.
func checkMoments(t *testing.T, x exchange.Exchange) {
	t.Helper()
	chunks, last := 0, x.Answers[0].Head
	for _, e := range x.Answers[0].Events {
		if e.At < last {
			t.Errorf("an event came at %v, before %v", e.At, last)
		}
		last = e.At
		for _, sent := range e.Sent {
			chunks++
			if sent < x.Received[0].At || sent > e.At {
				t.Errorf("sent at %v, received at %v, came at %v", sent, x.Received[0].At, e.At)
			}
		}
	}
	if chunks != llmapi.DefaultShape().Chunks {
		t.Errorf("%d chunks", chunks)
	}
}

// TestWrongAnswers: wrong answers are judged, those that are meant to fail are not.
func TestWrongAnswers(t *testing.T) {
	t.Parallel()
	cases := []struct {
		name   string
		change func([]byte) []byte
		mode   bench.Mode
		play   exchange.Play
		want   bench.ErrorClass
	}{
		{"another text", func(b []byte) []byte {
			return bytes.Replace(b, []byte(`"role":"assistant"`), []byte(`"role":"user"`), 1)
		}, bench.JSON, exchange.Play{}, bench.ErrBody},
		{"no end", func(b []byte) []byte { return bytes.Replace(b, []byte("data: [DONE]\n\n"), nil, 1) }, bench.SSE, exchange.Play{}, bench.ErrNoEnd},
		{"meant to fail", func(b []byte) []byte { return []byte("{}") }, bench.JSON, exchange.Play{Status: 500}, ""},
		{"as it is", func(b []byte) []byte { return b }, bench.SSE, exchange.Play{}, ""},
	}
	for _, c := range cases {
		x, err := play(t, llmapi.Chat, rewriting(c.change)).exchange(t.Context(), c.mode, c.play)
		if err != nil {
			t.Fatal(err)
		}
		if got := x.Answers[0]; got.Class != c.want {
			t.Errorf("%s: %q, %s", c.name, got.Class, got.Detail)
		}
	}
}

// TestMixedUp: the right answer to another request is wrong.
func TestMixedUp(t *testing.T) {
	t.Parallel()
	var kept []byte
	p := play(t, llmapi.Chat, rewriting(func(b []byte) []byte {
		if kept == nil {
			kept = bytes.Clone(b)
		}
		return kept
	}))
	x, err := p.inTurn(t.Context(), ask{}, ask{})
	if err != nil {
		t.Fatal(err)
	}
	if x.Answers[0].Class != "" || x.Answers[1].Class != bench.ErrBody || !strings.Contains(x.Answers[1].Detail, "another request") {
		t.Errorf("%+v", x.Answers)
	}
}

// TestLeaving: a client goes away when it is told to, and the backend sees it.
func TestLeaving(t *testing.T) {
	paced := exchange.Play{Interval: 20 * time.Millisecond}
	cases := map[string]ask{
		"before the head":   {plays: []exchange.Play{{Silence: 3 * time.Second}}, leave: leaving{after: 50 * time.Millisecond}},
		"inside the stream": {mode: bench.SSE, plays: []exchange.Play{paced}, leave: leaving{events: 4}},
	}
	for name, a := range cases {
		a.settle = 2 * time.Second
		x, err := play(t, llmapi.Chat, clean).inTurn(t.Context(), a)
		if err != nil {
			t.Fatal(err)
		}
		sent, answer := x.Sent[0], x.Answers[0]
		if sent.Left == 0 || answer.End != 0 || answer.Class != "" || a.leave.events > 0 && len(answer.Events) < 4 {
			t.Errorf("%s: %+v %+v", name, sent, answer)
		}
		if len(x.Received) != 1 || !x.Received[0].Gone || x.Received[0].Ended < sent.Left {
			t.Errorf("%s: %+v", name, x.Received)
		}
	}
}

// TestCompressed: a stream that a gateway compresses is read as it comes.
func TestCompressed(t *testing.T) {
	p := play(t, llmapi.Chat, zipping)
	x, err := p.inTurn(t.Context(), ask{mode: bench.SSE, headers: []llmapi.Header{compressed}, plays: []exchange.Play{{Interval: 10 * time.Millisecond}}})
	if err != nil {
		t.Fatal(err)
	}
	a := x.Answers[0]
	if a.Class != "" || a.Headers["Content-Encoding"] == nil {
		t.Fatalf("%s %s %v", a.Class, a.Detail, a.Headers)
	}
	if events := a.Events; events[len(events)-1].At-events[0].At < 150*time.Millisecond {
		t.Errorf("all events came at once")
	}
}

// TestNumbersAreUsedAgain: a subject has its own numbers, however many scripts it needs.
func TestNumbersAreUsedAgain(t *testing.T) {
	a, b := newPlayer(Subject{}, nil, 0), newPlayer(Subject{}, nil, 3)
	defer a.close()
	defer b.close()
	seen := map[int]bool{}
	for range 2*perSubject + 1 {
		seen[a.newNumber()] = true
		n := b.newNumber()
		if seen[n] || n < 1 || n > llmapi.MostAnswers {
			t.Fatalf("number %d", n)
		}
	}
	if len(seen) != perSubject {
		t.Errorf("%d numbers", len(seen))
	}
}
