package main

import (
	"bufio"
	"bytes"
	"io"
)

// eventBody is the body of an event stream, read event by event: no Read
// returns bytes of two events, however the upstream cut them. Lines may end in
// LF or CRLF; a lone CR is not taken for an end.
type eventBody struct {
	io.Closer
	lines *bufio.Reader
	// keep is asked once for each whole event, its blank line included.
	keep    func(event []byte) bool
	pending []byte // of the event being handed out
	err     error  // to return once pending is empty
}

func newEventBody(body io.ReadCloser, keep func(event []byte) bool) *eventBody {
	return &eventBody{Closer: body, lines: bufio.NewReader(body), keep: keep}
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

// next returns the next event, or nothing in place of one that is not kept.
// What precedes an error is handed on as it is: it is no whole event.
func (b *eventBody) next() ([]byte, error) {
	var event []byte
	for {
		line, err := b.lines.ReadBytes('\n')
		event = append(event, line...)
		if err != nil {
			return event, err
		}
		if len(bytes.TrimRight(line, "\r\n")) == 0 {
			break
		}
	}
	if !b.keep(event) {
		return nil, nil
	}
	return event, nil
}
