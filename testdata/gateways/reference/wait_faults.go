package main

import (
	"context"
	"io"
	"net/http"
	"time"
)

// The faults of this file let a client wait for what is there.

// installPoll is the loop that looks every so often whether an upstream has sent
// something, for all requests at the same times.
func installPoll(g *gateway, nanoseconds int64) {
	begun := time.Now()
	g.answers = append(g.answers, func(response *http.Response) error {
		body := ticking(response, time.Duration(nanoseconds), begun)
		body.tick() // for the head, and what comes with it
		response.Body = body
		return nil
	})
}

// installPeriodicFlush is the writer that is flushed by a timer. Its timer begins with
// the stream, and the end of the stream flushes, too.
func installPeriodicFlush(g *gateway, nanoseconds int64) {
	g.onStream(func(response *http.Response) {
		body := ticking(response, time.Duration(nanoseconds), time.Now())
		body.ends = true
		response.Body = body
	})
}

// tickingBody hands on at certain times what has come until then.
type tickingBody struct {
	*reservoir
	ctx   context.Context
	every time.Duration
	since time.Time
	ends  bool  // the end is handed on at once, and what came before it
	due   int   // bytes to hand on now
	err   error // to hand on after them
}

// tickingMost is how much is held for a client that reads slowly.
const tickingMost = 1 << 20

func ticking(response *http.Response, every time.Duration, since time.Time) *tickingBody {
	return &tickingBody{reservoir: fill(response.Body, tickingMost), ctx: response.Request.Context(), every: every, since: since}
}

func (b *tickingBody) Read(p []byte) (int, error) {
	for b.due == 0 && b.err == nil {
		b.tick()
	}
	if b.due == 0 {
		return 0, b.err
	}
	n, err := b.reservoir.Read(p[:min(len(p), b.due)])
	b.due -= n
	return n, err
}

// tick waits for the next of the times.
func (b *tickingBody) tick() {
	b.wait()
	b.due, b.err = b.held()
	if b.err == nil {
		b.err = b.ctx.Err()
	}
}

// wait returns at the next of the times.
func (b *tickingBody) wait() {
	var ended <-chan struct{}
	if b.ends {
		ended = b.ended
	}
	select {
	case <-time.After(b.every - time.Since(b.since)%b.every):
	case <-ended:
	case <-b.ctx.Done():
	}
}

// installSerialiseStreams is the lock around the one parser of streams.
func installSerialiseStreams(g *gateway, _ int64) {
	g.peeks = true
	free := make(chan struct{}, 1)
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if wantsStream(r) {
			select {
			case free <- struct{}{}:
			case <-r.Context().Done():
				return
			}
			defer func() { <-free }()
		}
		next.ServeHTTP(w, r)
	})
}

// installCutIdle is the read time-out that was made for answers, not for models that
// think between two events.
func installCutIdle(g *gateway, nanoseconds int64) {
	most := time.Duration(nanoseconds)
	g.transports = append(g.transports, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			ctx, cancel := context.WithCancel(r.Context())
			response, err := next.RoundTrip(r.WithContext(ctx))
			if err != nil {
				cancel()
				return nil, err
			}
			body := response.Body
			if isEventStream(response.Header) {
				body = &impatientBody{body, time.AfterFunc(most, cancel), most}
			}
			response.Body = closing{body, func() error { defer cancel(); return body.Close() }}
			return response, nil
		})
	})
}

// impatientBody gives up when nothing comes.
type impatientBody struct {
	io.ReadCloser
	giveUp *time.Timer
	after  time.Duration
}

func (b *impatientBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.giveUp.Reset(b.after)
	return n, err
}

func (b *impatientBody) Close() error {
	b.giveUp.Stop()
	return b.ReadCloser.Close()
}

// installDelayEnd is the accounting that is done before the connection is let go.
func installDelayEnd(g *gateway, nanoseconds int64) {
	g.onStream(func(response *http.Response) {
		unknownLength(response) // or its length would end it
		ctx := response.Request.Context()
		response.Body = closing{io.MultiReader(response.Body, endOf(func() { pause(ctx, time.Duration(nanoseconds)) })), response.Body.Close}
	})
}

// endOf is nothing to read, after do.
type endOf func()

func (do endOf) Read([]byte) (int, error) {
	do()
	return 0, io.EOF
}
