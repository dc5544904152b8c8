package load

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/epoll"
	"github.com/org/proxy-bench-action/internal/http1"
	"github.com/org/proxy-bench-action/internal/judge"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

var (
	shape = llmapi.Shape{AnswerBytes: 1024, Chunks: 5, ChunkBytes: 48}
	opt   = Options{API: llmapi.Responses, Timeout: 30 * time.Second}
	want  = llmapi.JSONAnswer(llmapi.Responses, shape)
)

// fixture has no connection; it is what an answer needs to know of its client.
var fixture = &Client{
	opt: opt, judges: judges(opt.API), checks: map[llmapi.Stream]*judge.Checker{}, wants: map[*Job]*judge.Expected{},
}

func newAnswer() *answer { return &answer{checkers: map[llmapi.Stream]*judge.Checker{}} }

func job(mode bench.Mode) *Job {
	return &Job{Mode: mode, Body: []byte(`{"input":"hi"}`), Want: want, Shape: shape}
}

// frames are the events of a right stream, sent now.
func frames() [][]byte {
	var out [][]byte
	now := epoll.Now()
	for _, f := range llmapi.Frames(llmapi.Responses, llmapi.Stream{Shape: shape}) {
		for _, slot := range f.Slots {
			stamp := llmapi.NewStamp(now)
			stamp.Put(f.Bytes, slot.Offset)
		}
		out = append(out, f.Bytes)
	}
	return out
}

// chunked frames each piece as a chunk, and ends the body.
func chunked(pieces ...[]byte) []byte {
	var out []byte
	for _, p := range pieces {
		out = append(append(http1.AppendChunkHead(out, len(p)), p...), '\r', '\n')
	}
	return append(out, "0\r\n\r\n"...)
}

const (
	streamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n"
	jsonHead   = "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
)

func jsonAnswer(body []byte) string {
	return fmt.Sprintf("%sContent-Length: %d\r\n\r\n%s", jsonHead, len(body), body)
}

// serve answers every request with what script writes; false closes the
// connection.
func serve(t testing.TB, script func(w io.Writer, request int) bool) *Client {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	var count atomic.Int64
	go func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				in := bufio.NewReader(conn)
				for {
					r, err := http.ReadRequest(in)
					if err != nil {
						return
					}
					if _, err := io.Copy(io.Discard, r.Body); err != nil {
						return
					}
					if !script(conn, int(count.Add(1))) {
						return
					}
				}
			}()
		}
	}()
	c := client(t, l.Addr().String(), opt)
	t.Cleanup(func() { l.Close() })
	return c
}

func client(t testing.TB, addr string, opt Options) *Client {
	t.Helper()
	c, err := New(addr, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := c.Close(); err != nil {
			t.Error(err)
		}
	})
	return c
}

func slice1(t testing.TB, c *Client, j *Job, b Burst) bench.Slice {
	t.Helper()
	s, err := c.Slice(t.Context(), []*Job{j}, b)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestAgainstNetHTTP drives a server that nobody here wrote.
func TestAgainstNetHTTP(t *testing.T) {
	var connections atomic.Int64
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil || len(body) != int(r.ContentLength) || r.URL.Path != "/v1/responses" {
			http.Error(w, "bad request", http.StatusBadRequest)
			return
		}
		if body[0] != bench.SSE[0] {
			w.Header().Set("Content-Type", "application/json")
			w.Write(want)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		http.NewResponseController(w).Flush()
		for _, f := range frames() {
			w.Write(f)
			http.NewResponseController(w).Flush()
		}
	}))
	server.Config.ConnState = func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}
	server.Start()
	defer server.Close()
	c := client(t, server.Listener.Addr().String(), opt)
	for _, concurrency := range []int{1, 10, 50} {
		for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
			for _, size := range []int{100, 300 << 10} { // more than a socket takes at once
				j := job(mode)
				j.Body = bytes.Repeat([]byte(mode[:1]), size)
				s := slice1(t, c, j, Burst{Concurrency: concurrency, MinRequests: 2 * concurrency})
				if len(s.Observations) != 2*concurrency || len(s.Errors) != 0 || s.Reconnects != 0 {
					t.Fatalf("%s c%d %d: %d observations, errors %v (%s), %d reconnects", mode, concurrency, size, len(s.Observations), s.Errors, s.FirstError, s.Reconnects)
				}
				for _, o := range s.Observations {
					checkClocks(t, mode, o)
				}
			}
		}
	}
	if got := connections.Load(); got != 50 {
		t.Errorf("%d connections for 50 at most in flight", got)
	}
}

// checkClocks holds the clocks of one observation to their order.
func checkClocks(t *testing.T, mode bench.Mode, o bench.Observation) {
	t.Helper()
	clocks := []int64{0, o.Written, o.Headers, o.FirstByte, o.Last}
	if mode == bench.SSE {
		clocks = []int64{0, o.Written, o.Headers, o.FirstByte, o.FirstEvent, o.FirstDelta, o.Last}
	} else if o.FirstEvent != bench.Absent || o.FirstDelta != bench.Absent {
		t.Errorf("a JSON answer has events: %+v", o)
	}
	for i := 1; i < len(clocks); i++ {
		if clocks[i] < clocks[i-1] {
			t.Errorf("clock %d is before the one in front of it: %+v", i, o)
		}
	}
}

func TestErrorsByClass(t *testing.T) {
	ev := frames()
	without := func(i int) [][]byte { return append(append([][]byte{}, ev[:i]...), ev[i+1:]...) }
	swapped := append([][]byte{}, ev...)
	swapped[5], swapped[6] = ev[6], ev[5]
	doubled := append(append(append([][]byte{}, ev[:6]...), ev[5]), ev[6:]...)
	whole := streamHead + string(chunked(ev...))
	for _, tc := range []struct {
		name   string
		mode   bench.Mode
		answer string
		keep   bool // the connection stays open behind the answer
		want   bench.ErrorClass
		says   string
	}{
		{"right JSON", bench.JSON, jsonAnswer(want), true, "", ""},
		{"right stream", bench.SSE, whole, true, "", ""},
		{"right, ended by close", bench.JSON, jsonHead + "\r\n" + string(want), false, "", ""},
		{"100 Continue first", bench.JSON, "HTTP/1.1 100 Continue\r\n\r\n" + jsonAnswer(want), true, "", ""},
		{"switched to another protocol", bench.JSON, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: x\r\nConnection: Upgrade\r\n\r\n", true, bench.ErrStatus, `status 101 where the mock sent 200; the body begins ""`},
		{"500", bench.JSON, "HTTP/1.1 500 x\r\nContent-Length: 4\r\n\r\nOops", true, bench.ErrStatus, `status 500 where the mock sent 200; the body begins "Oops"`},
		{"404 on a stream", bench.SSE, "HTTP/1.1 404 x\r\nContent-Length: 4\r\n\r\nOops", true, bench.ErrStatus, "status 404"},
		{"HTML", bench.JSON, jsonAnswer([]byte("<html>hello</html>")), true, bench.ErrBody, "not JSON"},
		{"HTML for a stream", bench.SSE, jsonAnswer([]byte("<html>hello</html>")), true, bench.ErrBody, "application/json"},
		{"other JSON", bench.JSON, jsonAnswer([]byte("{}")), true, bench.ErrBody, "output[0]: expected"},
		{"short body", bench.JSON, jsonAnswer(want[:100]), true, bench.ErrBody, "100 bytes where the mock sent 1024"},
		{"Content-Length too large", bench.JSON, strings.Replace(jsonAnswer(want), "1024", "1100", 1), false, bench.ErrTruncated, "after 1024 bytes"},
		{"Content-Length too small", bench.JSON, strings.Replace(jsonAnswer(want), "1024", "1000", 1), true, bench.ErrBody, "1000 bytes"},
		{"429", bench.JSON, "HTTP/1.1 429 x\r\nContent-Length: 4\r\n\r\nbusy", true, bench.ErrStatus, "status 429, a rate limit, where the mock sent 200"},
		{"429 on a stream", bench.SSE, "HTTP/1.1 429 x\r\nContent-Length: 4\r\n\r\nbusy", true, bench.ErrStatus, "a rate limit"},
		{"307", bench.JSON, "HTTP/1.1 307 x\r\nLocation: /v1/responses/\r\nContent-Length: 0\r\n\r\n", true, bench.ErrStatus, `a redirect to "/v1/responses/",`},
		{"status 999", bench.JSON, "HTTP/1.1 999 x\r\nContent-Length: 0\r\n\r\n", true, bench.ErrProtocol, `status outside 100 to 599: "HTTP/1.1 999 x"`},
		{"gzip unasked", bench.JSON, jsonHead + "Content-Encoding: gzip\r\nContent-Length: 4\r\n\r\n\x1f\x8b\x08\x00", true, bench.ErrBody, "Content-Encoding: gzip, which the request did not ask for"},
		{"gzip unasked in a stream", bench.SSE, strings.Replace(streamHead, "Transfer", "Content-Encoding: gzip\r\nTransfer", 1) + string(chunked([]byte("\x1f\x8b\x08\x00"))), true, bench.ErrBody, "Content-Encoding: gzip"},
		{"identity", bench.JSON, strings.Replace(jsonAnswer(want), jsonHead, jsonHead+"Content-Encoding: identity\r\n", 1), true, "", ""},
		{"two lengths", bench.JSON, jsonHead + "Content-Length: 4\r\nTransfer-Encoding: chunked\r\n\r\n" + string(chunked(want)), true, bench.ErrProtocol, "Content-Length 4 and Transfer-Encoding chunked"},
		{"Transfer-Encoding twice", bench.SSE, strings.Replace(streamHead, "\r\nTransfer", "\r\nTransfer-Encoding: chunked\r\nTransfer", 1), true, bench.ErrProtocol, "Transfer-Encoding a second time"},
		{"Transfer-Encoding gzip", bench.SSE, strings.Replace(streamHead, "chunked", "gzip, chunked", 1), true, bench.ErrProtocol, `Transfer-Encoding other than chunked: "Transfer-Encoding: gzip, chunked"`},
		{"LF without CR in the head", bench.JSON, strings.ReplaceAll(jsonAnswer(want), "\r\n", "\n"), true, bench.ErrProtocol, `ends in LF without CR: "HTTP/1.1 200 OK\n"`},
		{"LF without CR in a line", bench.JSON, strings.Replace(jsonAnswer(want), "\r\n", "\n", 1), true, bench.ErrProtocol, "ends in LF without CR"},
		{"not HTTP", bench.JSON, "220 mail ready\r\n\r\n", true, bench.ErrProtocol, "220 mail ready"},
		{"bad chunk", bench.SSE, streamHead + "zz\r\n", true, bench.ErrProtocol, "chunk size"},
		{"head never ends", bench.JSON, "HTTP/1.1 200 OK\r\n" + strings.Repeat("X: y\r\n", 12000), true, bench.ErrProtocol, "response head"},
		{"bytes after the answer", bench.JSON, jsonAnswer(want) + "more", true, bench.ErrProtocol, "4 bytes after the end"},
		{"cut stream", bench.SSE, whole[:len(whole)/2], false, bench.ErrTruncated, "events"},
		{"stream cut before its last chunk", bench.SSE, strings.TrimSuffix(whole, "0\r\n\r\n"), false, bench.ErrTruncated, "events"},
		{"closed at once", bench.JSON, "", false, bench.ErrTruncated, "before any byte"},
		{"closed in the head", bench.JSON, "HTTP/1.1 200", false, bench.ErrTruncated, "head"},
		{"no terminal event", bench.SSE, streamHead + string(chunked(ev[:len(ev)-2]...)), true, bench.ErrNoEnd, "5 chunks"},
		{"chunk lost", bench.SSE, streamHead + string(chunked(without(5)...)), true, bench.ErrLost, "4 chunks"},
		{"chunk doubled", bench.SSE, streamHead + string(chunked(doubled...)), true, bench.ErrRepeated, "event 7"},
		{"chunks reordered", bench.SSE, streamHead + string(chunked(swapped...)), true, bench.ErrReordered, "event 7"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := serve(t, func(w io.Writer, _ int) bool {
				io.WriteString(w, tc.answer)
				return tc.keep
			})
			s := slice1(t, c, job(tc.mode), Burst{Concurrency: 2, MinRequests: 4})
			if tc.want == "" {
				if len(s.Errors) != 0 || len(s.Observations) != 4 {
					t.Fatalf("%d observations, errors %v: %s", len(s.Observations), s.Errors, s.FirstError)
				}
				return
			}
			if s.Errors[tc.want] != 4 || len(s.Errors) != 1 || len(s.Observations)+len(s.Gaps)+len(s.Transits) != 0 {
				t.Errorf("errors %v with %d observations, want 4 of %s and none", s.Errors, len(s.Observations), tc.want)
			}
			if !strings.Contains(s.FirstError, tc.says) {
				t.Errorf("%q does not say %q", s.FirstError, tc.says)
			}
		})
	}
}

func TestTimeouts(t *testing.T) {
	for _, tc := range []struct{ name, answer, says string }{
		{"no answer", "", "no head of an answer"},
		{"stalled stream", streamHead + string(chunked(frames()[:6]...)[:900]), "after"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			c := serve(t, func(w io.Writer, _ int) bool {
				io.WriteString(w, tc.answer)
				return true
			})
			c.opt.Timeout = 50 * time.Millisecond
			s := slice1(t, c, job(bench.SSE), Burst{Concurrency: 3, MinRequests: 100})
			if s.Errors[bench.ErrTimeout] != 3 || !strings.Contains(s.FirstError, tc.says) {
				t.Errorf("errors %v: %s", s.Errors, s.FirstError)
			}
		})
	}
}

func TestServerThatNeverReads(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	c := client(t, l.Addr().String(), Options{API: llmapi.Chat, Timeout: 50 * time.Millisecond})
	j := job(bench.JSON)
	j.Body = make([]byte, 32<<20)
	s := slice1(t, c, j, Burst{Concurrency: 1, MinRequests: 5})
	if s.Errors[bench.ErrTimeout] != 1 || !strings.Contains(s.FirstError, "bytes") {
		t.Errorf("errors %v: %s", s.Errors, s.FirstError)
	}
}

func TestNobodyListens(t *testing.T) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	l.Close()
	s := slice1(t, client(t, l.Addr().String(), opt), job(bench.JSON), Burst{Concurrency: 3, MinRequests: 10, MinTime: time.Hour})
	if s.Errors[bench.ErrConnect] != 3 || s.Sent != 0 || !strings.Contains(s.FirstError, l.Addr().String()) {
		t.Errorf("errors %v: %s", s.Errors, s.FirstError)
	}
}

func TestConnectionCloseIsReconnected(t *testing.T) {
	answer := strings.Replace(jsonAnswer(want), jsonHead, jsonHead+"Connection: close\r\n", 1)
	c := serve(t, func(w io.Writer, _ int) bool {
		io.WriteString(w, answer)
		return false
	})
	s := slice1(t, c, job(bench.JSON), Burst{Concurrency: 2, MinRequests: 10})
	if len(s.Observations) != 10 || len(s.Errors) != 0 || s.Reconnects != 8 {
		t.Errorf("%d observations, errors %v, %d reconnects; want 10, none, 8", len(s.Observations), s.Errors, s.Reconnects)
	}
}

// TestClosedUnderTheRequest: a used connection that is closed before any byte of
// the answer is one retry on a new connection, and no error.
func TestClosedUnderTheRequest(t *testing.T) {
	c := serve(t, func(w io.Writer, n int) bool {
		if n == 3 {
			return false // without an answer, on a connection that has been used
		}
		io.WriteString(w, jsonAnswer(want))
		return true
	})
	s := slice1(t, c, job(bench.JSON), Burst{Concurrency: 1, MinRequests: 5})
	if len(s.Errors) != 0 || len(s.Observations) != 5 || s.Reconnects != 1 || s.Retries != 1 || s.Sent != 5 {
		t.Errorf("errors %v, %d observations, %d reconnects, %d retries, %d sent", s.Errors, len(s.Observations), s.Reconnects, s.Retries, s.Sent)
	}
}

// TestClosedWhileIdle: what a server closes between slices is no error.
func TestClosedWhileIdle(t *testing.T) {
	c := serve(t, func(w io.Writer, n int) bool {
		io.WriteString(w, jsonAnswer(want))
		return n != 5
	})
	slice1(t, c, job(bench.JSON), Burst{Concurrency: 1, MinRequests: 5})
	ended := []unix.PollFd{{Fd: int32(c.conns[0].fd), Events: unix.POLLRDHUP}}
	if _, err := unix.Poll(ended, 10_000); err != nil || ended[0].Revents == 0 {
		t.Fatalf("the end of the connection does not arrive: %v", err)
	}
	s := slice1(t, c, job(bench.JSON), Burst{Concurrency: 1, MinRequests: 5})
	if len(s.Errors) != 0 || len(s.Observations) != 5 {
		t.Errorf("errors %v, %d observations", s.Errors, len(s.Observations))
	}
}

// TestOneErrorAmongMany: an error keeps its connection when its answer is whole.
func TestOneErrorAmongMany(t *testing.T) {
	c := serve(t, func(w io.Writer, n int) bool {
		if n%10 == 0 {
			io.WriteString(w, "HTTP/1.1 500 x\r\nContent-Length: 1\r\n\r\nx")
		} else {
			io.WriteString(w, jsonAnswer(want))
		}
		return true
	})
	s := slice1(t, c, job(bench.JSON), Burst{Concurrency: 1, MinRequests: 50})
	if len(s.Observations) != 45 || s.Errors[bench.ErrStatus] != 5 || s.Reconnects != 0 || s.Sent != 50 {
		t.Errorf("%d observations, errors %v, %d reconnects, %d sent", len(s.Observations), s.Errors, s.Reconnects, s.Sent)
	}
}

// TestRewrittenAnswerIsRight: what a client reads is right, and what the gateway
// did is told once.
func TestRewrittenAnswerIsRight(t *testing.T) {
	rewritten := bytes.ReplaceAll(want, []byte(`":`), []byte(`" : `))
	rewritten = bytes.Replace(rewritten, []byte(`{"id" : "resp_`), []byte(`{"extra" : {"a":1}, "id" : "gw_`), 1)
	c := serve(t, func(w io.Writer, n int) bool {
		io.WriteString(w, jsonAnswer(rewritten))
		return true
	})
	s := slice1(t, c, job(bench.JSON), Burst{Concurrency: 2, MinRequests: 10})
	if len(s.Observations) != 10 {
		t.Errorf("errors %v: %s", s.Errors, s.FirstError)
	}
	told := []bench.Rewrite{{Mode: bench.JSON, Kind: bench.Adds, Path: "extra"}, {Mode: bench.JSON, Kind: bench.Rewrites, Path: "id"}}
	if !slices.Equal(s.Rewrites, told) {
		t.Errorf("rewrites %+v, want %+v", s.Rewrites, told)
	}
	if s = slice1(t, c, job(bench.JSON), Burst{Concurrency: 2, MinRequests: 10}); len(s.Rewrites) != 0 {
		t.Errorf("told again: %+v", s.Rewrites)
	}
}

// TestGapsBurstsTransits: what arrives in one read has no gaps and is a burst.
// The clock is handed in, so the figures are exact.
func TestGapsBurstsTransits(t *testing.T) {
	const start = 1000
	a := newAnswer()
	a.expect(job(bench.SSE), fixture)
	a.reset(start, 0)
	var now int64 = start
	feed := func(b []byte) {
		now += 100
		if used := a.take(b, now); used != len(b) {
			t.Fatalf("used %d of %d bytes", used, len(b))
		}
	}
	events := llmapi.Frames(llmapi.Responses, llmapi.Stream{Shape: shape})
	piece := func(i int) []byte {
		for _, slot := range events[i].Slots {
			stamp := llmapi.NewStamp(int64(900 + slot.Chunk))
			stamp.Put(events[i].Bytes, slot.Offset)
		}
		return bytes.TrimSuffix(chunked(events[i].Bytes), []byte("0\r\n\r\n"))
	}
	feed([]byte(streamHead)) // 1100
	for i := range 5 {       // 1200 to 1600: four control events, the first chunk
		feed(piece(i))
	}
	feed(append(append(piece(5), piece(6)...), piece(7)...)) // 1700: three chunks at once
	for i := 8; i < len(events); i++ {
		feed(piece(i)) // 1800: the last chunk, then what ends the stream
	}
	now += 500 // the longest silence
	feed([]byte("0\r\n\r\n"))

	if !a.complete() || a.fault != "" {
		t.Fatalf("complete %t, fault %q %s", a.complete(), a.fault, a.detail)
	}
	if want := []int64{100, 0, 0, 100}; !slices.Equal(a.gaps, want) {
		t.Errorf("gaps %v, want %v", a.gaps, want)
	}
	if want := []int64{1600 - 900, 1700 - 901, 1700 - 902, 1700 - 903, 1800 - 904}; !slices.Equal(a.transits, want) {
		t.Errorf("transits %v, want %v", a.transits, want)
	}
	want := bench.Observation{
		Headers: 100, FirstByte: 200, FirstEvent: 200, FirstDelta: 600, Last: now - start,
		Silence: 600,
		Events:  int32(len(events)), Burst: 3, BurstBytes: int32(len(events[5].Bytes) + len(events[6].Bytes) + len(events[7].Bytes)),
	}
	if a.obs != want {
		t.Errorf("got  %+v\nwant %+v", a.obs, want)
	}
}

func TestCancelled(t *testing.T) {
	c := serve(t, func(w io.Writer, n int) bool { return true })
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if _, err := c.Slice(ctx, []*Job{job(bench.JSON)}, Burst{Concurrency: 4, MinRequests: 4}); !errors.Is(err, context.DeadlineExceeded) {
		t.Fatalf("%v", err)
	}
	for _, cn := range c.conns {
		if cn.fd >= 0 || cn.busy {
			t.Errorf("a connection with half an answer was kept")
		}
	}
}

func TestMinTime(t *testing.T) {
	c := serve(t, func(w io.Writer, n int) bool {
		io.WriteString(w, jsonAnswer(want))
		return true
	})
	s := slice1(t, c, job(bench.JSON), Burst{Concurrency: 2, MinRequests: 1, MinTime: 30 * time.Millisecond})
	if s.Elapsed < 30*time.Millisecond || len(s.Observations) < 3 || s.ClientCPU <= 0 || s.ClientCPU > s.Elapsed {
		t.Errorf("%d observations in %v with %v of CPU", len(s.Observations), s.Elapsed, s.ClientCPU)
	}
}

// TestMinEach: a connection that is slow gets its share all the same.
func TestMinEach(t *testing.T) {
	var mu sync.Mutex
	count := map[io.Writer]int{}
	c := serve(t, func(w io.Writer, n int) bool {
		mu.Lock()
		count[w]++
		if len(count) == 1 {
			defer time.Sleep(time.Millisecond)
		}
		mu.Unlock()
		io.WriteString(w, jsonAnswer(want))
		return true
	})
	slice1(t, c, job(bench.JSON), Burst{Concurrency: 3, MinEach: 20})
	mu.Lock()
	defer mu.Unlock()
	for _, n := range count {
		if n != 20 {
			t.Errorf("a connection had %d requests, want 20: %v", n, count)
		}
	}
}

func TestAddress(t *testing.T) {
	for _, addr := range []string{"localhost:80", "127.0.0.1", ""} {
		if c, err := New(addr, opt); err == nil {
			c.Close()
			t.Errorf("%q was taken", addr)
		}
	}
}

// FuzzAnswer: whatever comes, however cut, the answer ends or waits, and its
// verdict does not depend on the cuts.
func FuzzAnswer(f *testing.F) {
	f.Add([]byte(jsonAnswer(want)), uint8(100), false)
	f.Add([]byte(streamHead+string(chunked(frames()...))), uint8(255), true)
	f.Add([]byte(streamHead+string(chunked(frames()[3:]...))), uint8(9), true)
	f.Add([]byte("HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 503 x\r\nContent-Length: 2\r\n\r\nab"), uint8(1), false)
	f.Fuzz(func(t *testing.T, in []byte, piece uint8, sse bool) {
		mode := bench.JSON
		if sse {
			mode = bench.SSE
		}
		whole, wholeDone := readAnswer(in, len(in)+1, mode)
		cut, cutDone := readAnswer(in, int(piece)+1, mode)
		if whole.fault != cut.fault || wholeDone != cutDone || whole.size != cut.size || whole.obs.Events != cut.obs.Events {
			t.Fatalf("whole: %q %q done %t; in pieces of %d: %q %q done %t", whole.fault, whole.detail, wholeDone, int(piece)+1, cut.fault, cut.detail, cutDone)
		}
	})
}

func readAnswer(in []byte, piece int, mode bench.Mode) (*answer, bool) {
	a := newAnswer()
	a.expect(job(mode), fixture)
	a.reset(0, 0)
	var have []byte
	for now := int64(1); len(in) > 0 && !a.complete() && !a.broken; now++ {
		n := min(piece, len(in))
		have, in = append(have, in[:n]...), in[n:]
		have = have[a.take(have, now):]
	}
	done := a.complete() || a.broken
	if !done {
		a.end(1 << 20)
	}
	return a, done
}
