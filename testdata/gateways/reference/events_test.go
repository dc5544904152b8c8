package main

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"testing"
	"testing/iotest"
)

// One stream of each API; the second delta event of each is between markers.
var streams = map[string]string{
	"responses": "event: response.created\ndata: {\"type\":\"response.created\",\"text\":\"a \\\"delta\\\" in prose\"}\n\n" +
		"event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"one\"}\n\n" +
		"<event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"two\"}\n\n>" +
		"event: response.output_text.delta\ndata: {\"type\":\"response.output_text.delta\",\"delta\":\"three\"}\n\n" +
		"event: response.completed\ndata: {\"type\":\"response.completed\"}\n\ndata: [DONE]\n\n",
	"chat": "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\"}}]}\n\n" +
		"<data: {\"choices\":[{\"delta\":{\"content\":\"one\"}}]}\n\n>" +
		"data: {\"choices\":[{\"delta\":{\"content\":\"two\"}}]}\n\ndata: [DONE]\n\n",
	"messages, CRLF": "event: message_start\r\ndata: {\"type\":\"message_start\"}\r\n\r\n" +
		"event: content_block_delta\r\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"one\"}}\r\n\r\n" +
		"<event: content_block_delta\r\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"two\"}}\r\n\r\n>" +
		"event: content_block_delta\r\ndata: {\"type\":\"content_block_delta\",\"delta\":{\"text\":\"three\"}}\r\n\r\n" +
		"event: message_stop\r\ndata: {\"type\":\"message_stop\"}\r\n\r\n",
}

// unmark returns the stream as sent and as it should be without the marked event.
func unmark(marked string) (sent, dropped string) {
	before, rest, _ := strings.Cut(marked, "<")
	event, after, _ := strings.Cut(rest, ">")
	return before + event + after, before + after
}

func TestDropChunkLosesOneDelta(t *testing.T) {
	cuts := map[string]func(io.Reader) io.Reader{
		"whole":         func(r io.Reader) io.Reader { return r },
		"byte by byte":  iotest.OneByteReader,
		"half":          iotest.HalfReader,
		"data with EOF": iotest.DataErrReader,
	}
	for api, marked := range streams {
		sent, want := unmark(marked)
		for cut, reader := range cuts {
			t.Run(api+"/"+cut, func(t *testing.T) {
				got := throughFault(t, "drop-chunk", reader(strings.NewReader(sent)))
				if got != want {
					t.Errorf("got\n%s\nwant\n%s", got, want)
				}
			})
		}
	}
}

func TestDropChunkHandsOnACutStream(t *testing.T) {
	const cut = "data: {\"delta\":\"one\"}\n\ndata: {\"delta\":\"tw"
	if got := throughFault(t, "drop-chunk", strings.NewReader(cut)); got != cut {
		t.Errorf("got %q, want %q", got, cut)
	}
}

func TestEventBodyReadsEventByEvent(t *testing.T) {
	long := "data: " + strings.Repeat("x", 100<<10) + "\n\n"
	events := []string{": comment\n\n", "data: one\ndata: more\n\n", long, "data: [DONE]\n\n"}
	source := io.NopCloser(strings.NewReader(strings.Join(events, "")))
	body := newEventBody(source, func([]byte) bool { return true })
	buffer := make([]byte, 1<<20)
	for _, want := range events {
		n, err := body.Read(buffer)
		if err != nil || string(buffer[:n]) != want {
			t.Fatalf("read %d bytes, %v; want one event of %d bytes", n, err, len(want))
		}
	}
	if n, err := body.Read(buffer); n != 0 || err != io.EOF {
		t.Errorf("after the last event: %d, %v; want EOF", n, err)
	}
}

func TestEventBodyKeepsTheError(t *testing.T) {
	source := io.MultiReader(strings.NewReader("data: one\n\n"), iotest.ErrReader(io.ErrUnexpectedEOF))
	body := newEventBody(io.NopCloser(source), func([]byte) bool { return true })
	got, err := io.ReadAll(body)
	if err != io.ErrUnexpectedEOF || !bytes.Equal(got, []byte("data: one\n\n")) {
		t.Errorf("got %q, %v", got, err)
	}
}

// throughFault returns what a fault on streams makes of a body.
func throughFault(t *testing.T, text string, body io.Reader) string {
	t.Helper()
	f, err := parseFault(text)
	if err != nil {
		t.Fatal(err)
	}
	g := &gateway{}
	f(g)
	response := &http.Response{
		Header: http.Header{"Content-Type": {"text/event-stream; charset=utf-8"}},
		Body:   io.NopCloser(body),
	}
	if err := g.modifyResponse(response); err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return string(got)
}
