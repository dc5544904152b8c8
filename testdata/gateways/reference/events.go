package main

import (
	"bufio"
	"bytes"
	"io"
)

// source returns the next event of a stream, its blank line included. What comes
// with an error is no whole event.
type source func() (event []byte, err error)

// eventsOf splits a stream. Lines may end in LF or CRLF; a lone CR is not taken
// for an end.
func eventsOf(stream io.Reader) source {
	lines := bufio.NewReader(stream)
	return func() (event []byte, err error) {
		for {
			line, err := lines.ReadBytes('\n')
			event = append(event, line...)
			if err != nil || len(bytes.TrimRight(line, "\r\n")) == 0 {
				return event, err
			}
		}
	}
}

// eventBody is the body of an event stream, read event by event: no Read
// returns bytes of two events, however the upstream cut them.
type eventBody struct {
	io.Closer
	next    source
	pending []byte // of the event being handed out
	err     error  // to return once pending is empty
}

// newEventBody reads the events of body through change.
func newEventBody(body io.ReadCloser, change func(next source) source) *eventBody {
	return &eventBody{Closer: body, next: change(eventsOf(body))}
}

func (b *eventBody) Read(p []byte) (int, error) {
	for len(b.pending) == 0 && b.err == nil {
		b.pending, b.err = b.next()
	}
	if len(b.pending) == 0 {
		return 0, b.err
	}
	n := copy(p, b.pending)
	b.pending = b.pending[n:]
	return n, nil
}

// isDelta tells whether an event carries a piece of content: Responses and
// Messages name it in the type ("response.output_text.delta",
// "content_block_delta"), Chat Completions in the key ("delta"). Inside a JSON
// string the quote would be escaped, so a text about deltas is not taken for one.
func isDelta(event []byte) bool {
	return bytes.Contains(event, []byte(`delta"`))
}

// isEnd tells whether an event says that the stream is complete: by its type in
// Responses and Messages, by [DONE] in Chat Completions. Responses may have both.
func isEnd(event []byte) bool {
	data, ok := bytes.CutPrefix(event, []byte("data:"))
	return ok && string(bytes.TrimSpace(data)) == "[DONE]" ||
		bytes.Contains(event, []byte(`"response.completed"`)) ||
		bytes.Contains(event, []byte(`"message_stop"`))
}
