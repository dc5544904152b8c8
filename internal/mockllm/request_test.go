package mockllm

import (
	"bytes"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// readAll feeds input in pieces of at most piece bytes and lists what came out.
func readAll(input []byte, piece int) (outcomes []outcome, last request) {
	var r request
	var kept []byte
	for len(input) > 0 {
		n := min(piece, len(input))
		data := append(kept, input[:n]...)
		input = input[n:]
		for len(data) > 0 {
			used, out := r.read(data)
			data = data[used:]
			if out == needMore {
				break
			}
			if out != wantsContinue { // depends on the pieces
				outcomes = append(outcomes, out)
			}
			if out > complete {
				return outcomes, r
			}
		}
		kept = data
	}
	return outcomes, r
}

// Whatever comes is read the same way in whatever pieces it comes.
func FuzzRequest(f *testing.F) {
	f.Add(post(f, llmapi.Responses, bench.SSE, 200), 3)
	f.Add([]byte("POST /v1/messages HTTP/1.1\r\nExpect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n"+
		"f\r\n{\"stream\": true\r\n1\r\n}\r\n0\r\n\r\nGET /health HTTP/1.1\r\n\r\n"), 5)
	f.Add([]byte("GET /__mock/stats?x HTTP/1.0\r\n\r\nPOST / HTTP/1.1\r\nContent-Length: 3\r\n\r\nabc\x00"), 1)
	f.Fuzz(func(t *testing.T, input []byte, piece int) {
		if piece < 1 || len(input) > 4<<10 {
			return
		}
		whole, a := readAll(input, len(input))
		split, b := readAll(input, piece)
		if !bytes.Equal(bytesOf(whole), bytesOf(split)) {
			t.Fatalf("whole %v, in pieces of %d %v", whole, piece, split)
		}
		if a.route != b.route || a.stream.Wants() != b.stream.Wants() || a.received != b.received {
			t.Fatalf("whole %+v, in pieces of %d %+v", a, piece, b)
		}
	})
}

func bytesOf(outcomes []outcome) []byte {
	b := make([]byte, len(outcomes))
	for i, o := range outcomes {
		b[i] = byte(o)
	}
	return b
}

func TestRequestAllocatesNothing(t *testing.T) {
	input := post(t, llmapi.Responses, bench.SSE, 10<<10)
	var r request
	if n := testing.AllocsPerRun(10, func() {
		if used, out := r.read(input); used != len(input) || out != complete || !r.stream.Wants() {
			t.Fatalf("used %d, outcome %d", used, out)
		}
	}); n != 0 {
		t.Errorf("%g allocations a request", n)
	}
}

// TestRepeatedHeads: a head that is like the last one means the same, and one
// that only begins like it does not.
func TestRepeatedHeads(t *testing.T) {
	stream, whole := post(t, llmapi.Responses, bench.SSE, 200), post(t, llmapi.Responses, bench.JSON, 200)
	get := []byte("GET /health HTTP/1.1\r\n\r\n")
	echoes := []byte("GET /health HTTP/1.1\r\nX: y\r\n\r\nGET /other HTTP/1.1\r\n\r\nGET /other HTTP/1.1\r\n\r\n")
	var r request
	for i, c := range []struct {
		input []byte
		route route
		wants bool
	}{
		{stream, answers, true},
		{stream, answers, true},
		{whole, answers, false},
		{stream, answers, true},
		{get, health, false},
		{get, health, false},
		{whole, answers, false},
	} {
		if used, out := r.read(c.input); used != len(c.input) || out != complete || r.route != c.route || r.stream.Wants() != c.wants {
			t.Errorf("request %d: used %d of %d, outcome %d, route %d, stream %v", i, used, len(c.input), out, r.route, r.stream.Wants())
		}
	}
	for i, want := range []string{"/health", "/other", "/other"} {
		used, out := r.read(echoes)
		echoes = echoes[used:]
		if out != complete || want != "/health" && string(r.path) != want {
			t.Errorf("request %d of the rest: outcome %d, path %q", i, out, r.path)
		}
	}
	if len(echoes) > 0 {
		t.Errorf("%d bytes left", len(echoes))
	}
}
