package mockllm

import (
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/epoll"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

const (
	// burst is how many writes one answer has before other connections have
	// their turn.
	burst = 64
	// mostTogether is the size in bytes from which on a write takes no further
	// event.
	mostTogether = 16 << 10
	// drainTime is how long we wait for the client to close after us. Closing
	// with unread input would reset the connection and take the answer with it.
	drainTime = time.Second
)

// send starts an answer that is meant to begin at due, 0 for at once.
func (s *server) send(c *conn, a *answer, due int64, last bool) {
	c.phase, c.answer, c.writes, c.due, c.last = answering, a, 0, due, last
	c.sent = c.sent[:0]
	s.proceed(c)
}

// resume goes on after waiting, first with the answer, then with requests that
// came early.
func (s *server) resume(c *conn) {
	s.proceed(c)
	if c.fd >= 0 && c.phase == reading && len(c.rest) > 0 {
		s.take(c, s.input[:copy(s.input, c.rest)])
	}
}

// proceed goes on with the answer as far as time and the kernel let it.
func (s *server) proceed(c *conn) {
	for range burst {
		switch {
		case s.blocked(c) || c.phase != answering:
			return
		case c.writes > len(c.answer.frames):
			s.finish(c)
			return
		case !s.passed(c.due):
			s.timers.set(c, c.due)
			return
		case !s.writeNext(c):
			s.close(c)
			return
		}
	}
	s.timers.set(c, epoll.Now())
}

// passed says whether a moment has come, and reads the clock only when the last
// reading does not tell.
func (s *server) passed(moment int64) bool {
	if moment > s.now {
		s.now = epoll.Now()
	}
	return moment <= s.now
}

// blocked says whether the connection cannot be written to now: because output
// is pending, for which the poller then watches, or because it had to be closed.
func (s *server) blocked(c *conn) bool {
	if wait := len(c.pending) > 0; wait != c.watched {
		c.watched = wait
		if err := s.poller.WatchOutput(c.fd, c.token, wait); err != nil {
			s.close(c)
			return true
		}
	}
	return c.watched
}

// writeNext makes the next write of the answer. False means that the connection
// is broken.
//
// The head and the first event are written apart, because between them is where
// a gateway can be slow unseen. Events that no delay keeps apart go out together:
// a write for each would make the mock, not the gateway, the busiest process of
// the machine (29 writes of 5 µs a stream).
func (s *server) writeNext(c *conn) bool {
	if c.writes == 0 {
		c.writes++
		s.schedule(c, 0)
		return c.write(c.answer.head(c.request.headOnly))
	}
	s.now = epoll.Now()
	now := llmapi.NewStamp(s.now)
	a, index := c.answer, c.writes-1
	from := a.frames[index].from
	for {
		c.stamp(&a.frames[index], now)
		c.writes++
		index++
		s.schedule(c, index)
		if to := a.frames[index-1].to; to-from >= mostTogether || !together(a, index) {
			return c.write(a.events[from:to])
		}
	}
}

// stamp writes the send times into an event that is sent now.
func (c *conn) stamp(f *frame, now llmapi.Stamp) {
	if f.delta {
		c.sent = append(c.sent, now)
	}
	for _, slot := range f.slots {
		c.sent[slot.Chunk].Put(c.answer.events, slot.Offset)
	}
}

// together says whether there is an event of this index and no delay before it.
func together(a *answer, index int) bool {
	return index < len(a.frames) && !a.frames[index].waits
}

// schedule says when the frame of this index is meant to be written. Delays
// count from the intended time of the write before, not from the actual one, so
// that lateness does not add up.
func (s *server) schedule(c *conn, index int) {
	a := c.answer
	switch {
	case a.pace == nil || index == len(a.frames):
	case index == 0:
		c.due += int64(a.pace.first(s.random))
	case a.frames[index].waits:
		c.due += int64(a.pace.next(len(c.sent), s.random))
	}
}

// finish ends an answer whose last byte the kernel has.
func (s *server) finish(c *conn) {
	if len(c.answer.frames) > 0 {
		s.stats.Whole++
	}
	if !c.last {
		c.phase = reading
		return
	}
	c.phase = draining
	if err := unix.Shutdown(c.fd, unix.SHUT_WR); err != nil { // the client was faster
		s.close(c)
		return
	}
	s.timers.set(c, epoll.Now()+int64(drainTime))
}
