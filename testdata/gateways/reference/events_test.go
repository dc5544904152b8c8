package main

import (
	"bytes"
	"io"
	"strings"
	"testing"
	"testing/iotest"
)

func unchanged(next source) source { return next }

func TestEventBodyReadsEventByEvent(t *testing.T) {
	long := "data: " + strings.Repeat("x", 100<<10) + "\n\n"
	events := []string{": comment\n\n", "data: one\ndata: more\n\n", long, "data: [DONE]\n\n"}
	source := io.NopCloser(strings.NewReader(strings.Join(events, "")))
	body := newEventBody(source, unchanged)
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
	body := newEventBody(io.NopCloser(source), unchanged)
	got, err := io.ReadAll(body)
	if err != io.ErrUnexpectedEOF || !bytes.Equal(got, []byte("data: one\n\n")) {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestIsEnd(t *testing.T) {
	tests := map[string]bool{
		"data: [DONE]\n\n":    true,
		"data:[DONE]\r\n\r\n": true,
		"event: response.completed\ndata: {\"type\":\"response.completed\"}\n\n":          true,
		"data: {\"type\": \"message_stop\"}\n\n":                                          true,
		"data: {\"delta\":\"[DONE]\"}\n\n":                                                false,
		"data: {\"delta\":\"a \\\"response.completed\\\" in prose\"}\n\n":                 false,
		"data: {\"type\":\"response.output_text.done\"}\n\n":                              false,
		"data: {\"type\":\"response.created\",\"response\":{\"completed_at\":null}}\n\n":  false,
		"data: {\"type\":\"message_delta\",\"delta\":{\"stop_reason\":\"end_turn\"}}\n\n": false,
		": [DONE]\n\n": false,
	}
	for event, want := range tests {
		if got := isEnd([]byte(event)); got != want {
			t.Errorf("%q: %t, want %t", event, got, want)
		}
	}
}
