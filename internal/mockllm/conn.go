package mockllm

import (
	"container/heap"

	"github.com/org/proxy-bench-action/internal/epoll"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// phase is what a connection is doing.
type phase uint8

const (
	reading   phase = iota // a request, or waiting for one
	answering              // what the client sends meanwhile is kept for later
	draining               // the last answer is out; input is dropped until the client closes too
)

// conn is one accepted connection. It is reused when it is closed.
type conn struct {
	fd       int
	token    int32
	phase    phase
	observer bool // asks for the counters or is from the doors, and is not counted

	request request
	rest    []byte // input that was not used yet

	answer *answer
	writes int            // of the answer that are done
	due    int64          // intended time of the next write
	id     llmapi.ID      // of the answer
	sent   []llmapi.Stamp // send times of the stream's chunks so far
	last   bool           // the connection is closed after the answer

	made    answer // reused for answers that are not prepared ones
	pending []byte // output that the kernel had no room for
	watched bool   // the poller watches for that room
	wrote   int64  // bytes that the kernel has taken

	wake     int64 // see timers
	position int
}

// reset makes a used or new conn ready for the connection fd.
func (c *conn) reset(fd int, within int64, key string, inner bool) {
	*c = conn{
		fd: fd, token: c.token, position: idle, observer: inner,
		request: request{within: within, key: key, known: c.request.known[:0], method: c.request.method[:0], path: c.request.path[:0], inner: inner},
		rest:    c.rest[:0],
		sent:    c.sent[:0],
		made:    answer{first: c.made.first[:0]},
		pending: c.pending[:0],
	}
}

// write hands b to the kernel and keeps what it does not take as pending. Nothing
// else may be pending. False means that the connection is broken.
func (c *conn) write(b []byte) bool {
	n, err := epoll.Write(c.fd, b)
	if err != nil && err != epoll.ErrAgain {
		return false
	}
	c.wrote += int64(n)
	c.pending = append(c.pending[:0], b[n:]...)
	return true
}

// flush writes what is pending, as far as the kernel takes it.
func (c *conn) flush() bool { return len(c.pending) == 0 || c.write(c.pending) }

// timers is a heap of the connections that wait for a moment, earliest first.
type timers []*conn

// idle is the position of a connection that does not wait.
const idle = -1

// set makes c wait until wake instead of any moment before.
func (t *timers) set(c *conn, wake int64) {
	c.wake = wake
	if c.position == idle {
		heap.Push(t, c)
	} else {
		heap.Fix(t, c.position)
	}
}

// unset makes c wait no longer.
func (t *timers) unset(c *conn) {
	if c.position != idle {
		heap.Remove(t, c.position)
	}
}

// next is the earliest moment, epoll.Never when there is none.
func (t timers) next() int64 {
	if len(t) == 0 {
		return epoll.Never
	}
	return t[0].wake
}

// The methods of heap.Interface; use set, unset and next.

func (t timers) Len() int           { return len(t) }
func (t timers) Less(i, j int) bool { return t[i].wake < t[j].wake }

func (t timers) Swap(i, j int) {
	t[i], t[j] = t[j], t[i]
	t[i].position, t[j].position = i, j
}

func (t *timers) Push(c any) {
	c.(*conn).position = len(*t)
	*t = append(*t, c.(*conn))
}

func (t *timers) Pop() any {
	last := len(*t) - 1
	c := (*t)[last]
	(*t)[last] = nil
	*t = (*t)[:last]
	c.position = idle
	return c
}
