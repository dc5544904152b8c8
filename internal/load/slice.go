package load

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/epoll"
)

// tick is how often time-outs and cancellation are looked at.
const tick = int64(20 * time.Millisecond)

// Burst says how much a slice sends: connections stop starting requests once
// all minima are reached, and the slice ends with the last answer.
type Burst struct {
	Concurrency int // connections, each with one request in flight
	MinRequests int // of all connections together
	MinEach     int // of every connection
	MinTime     time.Duration
}

// Slice drives one burst of the job. A request that fails is counted in the
// Slice; the error is for what ends the measurement: a cancelled ctx or a
// failing machine.
func (c *Client) Slice(ctx context.Context, job *Job, burst Burst) (bench.Slice, error) {
	runtime.LockOSThread() // its CPU time is the client's
	defer runtime.UnlockOSThread()
	c.grow(burst.Concurrency)
	s := slice{Client: c, job: job, burst: burst, request: c.wire(job), using: c.conns[:burst.Concurrency]}
	s.reserve()
	err := s.run(ctx)
	if err != nil {
		for _, cn := range s.using { // what is half-way cannot be used again
			cn.busy = false
			cn.close()
		}
	}
	return s.out, err
}

// slice is the state of one burst.
type slice struct {
	*Client
	job     *Job
	burst   Burst
	request []byte
	using   []*conn

	until  int64 // requests are started at least up to this time
	issued int
	busy   int // connections with a request in flight
	out    bench.Slice
}

// reserve makes room for as many results as the slice may have, so that none
// has to be found while the clock runs; a wrong guess costs a copy.
func (s *slice) reserve() {
	const fastest = 8 * time.Microsecond // no request over loopback takes less
	n := max(2*s.burst.MinRequests, s.burst.MinEach*s.burst.Concurrency, min(int(s.burst.MinTime/fastest), 4096))
	s.out.Observations = make([]bench.Observation, 0, n)
	if s.job.Mode == bench.SSE {
		n = min(n*s.opt.Shape.Chunks, 1<<16)
		s.out.Gaps, s.out.Transits = make([]int64, 0, n), make([]int64, 0, n)
	}
}

func (s *slice) run(ctx context.Context) error {
	if err := s.prepare(); err != nil {
		return err
	}
	cpu, start := epoll.ThreadCPU(), epoll.Now()
	s.until = start + int64(s.burst.MinTime)
	for _, cn := range s.using {
		s.next(cn)
	}
	look := start + tick
	for s.busy > 0 {
		ready, err := s.poller.Wait(look)
		if err != nil {
			return err
		}
		for _, event := range ready {
			s.handle(event)
		}
		if now := epoll.Now(); now >= look {
			look = now + tick
			if err := ctx.Err(); err != nil {
				return err
			}
			s.expire(now)
		}
	}
	s.out.Elapsed = time.Duration(epoll.Now() - start)
	s.out.ClientCPU = epoll.ThreadCPU() - cpu
	return ctx.Err()
}

// prepare notices which idle connections the other side has closed, and opens
// what is missing, before the clock starts.
func (s *slice) prepare() error {
	ready, err := s.poller.Wait(epoll.Now())
	if err != nil {
		return err
	}
	for _, event := range ready {
		s.conns[event.Token].close()
	}
	for _, cn := range s.using {
		cn.asked, cn.stopped = 0, false
		if err := s.connect(cn); err != nil {
			s.refused(cn, err)
			continue
		}
		if err := epoll.DelayAcks(cn.fd); err != nil {
			return fmt.Errorf("TCP_QUICKACK: %w", err)
		}
	}
	return nil
}

// next starts a request on cn, unless the slice has enough.
func (s *slice) next(cn *conn) {
	enough := cn.asked >= s.burst.MinEach && s.issued >= s.burst.MinRequests && epoll.Now() >= s.until
	if cn.stopped || enough {
		return
	}
	if cn.fd < 0 {
		s.out.Reconnects++
		if err := s.connect(cn); err != nil {
			s.refused(cn, err)
			return
		}
	}
	s.issued++
	cn.asked++
	s.busy++
	cn.busy, cn.sent = true, 0
	cn.answer.reset(s.job, epoll.Now())
	s.write(cn)
}

// refused counts a connection that could not be made. It is tried again in the
// next slice.
func (s *slice) refused(cn *conn, err error) {
	s.issued++
	s.count(bench.ErrConnect, err.Error())
	cn.stopped = true
}

func (s *slice) count(class bench.ErrorClass, detail string) {
	if s.out.Errors == nil {
		s.out.Errors = map[bench.ErrorClass]int{}
		s.out.FirstError = detail
	}
	s.out.Errors[class]++
}

func (s *slice) handle(event epoll.Event) {
	cn := s.conns[event.Token]
	switch {
	case !cn.busy: // closed while idle, or bytes that nobody asked for
		cn.close()
		return
	case event.Writable && cn.sent < len(s.request):
		s.write(cn)
	}
	if event.Readable && cn.busy {
		s.read(cn)
	}
}

// write sends what the kernel takes of the request.
func (s *slice) write(cn *conn) {
	n, err := epoll.Write(cn.fd, s.request[cn.sent:])
	cn.sent += n
	if err != nil && !errors.Is(err, epoll.ErrAgain) {
		// The other side has closed, perhaps with an answer: read that first.
		cn.sent = len(s.request)
		s.read(cn)
		return
	}
	if cn.sent == len(s.request) {
		cn.answer.obs.Written = epoll.Now() - cn.answer.start
	}
	if unsent := cn.sent < len(s.request); unsent != cn.full {
		cn.full = unsent
		if err := s.poller.WatchOutput(cn.fd, cn.token, unsent); err != nil {
			s.drop(cn, bench.ErrConnect, err.Error())
		}
	}
}

// read reads once and hands it to the answer.
func (s *slice) read(cn *conn) {
	held := copy(s.in, cn.rest)
	n, err := epoll.Read(cn.fd, s.in[held:])
	now := epoll.Now()
	if errors.Is(err, epoll.ErrAgain) {
		return
	}
	a := &cn.answer
	if err != nil || n == 0 {
		if !a.begun() && held == 0 {
			s.unanswered(cn, err)
			return
		}
		a.end(now)
		s.finish(cn)
		return
	}
	used := a.take(s.in[:held+n], now)
	rest := s.in[used : held+n]
	cn.rest = append(cn.rest[:0], rest...)
	switch {
	case a.complete() && len(rest) > 0:
		a.breakOff(bench.ErrProtocol, fmt.Errorf("%d bytes after the end of the answer", len(rest)))
		s.finish(cn)
	case a.complete() || a.broken:
		s.finish(cn)
	case len(rest) >= len(s.in)/2:
		a.breakOff(bench.ErrProtocol, fmt.Errorf("%d bytes without a complete line", len(rest)))
		s.finish(cn)
	}
}

// unanswered takes a connection that was closed before any byte of the answer.
func (s *slice) unanswered(cn *conn, err error) {
	how := "was closed"
	if err != nil {
		how = "failed (" + err.Error() + ")"
	}
	if cn.used {
		s.drop(cn, bench.ErrStale, "a kept-alive connection "+how+" when the next request came")
		return
	}
	s.drop(cn, bench.ErrTruncated, "a new connection "+how+" before any byte of the answer")
}

// finish books the answer, which is complete or broken off, and goes on.
func (s *slice) finish(cn *conn) {
	a := &cn.answer
	if a.broken || a.head.Close || a.body.EndsWithConnection() || cn.sent < len(s.request) {
		cn.close()
	}
	cn.used = true
	cn.busy = false
	s.busy--
	if a.fault != "" {
		s.count(a.fault, a.detail)
	} else {
		s.out.Observations = append(s.out.Observations, a.obs)
		s.out.Gaps = append(s.out.Gaps, a.gaps...)
		s.out.Transits = append(s.out.Transits, a.transits...)
	}
	s.next(cn)
}

// drop ends a request without an answer, and the connection with it.
func (s *slice) drop(cn *conn, class bench.ErrorClass, detail string) {
	cn.answer.broken = true
	cn.answer.fault, cn.answer.detail = class, detail
	s.finish(cn)
}

// expire gives up requests that have run out of time. Their connections rest
// until the next slice, so that a gateway which hangs costs one time-out a slice
// and not many.
func (s *slice) expire(now int64) {
	for _, cn := range s.using {
		a := &cn.answer
		if !cn.busy || now-a.start < int64(s.opt.Timeout) {
			continue
		}
		cn.stopped = true
		s.drop(cn, bench.ErrTimeout, fmt.Sprintf("no complete answer within %v: %s", s.opt.Timeout, a.reached(cn.sent, len(s.request))))
	}
}
