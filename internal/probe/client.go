package probe

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net"
	"net/http"
	"sync/atomic"
	"time"

	"github.com/org/proxy-bench-action/internal/load"
)

// client has connections of its own, so that ending one of its requests ends
// the connection, as when a program is closed.
type client struct {
	target Target
	http   *http.Client
	read   atomic.Int64 // bytes off its connections
}

// receiveBuffer bounds what the kernel buffers for a client that does not read. By
// default it grows to megabytes, of which the gateway would notice nothing.
const receiveBuffer = 64 << 10

func newClient(t Target) *client {
	c := &client{target: t}
	dialer := net.Dialer{Timeout: time.Second}
	c.http = &http.Client{Transport: &http.Transport{
		DisableCompression: true,
		DialContext: func(ctx context.Context, network, addr string) (net.Conn, error) {
			conn, err := dialer.DialContext(ctx, network, addr)
			if err != nil {
				return nil, err
			}
			if tcp, ok := conn.(*net.TCPConn); ok {
				if err := tcp.SetReadBuffer(receiveBuffer); err != nil {
					_ = conn.Close()
					return nil, err
				}
			}
			return counted{conn, &c.read}, nil
		},
	}}
	return c
}

func (c *client) close() { c.http.CloseIdleConnections() }

// counted counts what is read.
type counted struct {
	net.Conn
	read *atomic.Int64
}

func (c counted) Read(p []byte) (int, error) {
	n, err := c.Conn.Read(p)
	c.read.Add(int64(n))
	return n, err
}

// post sends a request and returns the body of its answer, which is a success.
func (c *client) post(ctx context.Context, body []byte) (io.ReadCloser, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, "http://"+c.target.Addr+c.target.Endpoint.Target(c.target.API), bytes.NewReader(load.Fresh(body)))
	if err != nil {
		return nil, err
	}
	for _, h := range c.target.Endpoint.Complete(c.target.API) {
		req.Header.Set(h.Name, h.Value)
	}
	resp, err := c.http.Do(req)
	if err != nil {
		return nil, err
	}
	if resp.StatusCode != http.StatusOK {
		_ = resp.Body.Close()
		return nil, fmt.Errorf("a request was answered with %s", resp.Status)
	}
	return resp.Body, nil
}

// stream asks for a stream.
func (c *client) stream(ctx context.Context) (io.ReadCloser, error) {
	return c.post(ctx, c.target.Stream)
}

// whole asks for a JSON answer, reads it and says how long that took.
func (c *client) whole(ctx context.Context) (time.Duration, error) {
	start := time.Now()
	body, err := c.post(ctx, c.target.JSON)
	if err != nil {
		return 0, err
	}
	_, err = io.Copy(io.Discard, body)
	took := time.Since(start)
	_ = body.Close() // everything has been read
	return took, err
}
