package mockllm

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/epoll"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/pace"
)

// Head and events are separate writes: with a pause between them, each read of
// the client brings one.
func TestEveryEventIsItsOwnWrite(t *testing.T) {
	settings := plain()
	settings.Shape.Chunks = 3
	settings.FirstEvent = pace.Constant(300 * time.Millisecond) // long enough to be seen on a busy machine
	settings.ChunkInterval = pace.Constant(100 * time.Millisecond)
	c := dial(t, serve(t, settings))
	if _, err := c.Write(post(t, llmapi.Chat, bench.SSE, 300)); err != nil {
		t.Fatal(err)
	}
	var reads []string
	buf := make([]byte, 64<<10)
	for len(reads) == 0 || !bytes.HasSuffix([]byte(reads[len(reads)-1]), []byte("0\r\n\r\n")) {
		n, err := c.Read(buf)
		if err != nil {
			t.Fatal(err)
		}
		reads = append(reads, string(buf[:n]))
	}
	if reads[0] != streamHead {
		t.Errorf("the first read has %q", reads[0])
	}
	if len(reads) < 4 { // head; role and first delta; two deltas more, the end with the last
		t.Errorf("%d reads", len(reads))
	}
}

// Delays are kept from intended time to intended time: never early, and late by
// no more than a loaded machine makes them.
func TestDelays(t *testing.T) {
	const latency, first, interval = 30 * time.Millisecond, 20 * time.Millisecond, 5 * time.Millisecond
	settings := plain()
	settings.Latency, settings.FirstEvent, settings.ChunkInterval = pace.Constant(latency), pace.Constant(first), pace.Constant(interval)
	addr := serve(t, settings)
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		c := dial(t, addr)
		start, startNS := time.Now(), epoll.Now()
		if _, err := c.Write(post(t, llmapi.Responses, mode, 300)); err != nil {
			t.Fatal(err)
		}
		r := bufio.NewReader(c)
		resp, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		took(t, "head", time.Since(start), latency)
		if mode == bench.JSON {
			continue
		}
		if _, err := r.Peek(1); err != nil {
			t.Fatal(err)
		}
		took(t, "first event", time.Since(start), latency+first)
		sent := checkStream(t, llmapi.Responses, settings.Shape, resp.Body)
		took(t, "last chunk", time.Duration(sent[len(sent)-1]-startNS), latency+first+19*interval)
		took(t, "whole stream", time.Since(start), latency+first+19*interval)
	}
}

func took(t *testing.T, what string, got, want time.Duration) {
	t.Helper()
	if got < want || got > want+2*time.Second {
		t.Errorf("%s after %v, want %v", what, got, want)
	}
}

func TestDelaysAreDrawn(t *testing.T) {
	settings := plain()
	settings.Shape.Chunks = 50
	settings.ChunkInterval = pace.Quantiles([]time.Duration{0, 2 * time.Millisecond})
	addr := serve(t, settings)
	start := epoll.Now()
	_, stream := get(t, "POST", addr, llmapi.Chat.Path(), bytes.NewReader(body(t, llmapi.Chat, bench.SSE, 300)))
	sent := checkStream(t, llmapi.Chat, settings.Shape, bytes.NewReader(stream))
	// 49 uniform draws of 1 ms on average add up to 49 ms with an SD of 4.
	took(t, "50 chunks", time.Duration(sent[49]-start), 29*time.Millisecond)
}

func TestClientLeavesStream(t *testing.T) {
	settings := plain()
	settings.ChunkInterval = pace.Constant(10 * time.Second)
	addr := serve(t, settings)
	c := dial(t, addr)
	if _, err := c.Write(post(t, llmapi.Messages, bench.SSE, 300)); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Read(make([]byte, 100)); err != nil {
		t.Fatal(err)
	}
	waitFor(t, addr, Stats{Connections: 1, Requests: 1, Answers: 1, Streams: 1, Open: 1})
	_ = c.Close()
	waitFor(t, addr, Stats{Connections: 1, Requests: 1, Answers: 1, Streams: 1, Open: 0, Cut: 1})
}

// A slow reader gets every byte, and others are served meanwhile.
func TestSlowReader(t *testing.T) {
	settings := plain()
	settings.Shape = llmapi.Shape{AnswerBytes: 8 << 20, Chunks: 400, ChunkBytes: 20000}
	addr := serve(t, settings)
	for _, mode := range []bench.Mode{bench.SSE, bench.JSON} {
		c := dial(t, addr)
		if _, err := c.Write(post(t, llmapi.Chat, mode, 300)); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20 * time.Millisecond)
		if status, _ := get(t, "GET", addr, "/health", nil); status != 200 {
			t.Errorf("health while a stream is blocked: %d", status)
		}
		resp, err := http.ReadResponse(bufio.NewReader(c), nil)
		if err != nil {
			t.Fatal(err)
		}
		if mode == bench.SSE {
			checkStream(t, llmapi.Chat, settings.Shape, resp.Body)
			continue
		}
		got, err := io.ReadAll(resp.Body)
		if err == nil {
			err = checkJSON(llmapi.Chat, settings.Shape, got)
		}
		if err != nil {
			t.Error(err)
		}
	}
}

// Streams share prepared frames; each still has its own send times.
func TestManyStreams(t *testing.T) {
	settings := plain()
	settings.ChunkInterval = pace.Quantiles([]time.Duration{0, time.Millisecond})
	addr := serve(t, settings)
	var all sync.WaitGroup
	for range 30 {
		all.Go(func() {
			_, stream := get(t, "POST", addr, llmapi.Responses.Path(), bytes.NewReader(body(t, llmapi.Responses, bench.SSE, 300)))
			sent := checkStream(t, llmapi.Responses, settings.Shape, bytes.NewReader(stream))
			want := map[int]int64{}
			for chunk, ns := range sent {
				want[chunk] = ns
			}
			chunks, times := marks(stream)
			for i, chunk := range chunks { // the repeated ones as well
				if want[chunk] != times[i] {
					t.Errorf("chunk %d was sent at %d, a later event says %d", chunk, want[chunk], times[i])
					return
				}
			}
		})
	}
	all.Wait()
}

// In the steady state neither an answer nor a stream costs an allocation.
func TestServingAllocatesNothing(t *testing.T) {
	addr := serve(t, plain())
	buf := make([]byte, 64<<10)
	for mode, tail := range map[bench.Mode]string{bench.JSON: "}", bench.SSE: "\r\n0\r\n\r\n"} {
		c, request := dial(t, addr), post(t, llmapi.Responses, mode, 1024)
		if n := testing.AllocsPerRun(20, func() {
			if _, err := c.Write(request); err != nil {
				t.Fatal(err)
			}
			for got := 0; !bytes.HasSuffix(buf[:got], []byte(tail)); {
				n, err := c.Read(buf)
				if err != nil {
					t.Fatal(err)
				}
				got = n
			}
		}); n != 0 {
			t.Errorf("%s: %g allocations", mode, n)
		}
	}
}
