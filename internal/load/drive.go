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

// tick is the time between two checks of time-outs and cancellation.
const tick = int64(20 * time.Millisecond)

// loop decides when requests are sent, and is what makes a slice closed or open.
type loop interface {
	// begin is called when the slice begins.
	begin(s *slice, now int64)
	// freed is called for a connection that can take a request: for each when the
	// slice begins, and again when its request is answered or given up.
	freed(s *slice, cn *conn)
	// act does what is due, and returns when it must be called next: epoll.Never
	// when answers alone decide.
	act(s *slice, now int64) int64
	// over reports whether no request is left to send, or none can be sent.
	over(s *slice) bool
}

// drive runs one slice over the given number of connections.
func (c *Client) drive(ctx context.Context, how loop, connections int, out bench.Slice) (bench.Slice, error) {
	runtime.LockOSThread() // its CPU time is the client's
	defer runtime.UnlockOSThread()
	c.grow(connections)
	s := slice{Client: c, loop: how, using: c.conns[:connections], out: out}
	err := s.run(ctx)
	if err != nil {
		for _, cn := range s.using { // their requests may be half-way
			cn.busy = false
			cn.close()
		}
	}
	return s.out, err
}

// slice is the state of a slice that runs.
type slice struct {
	*Client
	loop  loop
	using []*conn
	busy  int         // connections with a request in flight
	out   bench.Slice // the results so far
}

func (s *slice) run(ctx context.Context) error {
	if err := s.prepare(); err != nil {
		return err
	}
	cpu, start := epoll.ThreadCPU(), epoll.Now()
	s.loop.begin(s, start)
	for _, cn := range s.using {
		if !cn.stopped {
			s.loop.freed(s, cn)
		}
	}
	due, look := s.loop.act(s, start), start+tick
	for s.busy > 0 || !s.loop.over(s) {
		ready, err := s.poller.Wait(earlier(due, look))
		if err != nil {
			return err
		}
		for _, event := range ready {
			s.handle(event)
		}
		now := epoll.Now()
		due = s.loop.act(s, now)
		if now >= look {
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

func earlier(due, look int64) int64 {
	if due == epoll.Never {
		return look
	}
	return min(due, look)
}

// prepare drops idle connections that the other side has closed, and opens the
// missing ones before the clock starts.
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

// send starts a request on cn now. Its clocks count from the given moment, which
// is now or earlier.
func (s *slice) send(cn *conn, job *Job, from, now int64) {
	if cn.fd < 0 {
		s.out.Reconnects++
		if err := s.connect(cn); err != nil {
			s.refused(cn, err)
			return
		}
	}
	cn.asked++
	s.out.Sent++
	s.busy++
	cn.busy, cn.sent, cn.began = true, 0, now
	if job != cn.answer.job {
		cn.request = s.wire(job)
		cn.answer.expect(job, s.Client)
	}
	cn.nonce = nonces.Add(1)
	cn.answer.reset(from)
	s.write(cn)
}

// refused counts a connection that could not be made. The next slice tries again.
func (s *slice) refused(cn *conn, err error) {
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
	case !cn.busy: // closed while idle, or bytes without a request
		cn.close()
		return
	case event.Writable && cn.sent < len(cn.request.bytes):
		s.write(cn)
	}
	if event.Readable && cn.busy {
		s.read(cn)
	}
}

// write sends as much of the request as the kernel takes.
func (s *slice) write(cn *conn) {
	n, err := epoll.Write(cn.fd, cn.request.unsent(cn.sent, cn.nonce))
	cn.sent += n
	if err != nil && !errors.Is(err, epoll.ErrAgain) {
		// The other side has closed, perhaps with an answer: read that first.
		cn.sent = len(cn.request.bytes)
		s.read(cn)
		return
	}
	if cn.sent == len(cn.request.bytes) {
		cn.answer.obs.Written = epoll.Now() - cn.answer.start
	}
	if unsent := cn.sent < len(cn.request.bytes); unsent != cn.full {
		cn.full = unsent
		if err := s.poller.WatchOutput(cn.fd, cn.token, unsent); err != nil {
			s.drop(cn, bench.ErrConnect, err.Error())
		}
	}
}

// read makes one read and passes it to the answer.
func (s *slice) read(cn *conn) {
	held := copy(s.in, cn.rest)
	n, err := epoll.Read(cn.fd, s.in[held:])
	now := epoll.Now()
	if errors.Is(err, epoll.ErrAgain) {
		return
	}
	a := &cn.answer
	if err != nil || n == 0 {
		if !a.inBody && held == 0 {
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
		a.breakOff("%d bytes after the end of the answer", len(rest))
		s.finish(cn)
	case a.complete() || a.broken:
		s.finish(cn)
	case len(rest) >= len(s.in)/2:
		a.breakOff("%d bytes without a complete line", len(rest))
		s.finish(cn)
	}
}

// unanswered takes a connection that was closed before any byte of the answer.
func (s *slice) unanswered(cn *conn, err error) {
	how := "was closed"
	if err != nil {
		how = "failed (" + err.Error() + ")"
	}
	switch {
	case cn.answer.job.Cut: // right: the gateway had nothing to pass on
		s.drop(cn, "", "")
	case cn.used:
		s.drop(cn, bench.ErrStale, "a kept-alive connection "+how+" when the next request came")
	default:
		s.drop(cn, bench.ErrTruncated, "a new connection "+how+" before any byte of the answer")
	}
}

// finish records the answer, which is complete or broken off, and goes on.
func (s *slice) finish(cn *conn) {
	a := &cn.answer
	if a.broken || a.head.Close || a.body.EndsWithConnection() || cn.sent < len(cn.request.bytes) {
		cn.close()
	}
	cn.used = true
	cn.busy = false
	s.busy--
	switch {
	case a.fault != "":
		s.count(a.fault, a.detail)
	case a.job.fails():
		s.out.Failures++
	default:
		s.out.Observations = append(s.out.Observations, a.obs)
		s.out.Gaps = append(s.out.Gaps, a.gaps...)
		s.out.Transits = append(s.out.Transits, a.transits...)
	}
	if !cn.stopped {
		s.loop.freed(s, cn)
	}
}

// drop ends a request without an answer, and its connection. The class is empty
// when that is right.
func (s *slice) drop(cn *conn, class bench.ErrorClass, detail string) {
	cn.answer.broken = true
	cn.answer.fault, cn.answer.detail = class, detail
	s.finish(cn)
}

// expire gives up requests that have timed out. Their connections rest until the
// next slice, so that a gateway which hangs costs one time-out per slice.
func (s *slice) expire(now int64) {
	for _, cn := range s.using {
		a := &cn.answer
		if !cn.busy || now-cn.began < int64(s.opt.Timeout) {
			continue
		}
		cn.stopped = true
		s.drop(cn, bench.ErrTimeout, fmt.Sprintf("no complete answer within %v: %s", s.opt.Timeout, a.reached(cn.sent, len(cn.request.bytes))))
	}
}
