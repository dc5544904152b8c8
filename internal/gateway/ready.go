package gateway

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"time"
)

const (
	pollFirst = 2 * time.Millisecond
	pollMax   = 50 * time.Millisecond
	// probeTimeout bounds one request: a server may hang on one that came too early,
	// and answer the next.
	probeTimeout = 2 * time.Second
	// foreignPatience is how long another process may answer on the port before the
	// start fails: a gateway that finds its port taken usually says so and ends.
	foreignPatience = 300 * time.Millisecond
)

var errDied = errors.New("it ended")

// waitReady returns nil once the gateway itself answers as it should.
func (p *Process) waitReady(ctx context.Context, ready Ready, port int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	timeout := fmt.Errorf("not ready within %v", ready.Timeout)
	ctx, stop := context.WithTimeoutCause(ctx, ready.Timeout, timeout)
	defer stop()
	go func() {
		select {
		case <-p.Done():
			cancel(errDied)
		case <-ctx.Done():
		}
	}()

	deadline, _ := ctx.Deadline()
	last := errors.New("no answer")
	var foreignSince time.Time
	for pause := pollFirst; ; pause = min(pause*5/4, pollMax) {
		err := p.check(ctx, ready.Path, port)
		switch {
		case ctx.Err() != nil || err != nil && !time.Now().Before(deadline):
			// Cut off by the end of the wait, which a dialer may notice first: the
			// attempt before says more.
		case err == nil:
			return nil
		case !errors.Is(err, errPortTaken):
			last, foreignSince = err, time.Time{}
		case foreignSince.IsZero():
			last, foreignSince = err, time.Now()
		case time.Since(foreignSince) > foreignPatience:
			return err
		}
		select {
		case <-ctx.Done():
			if cause := context.Cause(ctx); cause != timeout {
				return cause
			}
			return fmt.Errorf("%w: %w", timeout, last)
		case <-time.After(pause):
		}
	}
}

// check is nil when the gateway itself answers as it should.
func (p *Process) check(ctx context.Context, path string, port int) error {
	if err := probe(ctx, p.Addr, path); err != nil {
		return err
	}
	if !p.tree.ownsPort(port) {
		return fmt.Errorf("%w: %s is served by a process that the start line did not start", errPortTaken, p.Addr)
	}
	return nil
}

// probe makes one request.
func probe(ctx context.Context, addr, path string) error {
	ctx, cancel := context.WithTimeoutCause(ctx, probeTimeout, fmt.Errorf("no answer within %v", probeTimeout))
	defer cancel()
	if path == "" {
		conn, err := (&net.Dialer{}).DialContext(ctx, "tcp", addr)
		if err != nil {
			return err
		}
		return conn.Close()
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+path, http.NoBody)
	if err != nil {
		return err
	}
	// No proxy from the environment, no connection kept, no redirect followed.
	transport := &http.Transport{DisableKeepAlives: true}
	resp, err := transport.RoundTrip(req)
	if err != nil {
		if cause := context.Cause(ctx); cause != nil {
			err = cause
		}
		return fmt.Errorf("GET %s: %w", req.URL, err)
	}
	_, _ = io.CopyN(io.Discard, resp.Body, 64<<10) // only its status counts
	_ = resp.Body.Close()
	if resp.StatusCode < 200 || resp.StatusCode > 299 {
		return fmt.Errorf("GET %s: answered %s", req.URL, resp.Status)
	}
	return nil
}
