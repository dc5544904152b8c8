// Package wire sends the body of an answer as a network or another backend would:
// compressed, or in pieces that end anywhere.
package wire

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"strings"
	"time"
	"unicode/utf8"
)

// Writer sends one body. What is written to it is sent at once.
type Writer struct {
	ctx    context.Context
	to     http.ResponseWriter
	sent   func(n int)
	pieces int
	rest   bytes.Buffer // what is not yet a whole piece

	gzip  *gzip.Writer // into coded; nil for a body that is not compressed
	coded bytes.Buffer
}

// pieceInterval is from one piece to the next: enough that the other end reads each by
// itself.
const pieceInterval = time.Millisecond

// New is a writer for the answer to a request. With a number of pieces, about so many
// bytes are sent at a time; compress compresses for who accepts gzip. It calls sent with the
// number of bytes that have been taken. New must be called before the head is sent.
func New(to http.ResponseWriter, r *http.Request, pieces int, compress bool, sent func(n int)) *Writer {
	w := &Writer{ctx: r.Context(), to: to, sent: sent, pieces: pieces}
	if compress && strings.Contains(r.Header.Get("Accept-Encoding"), "gzip") {
		to.Header().Set("Content-Encoding", "gzip")
		w.gzip = gzip.NewWriter(&w.coded)
	}
	return w
}

// Plain reports whether the body has on the wire the length that is written.
func (w *Writer) Plain() bool { return w.gzip == nil }

// Send sends bytes of the body now. Without any it sends the head.
func (w *Writer) Send(b []byte) error {
	if w.gzip != nil && len(b) > 0 {
		_, _ = w.gzip.Write(b) // into memory
		_ = w.gzip.Flush()
		b = w.compressed()
	}
	if w.pieces <= 0 || len(b) == 0 {
		return w.send(b)
	}
	w.rest.Write(b)
	for w.rest.Len() >= w.pieces {
		if err := w.send(w.rest.Next(w.cut())); err != nil {
			return err
		}
		select {
		case <-time.After(pieceInterval):
		case <-w.ctx.Done():
			return w.ctx.Err()
		}
	}
	return nil
}

// near is within how many pieces a letter is looked for to end one in.
const near = 3

// cut is the size of the next piece. It ends within a letter where one of several bytes
// is near: on a busy machine the other end reads several pieces at once, and then each
// of its reads ends so, too.
func (w *Writer) cut() int {
	b := w.rest.Bytes()
	for i := w.pieces; i < min(len(b), near*w.pieces); i++ {
		if !utf8.RuneStart(b[i]) {
			return i
		}
	}
	return w.pieces
}

// End sends what is left of the body.
func (w *Writer) End() error {
	if w.gzip != nil {
		_ = w.gzip.Close() // into memory
		w.rest.Write(w.compressed())
	}
	if w.rest.Len() == 0 {
		return nil
	}
	return w.send(w.rest.Next(w.rest.Len()))
}

// compressed is what has been compressed since the last time.
func (w *Writer) compressed() []byte {
	b := bytes.Clone(w.coded.Bytes())
	w.coded.Reset()
	return b
}

func (w *Writer) send(b []byte) error {
	n, err := w.to.Write(b)
	if err == nil {
		err = http.NewResponseController(w.to).Flush()
	}
	w.sent(n)
	if err != nil {
		return fmt.Errorf("write: %w", err)
	}
	return nil
}
