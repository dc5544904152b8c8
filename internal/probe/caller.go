package probe

import (
	"bytes"
	"context"
	"io"
	"net/http"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/epoll"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// caller sends the requests of one subject, as an official SDK does.
type caller struct {
	subject Subject
	http    *http.Client
}

func newCaller(s Subject) *caller {
	return &caller{subject: s, http: &http.Client{
		Transport:     &http.Transport{DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (c *caller) close() { c.http.CloseIdleConnections() }

// moment is now by the clock of all records.
func moment() time.Duration { return time.Duration(epoll.Now()) }

// send sends a request and reads its answer to the end, which it judges unless the
// play is meant to fail.
func (c *caller) send(ctx context.Context, body []byte, mode bench.Mode, plays ...exchange.Play) (sent exchange.Sent, a exchange.Answer) {
	ctx, cancel := context.WithTimeout(ctx, c.subject.Timeout)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.subject.Addr+c.subject.Endpoint.Target(c.subject.API), bytes.NewReader(body))
	if err != nil {
		return sent, exchange.Answer{Broken: err.Error()}
	}
	for _, h := range c.subject.Endpoint.Complete(c.subject.API) {
		req.Header.Set(h.Name, h.Value)
	}
	sent = exchange.Sent{At: moment(), Target: req.URL.RequestURI(), Headers: req.Header.Clone(), Body: body, Stream: mode == bench.SSE}
	resp, err := c.http.Do(req)
	if err != nil {
		return sent, exchange.Answer{Broken: err.Error()}
	}
	defer resp.Body.Close()
	a = exchange.Answer{Status: resp.StatusCode, Proto: resp.Proto, Headers: resp.Header, Head: moment()}
	if a.Body, err = io.ReadAll(resp.Body); err != nil {
		a.Broken = err.Error()
		return sent, a
	}
	a.End = moment()
	return sent, a
}
