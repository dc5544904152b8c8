package http1

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestParseResponse(t *testing.T) {
	for _, tc := range []struct {
		name, in string
		want     string // status length chunked close type
	}{
		{"plain", "HTTP/1.1 200 OK\r\nContent-Length: 12\r\nContent-Type: application/json\r\n\r\n", "200 12 false false application/json"},
		{"any case and space", "HTTP/1.1 200\r\ncONTENT-lENGTH:\t 12 \r\n\r\n", "200 12 false false "},
		{"chunked", "HTTP/1.1 200 OK\r\nTransfer-Encoding: Chunked\r\n\r\n", "200 -1 true false "},
		{"close", "HTTP/1.1 503 Service Unavailable\r\nConnection: foo, Close\r\n\r\n", "503 -1 false true "},
		{"HTTP/1.0 closes", "HTTP/1.0 200 OK\r\n\r\n", "200 -1 false true "},
		{"HTTP/1.0 keep-alive", "HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n", "200 -1 false false "},
		{"equal lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 5\r\n\r\n", "200 5 false false "},
		{"part of a head", "HTTP/1.1 200 OK\r\nContent-Le", "more"},
		{"nothing", "", "more"},
		{"other protocol", "SSH-2.0-OpenSSH\r\n\r\n", "error"},
		{"TLS record", "\x15\x03\x01\x00\x02", "error"},
		{"HTTP/2", "HTTP/2.0 200 OK\r\n\r\n", "error"},
		{"bad status", "HTTP/1.1 99 x\r\n\r\n", "error"},
		{"a list of equal lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5, 5 ,5\r\n\r\n", "200 5 false false "},
		{"a list of lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n", "error"},
		{"a list with nothing", "HTTP/1.1 200 OK\r\nContent-Length: 5,\r\n\r\n", "error"},
		{"unequal lengths", "HTTP/1.1 200 OK\r\nContent-Length: 5\r\nContent-Length: 6\r\n\r\n", "error"},
		{"negative length", "HTTP/1.1 200 OK\r\nContent-Length: -5\r\n\r\n", "error"},
		{"huge length", "HTTP/1.1 200 OK\r\nContent-Length: 9999999999999999999\r\n\r\n", "error"},
		{"gzip", "HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\n\r\n", "error"},
		{"chunks in HTTP/1.0", "HTTP/1.0 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n", "error"},
		{"length and chunks", "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n", "error"},
		{"chunked twice", "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n\r\n", "error"},
		{"status 999", "HTTP/1.1 999 x\r\n\r\n", "error"},
		{"LF alone", "HTTP/1.1 200 OK\nContent-Length: 1\n\na", "error"},
		{"line end inside", "HTTP/1.1 200 \n\r\n\r\n", "error"},
		{"folded", "HTTP/1.1 200 OK\r\nA: b\r\n c: d\r\n\r\n", "error"},
		{"space before colon", "HTTP/1.1 200 OK\r\nContent-Length : 5\r\n\r\n", "error"},
		{"no colon", "HTTP/1.1 200 OK\r\nfoo\r\n\r\n", "error"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			var h Head
			n, err := ParseResponse([]byte(tc.in+"rest"[:0]), &h)
			got := fmt.Sprintf("%d %d %t %t %s", h.Status, h.ContentLength, h.Chunked, h.Close, h.ContentType)
			switch {
			case err != nil:
				got = "error"
				if !errors.Is(err, ErrMalformed) {
					t.Errorf("%v is not ErrMalformed", err)
				}
			case n == 0:
				got = "more"
			case n != len(tc.in):
				t.Errorf("used %d of %d bytes", n, len(tc.in))
			}
			if got != tc.want {
				t.Errorf("got %q, want %q (%v)", got, tc.want, err)
			}
		})
	}
}

func TestParseRequest(t *testing.T) {
	var h Head
	in := "POST /v1/responses HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\nabc"
	n, err := ParseRequest([]byte(in), &h)
	if err != nil || in[n:] != "abc" {
		t.Fatalf("%d, %v", n, err)
	}
	if string(h.Method) != "POST" || string(h.Target) != "/v1/responses" || !h.Expect100 || h.ContentLength != 3 {
		t.Errorf("%+v", h)
	}
	in = "POST / HTTP/1.1\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n"
	if _, err := ParseRequest([]byte(in), &h); err != nil || !h.Chunked || !h.Close {
		t.Errorf("a request with two lengths, after which the connection must end: %+v, %v", h, err)
	}
	for _, bad := range []string{"POST /\r\n\r\n", "POST / HTTP/1.1 x\r\n\r\n", " / HTTP/1.1\r\n\r\n", "POST  HTTP/1.1\r\n\r\n"} {
		if _, err := ParseRequest([]byte(bad), &h); !errors.Is(err, ErrMalformed) {
			t.Errorf("%q: %v", bad, err)
		}
	}
}

func TestEventStream(t *testing.T) {
	for in, want := range map[string]bool{
		"text/event-stream": true, "Text/Event-Stream; charset=utf-8": true, "text/event-stream2": false, "application/json": false, "": false,
	} {
		if h := (Head{ContentType: []byte(in)}); h.EventStream() != want {
			t.Errorf("%q: %t", in, !want)
		}
	}
}

// decode feeds in to b in pieces of the given size, as reads would.
func decode(b *Body, in []byte, piece int) (out, rest []byte, err error) {
	var have []byte
	for {
		for {
			run, used, err := b.Next(have)
			if err != nil {
				return out, have, err
			}
			out = append(out, run...)
			have = have[used:]
			if b.Done() || used == 0 {
				break
			}
		}
		if b.Done() {
			return out, append(have, in...), nil
		}
		if len(in) == 0 {
			return out, have, b.End()
		}
		n := min(piece, len(in))
		have, in = append(have[:len(have):len(have)], in[:n]...), in[n:]
	}
}

func TestBody(t *testing.T) {
	long := strings.Repeat("0", maxLine+1)
	for _, tc := range []struct {
		name, head, in string
		out, rest      string
		err            error
	}{
		{"length", "Content-Length: 3\r\n", "abcHTTP", "abc", "HTTP", nil},
		{"empty", "Content-Length: 0\r\n", "HTTP", "", "HTTP", nil},
		{"short", "Content-Length: 4\r\n", "abc", "abc", "", ErrTruncated},
		{"until close", "", "abc", "abc", "", nil},
		{"chunks", "Transfer-Encoding: chunked\r\n", "3\r\nabc\r\nA;x=y\r\n0123456789\r\n0\r\n\r\nHTTP", "abc0123456789", "HTTP", nil},
		{"trailer", "Transfer-Encoding: chunked\r\n", "1\r\na\r\n0\r\nX: y\r\n\r\n", "a", "", nil},
		{"cut in a chunk", "Transfer-Encoding: chunked\r\n", "3\r\nab", "ab", "", ErrTruncated},
		{"cut in a size", "Transfer-Encoding: chunked\r\n", "3", "", "3", ErrTruncated},
		{"no last chunk", "Transfer-Encoding: chunked\r\n", "1\r\na\r\n", "a", "", ErrTruncated},
		{"bad size", "Transfer-Encoding: chunked\r\n", "x\r\n", "", "x\r\n", ErrMalformed},
		{"too long a chunk", "Transfer-Encoding: chunked\r\n", "1\r\nab\r\n", "a", "b\r\n", ErrMalformed},
		{"bare LF", "Transfer-Encoding: chunked\r\n", "1\na\r\n", "", "1\na\r\n", ErrMalformed},
		{"endless size", "Transfer-Encoding: chunked\r\n", long, "", long[:maxLine], ErrMalformed},
	} {
		for _, piece := range []int{1, 2, 3, 1 << 20} {
			t.Run(fmt.Sprint(tc.name, " by ", piece), func(t *testing.T) {
				var h Head
				if _, err := ParseResponse([]byte("HTTP/1.1 200 OK\r\n"+tc.head+"\r\n"), &h); err != nil {
					t.Fatal(err)
				}
				var b Body
				b.ResetResponse(&h)
				out, rest, err := decode(&b, []byte(tc.in), piece)
				if !errors.Is(err, tc.err) {
					t.Fatalf("error %v, want %v", err, tc.err)
				}
				if string(out) != tc.out {
					t.Errorf("payload %q, want %q", out, tc.out)
				}
				if tc.err == nil && string(rest) != tc.rest {
					t.Errorf("rest %q, want %q", rest, tc.rest)
				}
			})
		}
	}
}

func TestNoBodyStatuses(t *testing.T) {
	for _, status := range []int{100, 103, 204, 304} {
		var b Body
		if b.ResetResponse(&Head{Status: status, ContentLength: 5}); !b.Done() {
			t.Errorf("%d waits for a body", status)
		}
	}
}

func TestAppendChunkHead(t *testing.T) {
	for n, want := range map[int]string{0: "0\r\n", 9: "9\r\n", 255: "ff\r\n", 4096: "1000\r\n"} {
		if got := AppendChunkHead(nil, n); string(got) != want {
			t.Errorf("%d: %q", n, got)
		}
	}
}

// FuzzResponse holds the parser to net/http's: what both accept, both read
// alike, however it is cut.
func FuzzResponse(f *testing.F) {
	for _, seed := range []string{
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nabc",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n",
		"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3;a=b\r\nabc\r\n0\r\nT: x\r\n\r\n",
		"HTTP/1.0 404 Not Found\r\nConnection: keep-alive\r\n\r\nhi",
		"HTTP/1.1 204 No Content\r\n\r\n",
		"HTTP/1.1 200 OK\r\nContent-Length: 3\r\nContent-Length: 4\r\n\r\nabc",
	} {
		f.Add([]byte(seed), uint8(3))
	}
	f.Fuzz(func(t *testing.T, in []byte, piece uint8) {
		var h Head
		n, err := ParseResponse(in, &h)
		if err != nil || n == 0 {
			return
		}
		var b Body
		b.ResetResponse(&h)
		out, _, err := decode(&b, in[n:], int(piece)+1)
		whole := b
		whole.ResetResponse(&h)
		again, _, err2 := decode(&whole, in[n:], 1<<30)
		if !bytes.Equal(out, again) || (err == nil) != (err2 == nil) {
			t.Fatalf("pieces of %d: %q, %v; whole: %q, %v", int(piece)+1, out, err, again, err2)
		}
		std, stdErr := http.ReadResponse(bufio.NewReader(bytes.NewReader(in)), nil)
		if err != nil || stdErr != nil {
			return
		}
		body, stdErr := io.ReadAll(std.Body)
		if stdErr != nil {
			return
		}
		if std.StatusCode != h.Status || !bytes.Equal(body, out) {
			t.Fatalf("net/http reads %d %q, we read %d %q", std.StatusCode, body, h.Status, out)
		}
	})
}

func BenchmarkParseResponse(b *testing.B) {
	in := []byte("HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 200\r\nDate: Mon, 01 Jan 2024 00:00:00 GMT\r\n\r\n")
	var h Head
	b.ReportAllocs()
	for b.Loop() {
		if n, err := ParseResponse(in, &h); n != len(in) || err != nil {
			b.Fatal(n, err)
		}
	}
}
