package main

import (
	"bytes"
	"io"
	"net/http"
	"time"
)

func installDelayFirstEvent(g *gateway, nanoseconds int64) {
	g.streams = append(g.streams, func(response *http.Response) {
		response.Body = &lateBody{ReadCloser: response.Body, wait: time.Duration(nanoseconds)}
	})
}

// lateBody holds back its first bytes and then hands on what it reads as it
// comes: the rest of the stream must look as if nothing had been done.
type lateBody struct {
	io.ReadCloser
	wait  time.Duration
	begun bool
}

func (b *lateBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if n > 0 && !b.begun {
		b.begun = true
		sleep(b.wait)
	}
	return n, err
}

func installDelayChunk(g *gateway, nanoseconds int64) {
	g.streams = append(g.streams, func(response *http.Response) {
		response.Body = newEventBody(response.Body, func([]byte) bool {
			sleep(time.Duration(nanoseconds))
			return true
		})
	})
}

// installDropChunk loses the second delta event, so that content is missing
// between content and the stream still opens and ends as it should.
func installDropChunk(g *gateway, _ int64) {
	g.streams = append(g.streams, func(response *http.Response) {
		// The length that the upstream may have announced is no longer true.
		response.ContentLength = -1
		response.Header.Del("Content-Length")
		deltas := 0
		response.Body = newEventBody(response.Body, func(event []byte) bool {
			if isDelta(event) {
				deltas++
				return deltas != 2
			}
			return true
		})
	})
}

// isDelta tells whether an event carries a piece of content: Responses and
// Messages name it in the type ("response.output_text.delta",
// "content_block_delta"), Chat Completions in the key ("delta"). Inside a JSON
// string the quote would be escaped, so a text about deltas is not taken for one.
func isDelta(event []byte) bool {
	return bytes.Contains(event, []byte(`delta"`))
}
