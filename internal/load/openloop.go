package load

import (
	"context"
	"fmt"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/epoll"
)

// Call is one request of an open loop.
type Call struct {
	At  time.Duration // when it is meant to start, from the start of the window
	Job *Job
}

// OpenLoop starts every call when it is due, in the order given, whether or not
// earlier ones have been answered, over the given number of connections. Clocks
// count from the intended start: a request that waits for a free connection waits
// for the gateway. Counted from the actual start, a stall would show only in the
// request that it hit and not in those that it delayed (coordinated omission).
func (c *Client) OpenLoop(ctx context.Context, calls []Call, connections int) (bench.OpenLoopSlice, error) {
	for _, call := range calls {
		c.wire(call.Job)
	}
	l := &open{calls: calls, idle: make([]*conn, 0, connections), lag: make([]int64, 0, len(calls))}
	out := bench.Slice{Observations: make([]bench.Observation, 0, len(calls))}
	got, err := c.drive(ctx, l, nil, connections, out)
	return bench.OpenLoopSlice{Slice: got, Lag: l.lag, Waited: l.waited}, err
}

// longRest is after how long without a request, in ns, a connection is looked at
// before it gets one.
const longRest = int64(5 * time.Millisecond)

// open is the loop in which the clock alone decides when a request starts.
type open struct {
	calls   []Call
	started int64   // when the window began
	next    int     // call to start
	idle    []*conn // a stack: the path of the connection used last is warm
	acting  bool

	lag    []int64 // of the actual start behind the intended one
	short  int     // the calls before it have been counted in waited if they had to wait
	waited int     // calls that were due when no connection was free
}

func (l *open) begin(s *slice, now int64) {
	l.started = now
	s.startClock(now)
}

func (l *open) freed(s *slice, cn *conn) {
	cn.rested = epoll.Now()
	l.idle = append(l.idle, cn)
	if !l.acting { // else a request of act failed at once, and act goes on
		l.act(s, epoll.Now())
	}
}

func (l *open) act(s *slice, now int64) int64 {
	l.acting = true
	defer func() { l.acting = false }()
	for l.next < len(l.calls) {
		due := l.started + int64(l.calls[l.next].At)
		switch {
		case due > now:
			return due
		case len(l.idle) == 0 && s.busy+s.pending() == 0:
			l.giveUp(s)
			return epoll.Never
		case len(l.idle) == 0:
			l.wait(now)
			return epoll.Never
		}
		cn := l.idle[len(l.idle)-1]
		l.idle = l.idle[:len(l.idle)-1]
		job := l.calls[l.next].Job
		l.next++
		if now-cn.rested > longRest {
			s.look(cn)
		}
		cn.counts = true
		now = epoll.Now()
		l.lag = append(l.lag, now-due)
		s.send(cn, job, due, now)
	}
	return epoll.Never
}

// wait counts the calls that are due and have no connection, each only once.
func (l *open) wait(now int64) {
	l.short = max(l.short, l.next)
	for l.short < len(l.calls) && l.started+int64(l.calls[l.short].At) <= now {
		l.short++
		l.waited++
	}
}

// giveUp counts the calls that cannot be sent because no connection can be made.
func (l *open) giveUp(s *slice) {
	for ; l.next < len(l.calls); l.next++ {
		s.count(bench.ErrConnect, fmt.Sprintf("request %d of the window: no connection is left", l.next+1))
	}
}

func (l *open) over(*slice) bool { return l.next == len(l.calls) }
