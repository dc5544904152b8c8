package main

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
)

// traffic counts the requests to forward, whatever becomes of them.
type traffic struct {
	total    atomic.Int64
	inFlight atomic.Int64
}

// through counts what passes to next.
func (t *traffic) through(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		t.total.Add(1)
		t.inFlight.Add(1)
		defer t.inFlight.Add(-1)
		next.ServeHTTP(w, r)
	})
}

// scope is the kind of requests that faults are for. A zero field does not
// restrict; the zero value is every request.
type scope struct {
	mode        string // json or sse
	concurrency int64
	bodyBytes   int64
}

// onlyLimits is what a gateway cannot know of the scenario a request belongs to.
const onlyLimits = `A request tells its mode by its body and its size by Content-Length, but not its
concurrency: c1 is a request that arrives while no other is in flight, c2 and above,
all alike, one that arrives while at least one is. The first request of a burst is
therefore taken for c1.
`

// parseScope reads MODE[/cN[/SIZE]], such as json or sse/c10/*.
func parseScope(text string) (s scope, err error) {
	bad := errors.New("want MODE[/cN[/SIZE]] with * for any, such as json, json/c1/10KB or sse/c10/*")
	parts := strings.Split(text, "/")
	if len(parts) > 3 {
		return scope{}, bad
	}
	parts = append(parts, "*", "*")
	switch parts[0] {
	case "json", "sse":
		s.mode = parts[0]
	case "*":
	default:
		return scope{}, bad
	}
	if parts[1] != "*" {
		digits, ok := strings.CutPrefix(parts[1], "c")
		if s.concurrency, err = strconv.ParseInt(digits, 10, 64); !ok || err != nil || s.concurrency < 1 {
			return scope{}, bad
		}
	}
	if parts[2] != "*" {
		if s.bodyBytes = parseSize(parts[2]); s.bodyBytes < 1 {
			return scope{}, bad
		}
	}
	return s, nil
}

// parseSize reads 100B, 10KB (1024 bytes each) or 1MB; 0 is none of these.
func parseSize(text string) int64 {
	for _, unit := range []struct {
		suffix string
		bytes  int64
	}{{"MB", 1 << 20}, {"KB", 1 << 10}, {"B", 1}} {
		if digits, ok := strings.CutSuffix(text, unit.suffix); ok {
			n, err := strconv.ParseInt(digits, 10, 32) // times a MB still fits
			if err != nil {
				return 0
			}
			return n * unit.bytes
		}
	}
	return 0
}

// has tells whether r is of the kind; inFlight includes r.
func (s scope) has(r *http.Request, inFlight int64) bool {
	mode := "json"
	if wantsStream(r) {
		mode = "sse"
	}
	return (s.mode == "" || s.mode == mode) &&
		(s.concurrency == 0 || (s.concurrency == 1) == (inFlight == 1)) &&
		(s.bodyBytes == 0 || s.bodyBytes == r.ContentLength)
}

// peeked is how much of a body is looked at for the flag that asks for a stream:
// clients write it before the conversation.
const peeked = 128

type streamKey struct{}

// peek looks at the beginning of the body for wantsStream, which may be asked when
// the body is gone.
func peek(r *http.Request) *http.Request {
	body := bufio.NewReaderSize(r.Body, peeked)
	start, _ := body.Peek(peeked) // a shorter body is all there is
	r.Body = struct {
		io.Reader
		io.Closer
	}{body, r.Body}
	return r.WithContext(context.WithValue(r.Context(), streamKey{}, bytes.Contains(start, []byte(`"stream":true`))))
}

// wantsStream needs a request that was peeked at, or says it in its Accept header.
func wantsStream(r *http.Request) bool {
	flag, _ := r.Context().Value(streamKey{}).(bool)
	return flag || strings.Contains(r.Header.Get("Accept"), "text/event-stream")
}
