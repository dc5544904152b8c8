package main

import (
	"bytes"
	"io"
	"net/http"
)

// installBuffer with no size is a gateway that asks its client library for the
// body as a whole; with one, a writer or a proxy with a buffer that is not
// flushed.
func installBuffer(g *gateway, bytes int64) {
	g.answers = append(g.answers, func(response *http.Response) error {
		if bytes > 0 {
			response.Body = &bufferedBody{ReadCloser: response.Body, size: bytes}
			return nil
		}
		return collect(response)
	})
}

// collect reads a body to its end.
func collect(response *http.Response) error {
	body, err := io.ReadAll(response.Body)
	if err != nil {
		return err
	}
	_ = response.Body.Close() // everything has been read
	response.Body = io.NopCloser(bytes.NewReader(body))
	return nil
}

// bufferedBody hands on size bytes at a time, and less only at the end.
type bufferedBody struct {
	io.ReadCloser
	size int64
	full bytes.Buffer
	err  error // to return once full is empty
}

func (b *bufferedBody) Read(p []byte) (int, error) {
	if b.full.Len() == 0 {
		if b.err != nil {
			return 0, b.err
		}
		n, err := b.full.ReadFrom(io.LimitReader(b.ReadCloser, b.size))
		if b.err = err; err == nil && n < b.size {
			b.err = io.EOF
		}
		if n == 0 {
			return 0, b.err
		}
	}
	return b.full.Read(p)
}

// installHoldHead is a gateway that looks at the first event before it commits
// itself to a status.
func installHoldHead(g *gateway, _ int64) {
	g.onStream(func(response *http.Response) {
		first := make([]byte, 4096) // no more comes at once: the transport's read buffer is of that size
		n := 0
		for err := error(nil); n == 0 && err == nil; {
			n, err = response.Body.Read(first) // an error comes again when the rest is read
		}
		response.Body = struct {
			io.Reader
			io.Closer
		}{io.MultiReader(bytes.NewReader(first[:n]), response.Body), response.Body}
	})
}
