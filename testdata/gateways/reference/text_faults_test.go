package main

import (
	"compress/gzip"
	"io"
	"net/http"
	"strings"
	"testing"
)

func TestDamagedTexts(t *testing.T) {
	for _, test := range []struct{ fault, sent, want string }{
		{"break-utf8=4B", "abcdé", "abcd\u00e9"},
		{"break-utf8=4B", "abcéd", "abc\uFFFD\uFFFDd"},
		{"break-escapes", `data: "one\ntwo\\n"` + "\n\n", `data: "one\\ntwo\\n"` + "\n\n"},
		{"drop-event-names", "event: a\ndata: 1\n\nid: 2\nevent: b\ndata: 3\n\n", "data: 1\n\nid: 2\ndata: 3\n\n"},
		{"break-tool-calls", "data: {\"type\":\"response.function_call_arguments.delta\"}\n\ndata: 1\n\n", "data: 1\n\n"},
		{"break-tool-calls", "data: {\"delta\":{\"tool_calls\":[{\"function\":{\"arguments\":\"x\"}}]}}\n\ndata: 1\n\n", "data: 1\n\n"},
		{"break-tool-calls", "data: {\"delta\":\"text\"}\n\n", "data: {\"delta\":\"text\"}\n\n"},
	} {
		base := startGateway(t, http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "text/event-stream")
			io.WriteString(w, test.sent)
		}), test.fault)
		if got := readAll(t, post(t, base).Body); got != test.want {
			t.Errorf("%s: %q became %q, want %q", test.fault, test.sent, got, test.want)
		}
	}
}

func TestCompressStreamForWhoAcceptsIt(t *testing.T) {
	base := startGateway(t, stream(3), "compress-stream")
	for accepts, want := range map[string]string{"identity": "", "br, gzip": "gzip"} {
		r, err := http.NewRequest(http.MethodPost, base, strings.NewReader("{}"))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", accepts) // so that the client leaves it to us
		response, err := http.DefaultClient.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer response.Body.Close()
		var body io.Reader = response.Body
		if got := response.Header.Get("Content-Encoding"); got != want {
			t.Fatalf("%s: encoded as %q, want %q", accepts, got, want)
		} else if got != "" {
			if body, err = gzip.NewReader(body); err != nil {
				t.Fatal(err)
			}
		}
		if got := readAll(t, body); got != events(3) {
			t.Errorf("%s: got %q", accepts, got)
		}
	}
}

func TestLostHeadersOfAnswers(t *testing.T) {
	for fault, want := range map[string][2]string{
		"break-compressed":    {"", "text/event-stream"},
		"change-content-type": {"br", "text/plain"},
	} {
		base := startGateway(t, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Encoding", "br")
			stream(3)(w, r)
		}), fault)
		header := post(t, base).Header
		if got := [2]string{header.Get("Content-Encoding"), header.Get("Content-Type")}; got != want {
			t.Errorf("%s: %q, want %q", fault, got, want)
		}
	}
}
