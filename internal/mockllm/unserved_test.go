package mockllm

import (
	"bufio"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// TestUnserved: what the mock cannot serve gets the reason, and is listed without
// anything that a header holds.
func TestUnserved(t *testing.T) {
	for name, c := range map[string]struct {
		input  string // up to its end, which the mock answers
		status int
		body   string
		want   bench.Unserved
	}{
		"twice /v1": {
			"POST /v1/v1/chat/completions?key=secret HTTP/1.1\r\nHost: m\r\nContent-Length: 2\r\n\r\n{}", 404,
			"does not serve POST /v1/v1/chat/completions; it serves POST /v1/chat/completions, POST /v1/embeddings, POST /v1/messages, POST /v1/responses, GET /v1/models",
			bench.Unserved{Method: "POST", Path: "/v1/v1/chat/completions", Status: 404, Reason: "the mock does not serve this path"},
		},
		"no /v1":          {"POST /responses HTTP/1.1\r\n\r\n", 404, "does not serve", bench.Unserved{Method: "POST", Path: "/responses", Status: 404, Reason: "the mock does not serve this path"}},
		"slash":           {"POST /v1/responses/ HTTP/1.1\r\n\r\n", 404, "", bench.Unserved{Method: "POST", Path: "/v1/responses/", Status: 404, Reason: "the mock does not serve this path"}},
		"method of a GET": {"POST /health HTTP/1.1\r\n\r\n", 405, "", bench.Unserved{Method: "POST", Path: "/health", Status: 405, Reason: "the mock serves this path for GET, HEAD"}},
		"method":          {"GET /v1/responses HTTP/1.1\r\n\r\n", 405, "", bench.Unserved{Method: "GET", Path: "/v1/responses", Status: 405, Reason: "the mock serves this path for POST"}},
		"other method":    {"PUT /v1/models/x HTTP/1.1\r\n\r\n", 405, "", bench.Unserved{Method: "PUT", Path: "/v1/models/x", Status: 405, Reason: "the mock serves this path for GET, HEAD"}},
		"lengths differ":  {"POST /v1/responses HTTP/1.1\r\nContent-Length: 5, 6\r\n\r\n", 400, "Content-Length", bench.Unserved{Method: "POST", Path: "/v1/responses", Status: 400, Reason: "not HTTP/1.1: Content-Length"}},
		"a bad field":     {"POST /v1/responses HTTP/1.1\r\nAuthorization : secret\r\n\r\n", 400, "header field", bench.Unserved{Method: "POST", Path: "/v1/responses", Status: 400, Reason: "not HTTP/1.1: header field"}},
		"TLS":             {"\x16\x03\x01\x02\x00", 400, "UPSTREAM_TLS_URL", bench.Unserved{Status: 400, Reason: "a TLS handshake on the port without TLS; the address with TLS is $UPSTREAM_TLS_URL"}},
		"brotli":          {"POST /v1/responses HTTP/1.1\r\nHost: m\r\nContent-Encoding: br\r\nContent-Length: 1\r\n\r\nx", 415, "gzip only", bench.Unserved{Method: "POST", Path: "/v1/responses", Status: 415, Reason: "of the codings of a request body the mock reads gzip only"}},
		"no gzip":         {"POST /v1/responses HTTP/1.1\r\nHost: m\r\nContent-Encoding: gzip\r\nContent-Length: 2\r\n\r\n{}", 400, "not the gzip", bench.Unserved{Method: "POST", Path: "/v1/responses", Status: 400, Reason: "the body is not the gzip that Content-Encoding says"}},
	} {
		t.Run(name, func(t *testing.T) {
			addr := serve(t, plain())
			for range 2 {
				conn := dial(t, addr)
				if _, err := io.WriteString(conn, c.input); err != nil {
					t.Fatal(err)
				}
				resp, err := http.ReadResponse(bufio.NewReader(conn), nil)
				if err != nil {
					t.Fatal(err)
				}
				body, err := io.ReadAll(resp.Body)
				var e struct{ Error struct{ Message string } }
				if err != nil || resp.StatusCode != c.status || json.Unmarshal(body, &e) != nil || !strings.Contains(e.Error.Message, c.body) {
					t.Errorf("%d %s, %v", resp.StatusCode, body, err)
				}
				if c.status == 405 && !strings.HasSuffix(c.want.Reason, resp.Header.Get("Allow")) {
					t.Errorf("Allow: %s", resp.Header.Get("Allow"))
				}
			}
			s := readStats(t, addr)
			if len(s.Unserved) != 1 || s.Unserved[0].First <= 0 || s.Answers != 0 {
				t.Fatalf("%+v", s)
			}
			got := s.Unserved[0]
			got.First, c.want.Count = 0, 2
			if got != c.want {
				t.Errorf("listed is %+v, want %+v", got, c.want)
			}
		})
	}
}

// TestUnservedIsBounded: the paths are the gateway's.
func TestUnservedIsBounded(t *testing.T) {
	addr := serve(t, plain())
	for i := range 3 * maxUnserved {
		status, _ := get(t, "GET", addr, fmt.Sprintf("/%d/%s", i, strings.Repeat("long", 1000)), nil)
		if status != 404 {
			t.Fatal(status)
		}
	}
	s := readStats(t, addr)
	if len(s.Unserved) != maxUnserved+1 || s.Unserved[maxUnserved].Count != 2*maxUnserved || len(s.Unserved[0].Path) > maxPath+10 {
		t.Errorf("%d kinds, the last %+v", len(s.Unserved), s.Unserved[len(s.Unserved)-1])
	}
}

func TestCountsByPath(t *testing.T) {
	addr := serve(t, plain())
	get(t, "GET", addr, "/v1/models", nil)
	get(t, "GET", addr, "/v1/models/x", nil)
	for range 3 {
		get(t, "POST", addr, llmapi.Chat.Path(), strings.NewReader("{}"))
	}
	s := readStats(t, addr)
	if fmt.Sprint(s.ByPath) != "map[/v1/chat/completions:3 /v1/models:1 /v1/models/{id}:1]" || s.Answers != 3 || s.Requests != 5 {
		t.Errorf("%+v", s)
	}
}
