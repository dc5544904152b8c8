package main

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"net/http"
	"strings"
)

// The faults of this file damage what an answer says, in streams and others.

// installBreakUTF8 is the decoder that is new for each piece of an answer, which may
// end within a character.
func installBreakUTF8(g *gateway, size int64) {
	g.onText(func() func([]byte) []byte {
		return func(piece []byte) []byte { return bytes.ToValidUTF8(piece, []byte("\uFFFD")) }
	}, int(size))
}

// installBreakEscapes is the text that is escaped once more than it is read.
func installBreakEscapes(g *gateway, _ int64) {
	g.onText(func() func([]byte) []byte {
		escaped := false
		return func(piece []byte) (broken []byte) {
			for _, c := range piece {
				if escaped && c == 'n' {
					broken = append(broken, '\\')
				}
				escaped = c == '\\' && !escaped
				broken = append(broken, c)
			}
			return broken
		}
	}, copyBufferSize)
}

// onText changes the bodies of all answers that are not compressed, at most so many bytes
// at a time.
func (g *gateway) onText(begin func() (change func([]byte) []byte), size int) {
	g.answers = append(g.answers, func(response *http.Response) error {
		if response.Header.Get("Content-Encoding") != "" {
			return nil
		}
		unknownLength(response)
		response.Body = &changedBody{ReadCloser: response.Body, change: begin(), piece: make([]byte, size)}
		return nil
	})
}

// changedBody is a body of which each piece that is read is changed.
type changedBody struct {
	io.ReadCloser
	change  func([]byte) []byte
	piece   []byte
	pending []byte
	err     error // to return once pending is empty
}

func (b *changedBody) Read(p []byte) (int, error) {
	for len(b.pending) == 0 && b.err == nil {
		var n int
		n, b.err = b.ReadCloser.Read(b.piece)
		b.pending = b.change(b.piece[:n])
	}
	if len(b.pending) == 0 {
		return 0, b.err
	}
	n := copy(p, b.pending)
	b.pending = b.pending[n:]
	return n, nil
}

// onEvents changes every event of every stream; nil leaves one out.
func (g *gateway) onEvents(change func(event []byte) []byte) {
	g.changeEvents(whole, func(next source) source {
		return func() ([]byte, error) {
			for {
				event, err := next()
				if err != nil {
					return event, err
				}
				if event = change(event); event != nil {
					return event, nil
				}
			}
		}
	})
}

// installDropEventNames is the parser that keeps the data of events.
func installDropEventNames(g *gateway, _ int64) {
	g.onEvents(func(event []byte) (left []byte) {
		for line := range bytes.Lines(event) {
			if !bytes.HasPrefix(line, []byte("event:")) {
				left = append(left, line...)
			}
		}
		return left
	})
}

// installBreakToolCalls is the adapter for chats of text: the pieces of the arguments
// of a tool are none, and get lost.
func installBreakToolCalls(g *gateway, _ int64) {
	g.onEvents(func(event []byte) []byte {
		for _, sign := range []string{"function_call_arguments.delta", "input_json_delta", `"arguments":`} {
			if bytes.Contains(event, []byte(sign)) && isDelta(event) {
				return nil
			}
		}
		return event
	})
}

// installCompressStream is the middleware that compresses what may be compressed, and
// waits until that is worth it.
func installCompressStream(g *gateway, _ int64) {
	g.onStream(func(response *http.Response) {
		if !strings.Contains(response.Request.Header.Get("Accept-Encoding"), "gzip") {
			return
		}
		unknownLength(response)
		response.Header.Set("Content-Encoding", "gzip")
		response.Header.Add("Vary", "Accept-Encoding")
		response.Body = compressed(response.Body)
	})
}

// installBreakCompressed is the copy of some headers, without that which says how the
// body is to be read.
func installBreakCompressed(g *gateway, _ int64) {
	g.answers = append(g.answers, func(response *http.Response) error {
		response.Header.Del("Content-Encoding")
		return nil
	})
}

// installChangeContentType is the same, with a type of its own.
func installChangeContentType(g *gateway, _ int64) {
	g.answers = append(g.answers, func(response *http.Response) error {
		response.Header.Set("Content-Type", "text/plain")
		return nil
	})
}

// compressed is a body in gzip. It must be closed.
func compressed(body io.ReadCloser) io.ReadCloser {
	from, to := io.Pipe()
	go func() {
		archive := gzip.NewWriter(to)
		_, err := io.Copy(archive, body)
		to.CloseWithError(errors.Join(err, archive.Close())) // nil is the end
	}()
	return closing{from, func() error { return errors.Join(from.Close(), body.Close()) }}
}

// closing reads here and closes as it says.
type closing struct {
	io.Reader
	close func() error
}

func (c closing) Close() error { return c.close() }
