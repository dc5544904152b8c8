package mockllm

import (
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/epoll"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

const (
	// burst is the number of writes of one answer before other connections are
	// served.
	burst = 64
	// mostTogether is the size in bytes from which a write takes no further event.
	mostTogether = 16 << 10
	// drainTime is how long the mock waits for the client to close. Closing first,
	// with unread input, would reset the connection and lose the answer.
	drainTime = time.Second
)

// send starts an answer that is meant to begin at due, 0 for at once.
func (s *server) send(c *conn, a *answer, due int64, last bool) {
	c.phase, c.answer, c.writes, c.due, c.last = answering, a, 0, due, last
	c.sent = c.sent[:0]
	s.answered++
	c.id = llmapi.NewAnswerID(c.request.end.Nonce(), s.answered)
	s.proceed(c)
}

// resume continues after a wait: with the answer, then with requests that came
// early.
func (s *server) resume(c *conn) {
	s.proceed(c)
	if c.fd >= 0 && c.phase == reading && len(c.rest) > 0 {
		s.take(c, s.input[:copy(s.input, c.rest)])
	}
}

// proceed continues the answer as far as its delays and the kernel allow.
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

// passed reports whether a moment has come. It reads the clock only if the last
// reading does not decide that.
func (s *server) passed(moment int64) bool {
	if moment > s.now {
		s.now = epoll.Now()
	}
	return moment <= s.now
}

// blocked reports whether the connection cannot be written to now: output is
// pending, and the poller watches for room, or it had to be closed.
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
// The head and the first event are separate writes, so that a gateway which waits
// between them shows. Events without a delay between them are one write: a write
// for each would make the mock, not the gateway, the busiest process of the
// machine (29 writes of 5 µs per stream).
func (s *server) writeNext(c *conn) bool {
	if c.writes == 0 {
		c.writes++
		s.schedule(c, 0)
		for _, offset := range c.answer.ids {
			c.id.Put(c.answer.first, offset)
		}
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

// stamp writes the ID and the send times into an event that is about to be sent.
func (c *conn) stamp(f *frame, now llmapi.Stamp) {
	if f.delta {
		c.sent = append(c.sent, now)
	}
	for _, offset := range f.ids {
		c.id.Put(c.answer.events, offset)
	}
	for _, slot := range f.slots {
		c.sent[slot.Chunk].Put(c.answer.events, slot.Offset)
	}
}

// together reports whether there is an event of this index without a delay before it.
func together(a *answer, index int) bool {
	return index < len(a.frames) && !a.frames[index].waits
}

// schedule sets the intended time of writing the frame of this index. Delays count
// from the intended time of the write before, so that lateness does not add up.
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

// finish ends an answer that the kernel has taken.
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
