package load

import (
	"errors"
	"fmt"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/epoll"
)

// conn is one connection and the request on it.
type conn struct {
	token      int32
	fd         int   // -1 when there is none
	connecting bool  // it is being made; its poller event tells how that ended
	dialed     int64 // when that was begun
	made       int64 // when it was there
	rested     int64 // when it was last freed, in an open loop
	slow       bool  // it is among the slow ones that are counted
	used       bool  // this connection has brought an answer before

	asked   int  // requests started in this slice
	counts  bool // the request in flight is an observation if its answer is right
	trailed bool // it has sent what keeps the load up at the end of the slice
	busy    bool // a request is in flight, or waits for its connection
	stopped bool // starts no more requests in this slice
	request *request
	nonce   uint32 // of the request in flight
	sent    int    // bytes of the request
	began   int64  // when it was to be sent, connecting included
	full    bool   // the kernel took only a part of it; the poller watches for room
	rest    []byte // input that the answer has not used
	answer  answer
}

// close closes the connection, if there is one.
func (cn *conn) close() {
	if cn.fd >= 0 {
		_ = epoll.Close(cn.fd) // nothing is buffered on our side that could be lost
		cn.fd = -1
	}
	cn.rest, cn.full, cn.connecting = cn.rest[:0], false, false
}

// dial begins to open cn's connection.
func (c *Client) dial(cn *conn) error {
	fd, made, err := epoll.Dial(c.addr)
	if err != nil {
		return err
	}
	if err := c.poller.Add(fd, cn.token); err != nil {
		return errors.Join(err, epoll.Close(fd))
	}
	cn.fd, cn.used, cn.slow, cn.connecting, cn.dialed = fd, false, false, !made, epoll.Now()
	if made {
		cn.made = cn.dialed
		return epoll.DelayAcks(fd)
	}
	cn.full = true
	return c.poller.WatchOutput(fd, cn.token, true)
}

// slowConnect separates connections that waited for a place in the accept queue.
// Without that wait they are made at once, and with it after a second, when the
// kernel asks again.
const slowConnect = 100 * time.Millisecond

// connected ends the attempt to connect cn, which has succeeded or failed.
func (s *slice) connected(cn *conn) {
	now := epoll.Now()
	cn.connecting, cn.full, cn.made = false, false, now
	err := epoll.Connected(cn.fd)
	if err == nil {
		err = errors.Join(s.poller.WatchOutput(cn.fd, cn.token, false), epoll.DelayAcks(cn.fd))
	}
	ours := int(cn.token) < len(s.using) // else it is of an earlier slice with more
	if ours && now-cn.dialed > int64(slowConnect) {
		s.slow(cn)
	}
	switch {
	case err != nil && !ours:
		cn.close()
	case err != nil:
		s.refused(cn, fmt.Errorf("connect to %s: %w", s.addr, err))
	case cn.busy:
		cn.answer.obs.Connected = now - cn.answer.start
		s.write(cn)
	case s.begun && ours && !cn.stopped:
		s.loop.freed(s, cn)
	}
}

// slow counts a connection that took long to be made, once.
func (s *slice) slow(cn *conn) {
	if !cn.slow {
		cn.slow = true
		s.out.SlowConnects++
	}
}

// half reports whether the request on cn waits since the connection is made on our
// side alone, which is one more thing that a full queue does.
func (s *slice) half(cn *conn, now int64) bool {
	if cn.used || cn.sent == 0 || now-cn.made < int64(slowConnect) || epoll.Acknowledged(cn.fd) {
		return false
	}
	s.slow(cn)
	return true
}

// refused counts a connection that could not be made, with the request that waited
// for it. The next slice tries again. It fails the slice when the reason is ours.
func (s *slice) refused(cn *conn, err error) {
	if epoll.Exhausted(err) && s.failed == nil {
		s.failed = fmt.Errorf("%w: a limit of this machine or process, not of what is measured; "+
			"raise it (ulimit -n, docker run --ulimit nofile=N) or lower the concurrency", err)
	}
	s.count(bench.ErrConnect, err.Error())
	if cn.busy {
		s.out.Sent-- // it has not left
	}
	cn.close()
	cn.stopped = true
	s.idle(cn)
}

// idle notes that cn's request is over.
func (s *slice) idle(cn *conn) {
	if !cn.busy {
		return
	}
	cn.busy = false
	s.busy--
	if cn.counts {
		s.counting--
	}
}

// pending counts the connections that are being made before their first request.
func (s *slice) pending() (n int) {
	for _, cn := range s.using {
		if cn.connecting && !cn.busy && !cn.stopped {
			n++
		}
	}
	return n
}
