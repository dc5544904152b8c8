package main

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"sync/atomic"
)

// moment is where in an answer a client goes away.
type moment = int64

const (
	beforeHead moment = 1 << iota
	inStream
	inAnswer // that is no stream

	anyMoment = beforeHead | inStream | inAnswer
)

// moments reads the name of a moment; none is any.
func moments(text string) (int64, error) {
	switch text {
	case "":
		return anyMoment, nil
	case "head":
		return beforeHead, nil
	case "stream":
		return inStream, nil
	case "json":
		return inAnswer, nil
	}
	return 0, fmt.Errorf("bad strength %q: want head, stream or json", text)
}

// installIgnoreDisconnect is the task that is spawned for the upstream and that
// nobody cancels: the model goes on writing for a client that has gone.
func installIgnoreDisconnect(g *gateway, ignored moment) {
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		at := &atomic.Int64{}
		at.Store(beforeHead)
		ctx, cancel := context.WithCancel(context.WithValue(context.WithoutCancel(r.Context()), momentKey{}, at))
		context.AfterFunc(r.Context(), func() { // also when it has been served
			if at.Load()&ignored == 0 {
				cancel()
			}
		})
		next.ServeHTTP(deafWriter{w}, r.WithContext(ctx))
	})
	g.answers = append(g.answers, func(response *http.Response) error {
		now := inAnswer
		if isEventStream(response.Header) {
			now = inStream
		}
		if at, ok := response.Request.Context().Value(momentKey{}).(*atomic.Int64); ok {
			at.Store(now)
		}
		if now&ignored != 0 {
			response.Body = &stubbornBody{ReadCloser: response.Body}
		}
		return nil
	})
}

type momentKey struct{}

// deafWriter hides the http.CloseNotifier, which the proxy asks when a request
// has no context that can be cancelled.
type deafWriter struct{ http.ResponseWriter }

func (w deafWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// stubbornBody is read to its end, also when it is closed before.
type stubbornBody struct {
	io.ReadCloser
	ended bool
}

func (b *stubbornBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	b.ended = b.ended || err != nil
	return n, err
}

func (b *stubbornBody) Close() error {
	if b.ended {
		return b.ReadCloser.Close()
	}
	b.ended = true
	go func() {
		_, _ = io.Copy(io.Discard, b.ReadCloser) // nobody is left to hear of an error
		_ = b.ReadCloser.Close()
	}()
	return nil
}
