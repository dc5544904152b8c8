package load

import (
	"errors"
	"fmt"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/epoll"
)

// send starts a request on cn now. Its clocks count from the given moment, which
// is now or earlier.
func (s *slice) send(cn *conn, job *Job, from, now int64) {
	cn.asked++
	s.out.Sent++
	s.busy++
	if cn.counts {
		s.counting++
	}
	cn.busy, cn.sent, cn.began = true, 0, now
	if job != cn.answer.job {
		cn.request = s.wire(job)
		cn.answer.expect(job, s.Client)
	}
	cn.nonce = nonces.Add(1)
	cn.answer.reset(from, cn.nonce)
	if cn.fd < 0 {
		s.reconnect(cn)
	} else if !cn.connecting {
		s.write(cn)
	}
}

// reconnect opens cn's connection anew for the request that waits on it.
func (s *slice) reconnect(cn *conn) {
	s.out.Reconnects++
	if err := s.dial(cn); err != nil {
		s.refused(cn, err)
	} else if !cn.connecting {
		cn.answer.obs.Connected = cn.dialed - cn.answer.start
		s.write(cn)
	}
}

func (s *slice) count(class bench.ErrorClass, detail string) {
	if s.out.Errors == nil {
		s.out.Errors = map[bench.ErrorClass]int{}
		s.out.FirstError = s.opt.Endpoint.Redact(detail)
	}
	s.out.Errors[class]++
}

func (s *slice) handle(event epoll.Event) {
	cn := s.conns[event.Token]
	switch {
	case cn.connecting:
		s.connected(cn)
		return
	case !cn.busy: // closed while idle, or bytes without a request
		cn.close()
		return
	case event.Writable && cn.sent < len(cn.request.bytes):
		s.write(cn)
	}
	if event.Readable && cn.busy && !cn.connecting {
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

// unanswered takes a connection that was closed before any byte of the answer. On
// one that was used before, the gateway may have closed it while the request was on
// its way, so that clients send the request again, once; the clock runs on.
func (s *slice) unanswered(cn *conn, err error) {
	how := "was closed"
	if err != nil {
		how = "failed (" + err.Error() + ")"
	}
	switch {
	case cn.answer.job.Cut: // right: the gateway had nothing to pass on
		s.drop(cn, "", "")
	case cn.used:
		s.out.Retries++
		cn.close()
		cn.sent = 0
		s.reconnect(cn)
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
	s.idle(cn)
	switch {
	case a.fault != "":
		s.count(a.fault, a.detail)
	case a.job.fails():
		s.out.Failures++
	default:
		s.right(cn)
	}
	if !cn.stopped {
		s.loop.freed(s, cn)
	}
}

// right records a right answer.
func (s *slice) right(cn *conn) {
	a := &cn.answer
	s.longest = max(s.longest, a.obs.Last)
	if s.clock.started && !s.clock.stopped {
		s.out.Completed++
	}
	if !cn.counts {
		s.out.Uncounted++
		return
	}
	s.out.Observations = append(s.out.Observations, a.obs)
	s.out.Gaps = append(s.out.Gaps, a.gaps...)
	s.out.Transits = append(s.out.Transits, a.transits...)
}

// drop ends a request without an answer, and its connection. The class is empty
// when that is right.
func (s *slice) drop(cn *conn, class bench.ErrorClass, detail string) {
	cn.answer.broken = true
	cn.answer.fault, cn.answer.detail = class, detail
	s.finish(cn)
}

// connectPatience is the least time that a connection has to be made, whatever the
// patience with answers: the kernel asks a full queue again after one and three seconds.
const connectPatience = 3500 * time.Millisecond

// expire gives up requests and connections that have timed out. Their connections
// rest until the next slice, so that a gateway which hangs costs one time-out per
// slice.
func (s *slice) expire(now int64) {
	timeout := int64(s.opt.Timeout)
	wait := timeout
	if s.kind != nil {
		wait = s.opt.Patience.wait(*s.kind, s.longest, s.opt.Timeout)
	}
	connect := min(timeout, max(wait, int64(connectPatience)))
	for _, cn := range s.using {
		connecting := cn.connecting || cn.busy && s.half(cn, now)
		switch {
		case connecting && now-cn.dialed >= connect:
			s.gaveUp = true
			s.refused(cn, fmt.Errorf("connect to %s: not accepted within %v", s.addr, rounded(connect)))
		case connecting || !cn.busy:
		case now-cn.began >= timeout:
			s.expired(cn, timeout)
		case now-max(cn.began, cn.made) >= wait:
			s.expired(cn, wait)
		}
	}
}

// expired gives up the request on cn after a time.
func (s *slice) expired(cn *conn, after int64) {
	s.gaveUp, cn.stopped = true, true
	s.drop(cn, bench.ErrTimeout, fmt.Sprintf("no complete answer within %v: %s", rounded(after), cn.answer.reached(cn.sent, len(cn.request.bytes))))
}

func rounded(ns int64) time.Duration { return time.Duration(ns).Round(time.Millisecond) }
