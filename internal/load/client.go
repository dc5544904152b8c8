// Package load drives one arm: a closed loop of requests at a given concurrency
// over reused connections, timed and checked one by one.
//
// The HTTP/1.1 client is written by hand, because the tool must cost less than
// what it measures: per request at one connection net/http needs 28–32 µs of
// CPU time for its goroutine hand-offs, this loop under 10. One locked thread
// serves all connections; request bytes are built before the clock starts; every
// clock is read right after the read that completed it and before parsing;
// nothing is allocated per request.
//
// It knows nothing of gateways, rounds or statistics, and reaches loopback
// addresses only.
package load

import (
	"errors"
	"fmt"
	"net/netip"
	"strconv"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/epoll"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// readSize is how much one read may bring: enough that an answer of 100 KB
// comes in the pieces in which the kernel has it.
const readSize = 256 << 10

// Options are what stays the same from slice to slice.
type Options struct {
	API     llmapi.API
	Shape   llmapi.Shape  // of the answers that the mock sends
	Timeout time.Duration // for one request, connecting included
}

// Client holds the connections to one arm. It is not safe for concurrent use.
type Client struct {
	addr   netip.AddrPort
	opt    Options
	poller *epoll.Poller
	conns  []*conn
	check  *llmapi.Checker // the connections have others of its kind
	in     []byte          // shared: what a connection leaves unread it keeps itself
}

// New returns a client for the gateway or mock at addr, "127.0.0.1:8080". It
// opens no connection yet.
func New(addr string, opt Options) (*Client, error) {
	ap, err := netip.ParseAddrPort(addr)
	if err != nil {
		return nil, fmt.Errorf("the address to drive: %w", err)
	}
	poller, err := epoll.New()
	if err != nil {
		return nil, err
	}
	return &Client{
		addr:   ap,
		opt:    opt,
		poller: poller,
		check:  llmapi.NewChecker(opt.API, opt.Shape),
		in:     make([]byte, readSize),
	}, nil
}

// Close closes all connections.
func (c *Client) Close() error {
	for _, cn := range c.conns {
		cn.close()
	}
	return c.poller.Close()
}

// connect opens cn's connection if it has none.
func (c *Client) connect(cn *conn) error {
	if cn.fd >= 0 {
		return nil
	}
	fd, err := epoll.Dial(c.addr, c.opt.Timeout)
	if err != nil {
		return err
	}
	if err := errors.Join(epoll.DelayAcks(fd), c.poller.Add(fd, cn.token)); err != nil {
		return errors.Join(err, epoll.Close(fd))
	}
	cn.fd, cn.used = fd, false
	return nil
}

// grow makes n connections known, without opening them.
func (c *Client) grow(n int) {
	for len(c.conns) < n {
		c.conns = append(c.conns, &conn{
			token:  int32(len(c.conns)),
			fd:     -1,
			answer: answer{checker: c.check.Another()},
		})
	}
}

// Job is the request that a slice sends again and again, and its right answer.
type Job struct {
	Mode bench.Mode
	Body []byte // of the request
	Want []byte // body of the answer in JSON mode

	rewritten []byte // an answer found equal to Want though its bytes differ
}

// wire is the whole request as it is sent.
func (c *Client) wire(job *Job) []byte {
	accept := "application/json"
	if job.Mode == bench.SSE {
		accept = "text/event-stream"
	}
	head := "POST " + c.opt.API.Path() + " HTTP/1.1\r\n" +
		"Host: " + c.addr.String() + "\r\n" +
		"User-Agent: proxy-bench\r\n" +
		"Authorization: Bearer mock\r\n" +
		"Accept: " + accept + "\r\n" +
		"Content-Type: application/json\r\n" +
		"Content-Length: " + strconv.Itoa(len(job.Body)) + "\r\n\r\n"
	return append([]byte(head), job.Body...)
}
