package main

import (
	"context"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

func installDelayFirstEvent(g *gateway, nanoseconds int64) {
	g.onStream(func(response *http.Response) {
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
	g.onStream(func(response *http.Response) {
		response.Body = newEventBody(response.Body, func(next source) source {
			return func() (event []byte, err error) {
				if event, err = next(); err == nil {
					sleep(time.Duration(nanoseconds))
				}
				return event, err
			}
		})
	})
}

// stallTime is what a lost segment, a swapped-out page or a long collection of
// garbage can cost.
const stallTime = 2 * time.Second

// installStall stalls every n-th stream; the others are not touched.
func installStall(g *gateway, n int64) {
	var streams atomic.Int64
	g.onStream(func(response *http.Response) {
		if streams.Add(1)%n != 0 {
			return
		}
		ctx := response.Request.Context()
		response.Body = newEventBody(response.Body, func(next source) source {
			events := 0
			return func() (event []byte, err error) {
				event, err = next()
				if events++; events == 2 {
					pause(ctx, stallTime)
				}
				return event, err
			}
		})
	})
}

// pause is a sleep that need not be precise and ends with ctx.
func pause(ctx context.Context, d time.Duration) {
	select {
	case <-time.After(d):
	case <-ctx.Done():
	}
}
