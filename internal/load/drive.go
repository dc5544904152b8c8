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

// drive runs one slice over the given number of connections. Without a kind its
// requests have the whole time-out.
func (c *Client) drive(ctx context.Context, how loop, k *kind, connections int, out bench.Slice) (bench.Slice, error) {
	runtime.LockOSThread() // its CPU time is the client's
	defer runtime.UnlockOSThread()
	c.grow(connections)
	s := slice{Client: c, loop: how, kind: k, using: c.conns[:connections], out: out}
	err := s.run(ctx)
	if err != nil {
		for _, cn := range s.using { // their requests may be half-way
			cn.busy = false
			cn.close()
		}
	}
	if k != nil {
		c.opt.Patience.learn(*k, s.longest, s.gaveUp)
	}
	s.out.Rewrites = c.rewrites()
	return s.out, err
}

// slice is the state of a slice that runs.
type slice struct {
	*Client
	loop     loop
	kind     *kind
	using    []*conn
	begun    bool        // connections are prepared, and requests may be sent
	busy     int         // connections with a request in flight
	counting int         // of them, with one that counts
	longest  int64       // ns of a right answer
	gaveUp   bool        // something has timed out
	failed   error       // ends the slice
	out      bench.Slice // the results so far

	clock struct {
		started, stopped bool
		at               int64
		cpu              time.Duration
	}
}

func (s *slice) run(ctx context.Context) error {
	if err := s.prepare(); err != nil {
		return err
	}
	s.begun = true
	start := epoll.Now()
	s.loop.begin(s, start)
	for _, cn := range s.using {
		if !cn.stopped && !cn.connecting {
			s.look(cn)
			s.loop.freed(s, cn)
		}
	}
	due, look := s.loop.act(s, start), start+tick
	for s.failed == nil && (s.busy > 0 || !s.loop.over(s)) {
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
	s.stopClock(epoll.Now())
	return errors.Join(s.failed, ctx.Err())
}

// startClock begins the time that throughput is of, unless it has begun.
func (s *slice) startClock(now int64) {
	if c := &s.clock; !c.started {
		c.started, c.at, c.cpu = true, now, epoll.ThreadCPU()
	}
}

// stopClock ends it, once.
func (s *slice) stopClock(now int64) {
	if c := &s.clock; c.started && !c.stopped {
		c.stopped = true
		s.out.Elapsed, s.out.ClientCPU = time.Duration(now-c.at), epoll.ThreadCPU()-c.cpu
	}
}

func earlier(due, look int64) int64 {
	if due == epoll.Never {
		return look
	}
	return min(due, look)
}

// settling is how long connections that are being made are waited for before the
// clock starts: on a busy machine they can need a moment, in a full queue a second.
const settling = 10 * time.Millisecond

// prepare drops idle connections that the other side has closed, and begins to open
// the missing ones before the clock starts.
func (s *slice) prepare() error {
	for _, cn := range s.using {
		cn.asked, cn.trailed, cn.stopped = 0, false, false
	}
	if err := s.handleAll(epoll.Now()); err != nil {
		return err
	}
	for _, cn := range s.using {
		switch {
		case cn.fd < 0 && !cn.stopped:
			if err := s.dial(cn); err != nil {
				s.refused(cn, err)
			}
		case cn.fd >= 0 && !cn.connecting:
			if err := epoll.DelayAcks(cn.fd); err != nil {
				return fmt.Errorf("TCP_QUICKACK: %w", err)
			}
		}
	}
	until := epoll.Now() + int64(settling)
	for s.pending() > 0 && epoll.Now() < until {
		if err := s.handleAll(until); err != nil {
			return err
		}
	}
	return s.failed
}

// handleAll waits until the deadline for the first event, and handles all there are.
func (s *slice) handleAll(deadline int64) error {
	for {
		ready, err := s.poller.Wait(deadline)
		if err != nil || len(ready) == 0 {
			return err
		}
		for _, event := range ready {
			s.handle(event)
		}
		deadline = epoll.Now()
	}
}

// look closes a connection that has rested if the other side has closed it
// meanwhile, which is told late when there are many.
func (s *slice) look(cn *conn) {
	if cn.fd >= 0 && !cn.connecting && !epoll.Silent(cn.fd) {
		cn.close()
	}
}
