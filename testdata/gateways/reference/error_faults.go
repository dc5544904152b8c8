package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"sync/atomic"
	"time"
)

// The faults of this file change what becomes of an upstream's failures.

// installRewriteErrors is the handler that knows one kind of failure.
func installRewriteErrors(g *gateway, _ int64) {
	g.onFailure(func(response *http.Response) {
		_ = response.Body.Close() // nobody reads it
		setAnswer(response, http.StatusInternalServerError, []byte(`{"error":{"message":"upstream failed"}}`))
	})
}

// installChangeStatus is the gateway that answers well because it has answered.
func installChangeStatus(g *gateway, _ int64) {
	g.onFailure(func(response *http.Response) { response.StatusCode, response.Status = http.StatusOK, "" })
}

// installSwallowRetryAfter is the list of headers to pass on that lacks one.
func installSwallowRetryAfter(g *gateway, _ int64) {
	g.onFailure(func(response *http.Response) { response.Header.Del("Retry-After") })
}

// onFailure changes answers with an error status.
func (g *gateway) onFailure(change func(*http.Response)) {
	g.answers = append(g.answers, func(response *http.Response) error {
		if response.StatusCode >= 400 {
			change(response)
		}
		return nil
	})
}

// installHangOnCut is the pipe between two bodies without a handler of errors.
func installHangOnCut(g *gateway, _ int64) {
	g.onCut(func(r *http.Request) { <-r.Context().Done() })
}

// installUnwellAfterError is the circuit that opens at the first failure.
func installUnwellAfterError(g *gateway, nanoseconds int64) {
	var until atomic.Int64
	g.onFailure(func(*http.Response) { until.Store(time.Now().Add(time.Duration(nanoseconds)).UnixNano()) })
	g.around(func(w http.ResponseWriter, r *http.Request, next http.Handler) {
		if time.Now().UnixNano() < until.Load() {
			http.Error(w, "circuit is open", http.StatusServiceUnavailable)
			return
		}
		next.ServeHTTP(w, r)
	})
}

// installGiveUp is the time-out for the head of an answer.
func installGiveUp(g *gateway, nanoseconds int64) {
	g.transports = append(g.transports, func(next http.RoundTripper) http.RoundTripper {
		return roundTrip(func(r *http.Request) (*http.Response, error) {
			ctx, cancel := context.WithCancel(r.Context())
			giveUp := time.AfterFunc(time.Duration(nanoseconds), cancel)
			response, err := next.RoundTrip(r.WithContext(ctx))
			giveUp.Stop()
			if err != nil {
				cancel()
				return nil, err
			}
			body := response.Body
			response.Body = closing{body, func() error { defer cancel(); return body.Close() }}
			return response, nil
		})
	})
}

// setAnswer replaces an answer.
func setAnswer(response *http.Response, status int, body []byte) {
	response.StatusCode, response.Status = status, ""
	response.Body = io.NopCloser(bytes.NewReader(body))
	unknownLength(response)
}

// unknownLength lets an answer have another length than the upstream announced.
func unknownLength(response *http.Response) {
	response.ContentLength = -1
	response.Header.Del("Content-Length")
}

// installHideCut is the loop that ends when there is nothing more to read, whatever
// the reason.
func installHideCut(g *gateway, _ int64) {
	g.answers = append(g.answers, func(response *http.Response) error {
		unknownLength(response)
		response.Body = &watchedBody{ReadCloser: response.Body, broken: func(error) error { return io.EOF }}
		return nil
	})
}

// installSwallowErrorEvent is the switch over the events of a stream that has no case
// for failures.
func installSwallowErrorEvent(g *gateway, _ int64) {
	g.onEvents(func(event []byte) []byte {
		if isErrorEvent(event) {
			return nil
		}
		return event
	})
}

// isErrorEvent tells whether an event says that the stream has failed: by its type in
// Responses and Messages, by its only member in Chat Completions.
func isErrorEvent(event []byte) bool {
	for _, sign := range []string{`"type":"error"`, `"type":"response.failed"`, "event: error", "event: response.failed", `data: {"error"`} {
		if bytes.Contains(event, []byte(sign)) {
			return true
		}
	}
	return false
}

// watchedBody is a body whose breaking off is seen.
type watchedBody struct {
	io.ReadCloser
	// broken is called with an error that is no end, and returns the one to hand on.
	broken func(error) error
}

func (b *watchedBody) Read(p []byte) (int, error) {
	n, err := b.ReadCloser.Read(p)
	if err != nil && !errors.Is(err, io.EOF) {
		err = b.broken(err)
	}
	return n, err
}
