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
	"github.com/org/proxy-bench-action/internal/judge"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// Version changes with the way in which requests are driven, timed or chosen to count,
// so that figures are compared with their like. 2: only under the full load.
const Version = 2

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
	judges map[bench.Mode]*judge.Judge
	checks map[llmapi.Stream]*judge.Checker // what the connections' checkers share
	wants  map[*Job]*judge.Expected         // JSON answers
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
		judges: judges(opt.API),
		checks: map[llmapi.Stream]*judge.Checker{},
		wants:  map[*Job]*judge.Expected{},
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
			answer: answer{checkers: map[llmapi.Stream]*judge.Checker{}},
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

// stream describes the job's answer in SSE mode.
func (j *Job) stream() llmapi.Stream {
	return llmapi.Stream{Shape: j.Shape, Usage: llmapi.WantsUsage(j.Body)}
}

// judges are those of a client. What a gateway rewrites differs between the modes.
func judges(api llmapi.API) map[bench.Mode]*judge.Judge {
	return map[bench.Mode]*judge.Judge{bench.JSON: judge.New(api), bench.SSE: judge.New(api)}
}

// rewrites are those that no slice has told yet.
func (c *Client) rewrites() (fresh []bench.Rewrite) {
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		for _, r := range c.judges[mode].Rewrites.Take() {
			r.Mode = mode
			fresh = append(fresh, r)
		}
	}
	return fresh
}

// checker is a new checker of these streams.
func (c *Client) checker(stream llmapi.Stream) *judge.Checker {
	if c.checks[stream] == nil {
		c.checks[stream] = c.judges[bench.SSE].Stream(stream)
	}
	return c.checks[stream].Another()
}

// expected is what the job's answer is compared with if it is JSON.
func (c *Client) expected(job *Job) *judge.Expected {
	if c.wants[job] == nil {
		c.wants[job] = c.judges[job.Mode].Expect(job.Want, job.status())
	}
	return c.wants[job]
}

// turn is the next of the jobs. A slice goes on where the last one stopped, so
// that short slices send all jobs between them.
func (c *Client) turn(jobs []*Job) *Job {
	c.turns++
	return jobs[c.turns%len(jobs)]
}
