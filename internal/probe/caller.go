package probe

import (
	"bytes"
	"compress/gzip"
	"compress/zlib"
	"context"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/epoll"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// caller sends the requests of one subject, as an official SDK does.
type caller struct {
	subject Subject
	http    *http.Client
	hung    atomic.Int64 // answers that did not come in time
	// delaysACK says that the kernel acknowledges what comes as late as it may.
	delaysACK bool
}

func newCaller(s Subject) *caller {
	return &caller{subject: s, http: &http.Client{
		Transport:     &http.Transport{DisableCompression: true, MaxIdleConnsPerHost: 32},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}}
}

func (c *caller) close() { c.http.CloseIdleConnections() }

// moment is now by the clock of all records.
func moment() time.Duration { return time.Duration(epoll.Now()) }

const (
	// patient is how much longer than the backend a gateway may take for an answer: a few
	// retries with waits between them. After an answer that did not come in time it is
	// half of that, so that a gateway which hangs does not take the time of all
	// exchanges.
	patient = 5 * time.Second
	// leastPatient is far more than an answer takes on a busy machine.
	leastPatient = time.Second
)

// timeout is how long the answer may take.
func (c *caller) timeout(a *ask) time.Duration {
	wait := max(leastPatient, patient>>min(c.hung.Load(), 8))
	return min(c.subject.Timeout, a.takes()+wait)
}

// send sends a request and reads its answer until it ends or the client goes away. The
// answer is judged unless it is meant to fail.
func (c *caller) send(ctx context.Context, a ask) (sent exchange.Sent, answer exchange.Answer) {
	timeout := c.timeout(&a)
	ctx, cancel := context.WithTimeout(ctx, timeout)
	defer cancel()
	req, err := c.request(ctx, &a)
	if err != nil {
		return sent, exchange.Answer{Broken: err.Error()}
	}
	var left atomic.Int64
	leave := func() {
		left.CompareAndSwap(0, epoll.Now())
		cancel()
	}
	sent = exchange.Sent{At: moment(), Target: req.URL.RequestURI(), Headers: headersOf(req), Body: a.body, Stream: a.streams(), DelaysACK: c.delaysACK}
	if a.leave.after > 0 {
		defer time.AfterFunc(a.leave.after, leave).Stop()
	}
	r := newReading(c.subject.API, &a)
	if resp, err := c.http.Do(req); err != nil {
		r.broke(err, timeout)
	} else {
		r.head(resp)
		if err := c.read(resp, r, leave); err != nil {
			r.broke(err, timeout)
		}
		_ = resp.Body.Close() // it was read as far as it matters
	}
	if sent.Left = time.Duration(left.Load()); sent.Left == 0 {
		r.judge(&c.subject)
	}
	if r.broken == bench.ErrTimeout {
		c.hung.Add(1)
	}
	return sent, r.Answer
}

func (c *caller) request(ctx context.Context, a *ask) (*http.Request, error) {
	target := "http://" + c.subject.Addr + c.subject.Endpoint.Target(c.subject.API)
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, target, bytes.NewReader(a.body))
	if err != nil {
		return nil, err
	}
	for _, h := range c.subject.Endpoint.Complete(c.subject.API) {
		req.Header.Set(h.Name, h.Value)
	}
	for _, h := range a.headers {
		req.Header.Set(h.Name, h.Value)
	}
	return req, nil
}

// headersOf are those of a request with the ones that the transport adds.
func headersOf(req *http.Request) map[string][]string {
	all := req.Header.Clone()
	all.Set("Host", req.URL.Host)
	all.Set("Content-Length", strconv.FormatInt(req.ContentLength, 10))
	return all
}

// read reads a body to its end, or until the client goes away.
func (c *caller) read(resp *http.Response, r *reading, leave func()) error {
	body, err := decoded(resp)
	if err != nil {
		return err
	}
	piece := make([]byte, 64<<10)
	for {
		n, err := body.Read(piece)
		if tooLong := r.take(piece[:n], moment()); tooLong != nil {
			return tooLong
		}
		if r.ask.each != nil {
			r.ask.each(&r.Answer)
		}
		switch {
		case errors.Is(err, io.EOF):
			r.End = moment()
			return nil
		case err != nil:
			return err
		case r.ask.leave.reached(len(r.Events), r.size):
			leave()
			return context.Canceled
		}
	}
}

// decoded is a body without its content coding, as a client that accepts codings reads it.
// What the gateway holds back inside of a coding is not read before it is sent.
func decoded(resp *http.Response) (io.Reader, error) {
	switch strings.ToLower(resp.Header.Get("Content-Encoding")) {
	case "gzip", "x-gzip":
		return gzip.NewReader(resp.Body)
	case "deflate":
		return zlib.NewReader(resp.Body)
	}
	return resp.Body, nil
}
