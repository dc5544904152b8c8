// Package load drives one arm with requests over reused connections, and times
// and checks each: in a closed loop at a given concurrency, or in an open loop at
// given moments.
//
// The HTTP/1.1 client is our own because the tool must cost less than what it
// measures: at one connection net/http needs 28–32 µs of CPU time per request for
// its goroutine hand-offs, this loop under 10. One locked thread serves all
// connections. Requests are built before the clock starts, each clock is read
// right after the read that completed it and before parsing, and nothing is
// allocated per request.
//
// It knows nothing of gateways, rounds or statistics, and reaches loopback
// addresses only.
package load

import (
	"fmt"
	"net/netip"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/epoll"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// readSize is the most that one read takes: more than the kernel holds of an
// answer of 100 KB.
const readSize = 256 << 10

// Options are the same for all slices.
type Options struct {
	API      llmapi.API
	Endpoint llmapi.Endpoint
	Timeout  time.Duration // for one request, connecting included

	// Patience that is shared with other clients of the same gateway; nil is one of
	// the client's own.
	Patience *Patience
}

// Client holds the connections to one arm. It is not safe for concurrent use.
type Client struct {
	addr   netip.AddrPort
	opt    Options
	poller *epoll.Poller
	conns  []*conn
	checks map[llmapi.Shape]*llmapi.Checker // what the connections' checkers share
	wires  map[*Job]*request                // as they are sent
	turns  int                              // jobs handed out to closed loops
	in     []byte                           // the last read; connections keep what they leave unread
}

// New returns a client for the gateway or mock at addr, such as "127.0.0.1:8080".
// It opens no connection yet.
func New(addr string, opt Options) (*Client, error) {
	ap, err := netip.ParseAddrPort(addr)
	if err != nil {
		return nil, fmt.Errorf("the address to drive: %w", err)
	}
	if err := opt.API.Validate(); err != nil {
		return nil, err
	}
	if opt.Patience == nil {
		opt.Patience = &Patience{}
	}
	poller, err := epoll.New()
	if err != nil {
		return nil, err
	}
	return &Client{
		addr:   ap,
		opt:    opt,
		poller: poller,
		checks: map[llmapi.Shape]*llmapi.Checker{},
		wires:  map[*Job]*request{},
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

// grow adds connections up to n, without opening them.
func (c *Client) grow(n int) {
	for len(c.conns) < n {
		c.conns = append(c.conns, &conn{
			token:  int32(len(c.conns)),
			fd:     -1,
			answer: answer{checkers: map[llmapi.Shape]*llmapi.Checker{}},
		})
	}
}

// Job is a request and its right answer.
type Job struct {
	Mode bench.Mode // of the answer asked for
	Body []byte     // of the request
	Want []byte     // body of the answer in JSON mode, and of one that is a failure

	Shape  llmapi.Shape // of the answer in SSE mode
	Status int          // that the mock answers with; 0 is 200
	Cut    bool         // the mock ends the answer half-way

	rewritten []byte // an answer found equal to Want though its bytes differ
}

// fails reports whether the mock answers with a failure, for the gateway to pass on.
func (j *Job) fails() bool { return j.Status != 0 || j.Cut }

// streams reports whether the answer comes as events. An error status does not,
// even if the request asks for a stream.
func (j *Job) streams() bool { return j.Mode == bench.SSE && j.status() == 200 }

func (j *Job) status() int {
	if j.Status == 0 {
		return 200
	}
	return j.Status
}

// checker is a new checker of streams of this shape.
func (c *Client) checker(shape llmapi.Shape) *llmapi.Checker {
	if c.checks[shape] == nil {
		c.checks[shape] = llmapi.NewChecker(c.opt.API, shape)
	}
	return c.checks[shape].Another()
}

// turn is the next of the jobs. A slice goes on where the last one stopped, so
// that short slices send all jobs between them.
func (c *Client) turn(jobs []*Job) *Job {
	c.turns++
	return jobs[c.turns%len(jobs)]
}
