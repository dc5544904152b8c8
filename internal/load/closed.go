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
	MinRequests int // of all connections together; with Steady those that count
	MinEach     int // of every connection
	MinTime     time.Duration

	// Steady counts only what is under the full load. The first request of each
	// connection finds an empty queue, and the last ones of a slice have fewer
	// beside them: with one worker and ten in flight, the first ten wait half as long
	// as those that follow. So the first of each connection is sent and checked but
	// is no observation, and at the end a connection sends one more that is none, as
	// long as requests that count are in flight. Elapsed is from the start of the
	// first that counts until a connection has nothing left to send. One connection
	// alone has no queue; all its requests count.
	Steady bool
	// Limit is when the last request is started, whatever the minima; 0 is no limit.
	Limit time.Duration
}

// Slice drives one burst of the jobs in turn: each connection sends its next
// request when the last one is answered. A request that fails is counted in the
// Slice; an error means that the measurement ended: ctx was cancelled or the
// machine failed.
//
// The clocks of a request start when it is due. When the gateway has closed the
// connection after the last answer, they include making a new one, because its
// client waits for that too; ab counts in the same way, wrk from the connection on.
// The time until then is [bench.Observation.Connected].
func (c *Client) Slice(ctx context.Context, jobs []*Job, burst Burst) (bench.Slice, error) {
	for _, job := range jobs {
		c.wire(job) // before the clock starts
	}
	k := kind{jobs[0], burst.Concurrency}
	return c.drive(ctx, &closed{jobs: jobs, burst: burst}, &k, burst.Concurrency, c.room(jobs, burst))
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
	jobs    []*Job
	burst   Burst
	until   int64 // requests are started at least up to this time
	limit   int64 // and none after this one
	counted int   // requests started that count
}

func (l *closed) steady() bool { return l.burst.Steady && l.burst.Concurrency > 1 }

func (l *closed) begin(s *slice, now int64) {
	l.until, l.limit = now+int64(l.burst.MinTime), now+int64(l.burst.Limit)
	if l.burst.Limit == 0 {
		l.limit = 1<<63 - 1
	}
	if !l.steady() {
		s.startClock(now)
	}
}

// wants reports whether a connection that has sent a number of requests is to send
// another one.
func (l *closed) wants(asked int, now int64) bool {
	return now < l.limit && (asked < l.burst.MinEach || l.counted < l.burst.MinRequests || now < l.until)
}

func (l *closed) freed(s *slice, cn *conn) {
	now := epoll.Now()
	switch steady := l.steady(); {
	case l.wants(cn.asked, now):
		if cn.counts = !steady || cn.asked > 0; cn.counts {
			l.counted++
			s.startClock(now)
		}
	case steady && s.counting > 0 && !cn.trailed && now < l.limit:
		cn.counts, cn.trailed = false, true
	default:
		if steady {
			s.stopClock(now)
		}
		return
	}
	s.send(cn, s.turn(l.jobs), now, now)
}

func (l *closed) act(*slice, int64) int64 { return epoll.Never }

// over: with the last answer, unless more is wanted of connections being made.
func (l *closed) over(s *slice) bool { return s.pending() == 0 || !l.wants(0, epoll.Now()) }
