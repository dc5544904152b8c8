package load

import (
	"context"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/epoll"
)

// Burst is how much a closed loop sends. No request is started once all minima
// are reached, and the slice ends with the last answer.
type Burst struct {
	Concurrency int // connections, each with one request in flight
	MinRequests int // of all connections together
	MinEach     int // of every connection
	MinTime     time.Duration
}

// Slice drives one burst of the jobs in turn: each connection sends its next
// request when the last one is answered. A request that fails is counted in the
// Slice; an error means that the measurement ended: ctx was cancelled or the
// machine failed.
func (c *Client) Slice(ctx context.Context, jobs []*Job, burst Burst) (bench.Slice, error) {
	for _, job := range jobs {
		c.wire(job) // before the clock starts
	}
	return c.drive(ctx, &closed{jobs: jobs, burst: burst}, burst.Concurrency, c.room(jobs, burst))
}

// room is a Slice with memory for the results it may have, so that it need not
// grow while the clock runs. A wrong guess costs a copy.
func (c *Client) room(jobs []*Job, burst Burst) (out bench.Slice) {
	const fastest = 8 * time.Microsecond // no request over loopback takes less
	n := max(2*burst.MinRequests, burst.MinEach*burst.Concurrency, min(int(burst.MinTime/fastest), 4096))
	out.Observations = make([]bench.Observation, 0, n)
	chunks := 0
	for _, job := range jobs {
		if job.Mode == bench.SSE {
			chunks = max(chunks, job.Shape.Chunks)
		}
	}
	if chunks > 0 {
		n = min(n*chunks, 1<<16)
		out.Gaps, out.Transits = make([]int64, 0, n), make([]int64, 0, n)
	}
	return out
}

// closed is the loop in which an answer makes room for the next request.
type closed struct {
	jobs   []*Job
	burst  Burst
	until  int64 // requests are started at least up to this time
	issued int
}

func (l *closed) begin(_ *slice, now int64) { l.until = now + int64(l.burst.MinTime) }

func (l *closed) freed(s *slice, cn *conn) {
	now := epoll.Now()
	if cn.asked >= l.burst.MinEach && l.issued >= l.burst.MinRequests && now >= l.until {
		return
	}
	l.issued++
	s.send(cn, s.turn(l.jobs), now, now)
}

func (l *closed) act(*slice, int64) int64 { return epoll.Never }

func (l *closed) over(*slice) bool { return true } // with the last answer
