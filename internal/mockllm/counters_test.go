package mockllm

import (
	"bufio"
	"bytes"
	"io"
	"net/http"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/pace"
)

// A stream is whole or it is cut, and what the client took is what was written.
func TestCountsWhatBecameOfStreams(t *testing.T) {
	settings := plain()
	settings.ChunkInterval = pace.Constant(20 * time.Millisecond)
	addr := serve(t, settings)
	c := dial(t, addr)
	if _, err := c.Write(post(t, llmapi.Chat, bench.SSE, 300)); err != nil {
		t.Fatal(err)
	}
	resp, err := http.ReadResponse(bufio.NewReader(c), nil)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := resp.Body.Read(make([]byte, 10)); err != nil {
		t.Fatal(err)
	}
	if s := readStats(t, addr); s.Streams != 1 || s.Whole != 0 || s.Cut != 0 || s.Written == 0 {
		t.Errorf("inside a stream: %+v", s)
	}
	_ = c.Close()
	waitFor(t, addr, Stats{Connections: 1, Requests: 1, Answers: 1, Streams: 1, Cut: 1})

	before := readStats(t, addr)
	status, body := get(t, "POST", addr, llmapi.Chat.Path(), bytes.NewReader(post(t, llmapi.Chat, bench.JSON, 300)))
	after := readStats(t, addr)
	if n := after.Written - before.Written; status != 200 || n < int64(len(body)) || n > int64(len(body))+200 || after.Whole != 0 {
		t.Errorf("%d bytes of an answer of %d were written: %+v", n, len(body), after)
	}
}

// A prompt that comes without its end has been cut on its way.
func TestCountsPromptsThatAreCut(t *testing.T) {
	addr := serve(t, plain())
	for _, api := range llmapi.All() {
		for _, size := range []int{300, 10 << 10, 300 << 10} {
			body, err := llmapi.RequestBody(api, llmapi.Ask{Mode: bench.JSON, Size: size})
			if err != nil {
				t.Fatal(err)
			}
			before := readStats(t, addr)
			get(t, "POST", addr, api.Path(), bytes.NewReader(body))
			whole := readStats(t, addr)
			get(t, "POST", addr, api.Path(), bytes.NewReader(body[:len(body)-10]))
			get(t, "POST", addr, api.Path(), bytes.NewReader([]byte("{}")))
			cut := readStats(t, addr)
			if whole.Truncated != before.Truncated || cut.Truncated != whole.Truncated+2 || cut.Answers != before.Answers+3 {
				t.Errorf("%s %d: %+v, then %+v, then %+v", api, size, before, whole, cut)
			}
		}
	}
}

// A client that does not read holds the mock back.
func TestCountsOnlyWhatTheKernelTook(t *testing.T) {
	settings := plain()
	settings.Shape.Chunks, settings.Shape.ChunkBytes = 4000, 4096
	addr := serve(t, settings)
	c := dial(t, addr)
	if _, err := c.Write(post(t, llmapi.Responses, bench.SSE, 300)); err != nil {
		t.Fatal(err)
	}
	written := int64(0)
	for deadline := time.Now().Add(5 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		s := readStats(t, addr)
		if s.Written > 0 && s.Written == written {
			break // it stands still
		}
		if written = s.Written; time.Now().After(deadline) {
			t.Fatal("the mock writes on to a client that does not read")
		}
	}
	all := int64(settings.Shape.Chunks * settings.Shape.ChunkBytes)
	t.Logf("the kernel takes %d of %d bytes", written, all)
	if written > all/2 {
		t.Errorf("%d bytes are written to a client that reads nothing", written)
	}
	_, _ = io.CopyN(io.Discard, c, 8<<20)
	if s := readStats(t, addr); s.Written < 8<<20 {
		t.Errorf("8 MB were read, and %d bytes written", s.Written)
	}
}
