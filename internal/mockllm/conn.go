package mockllm

import (
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
	observer bool // asks for the counters, and is not counted

	request request
	rest    []byte // input that was not used yet

	answer *answer
	writes int            // of the answer that are done
	due    int64          // intended time of the next write
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
func (c *conn) reset(fd int, marked bool) {
	*c = conn{
		fd: fd, token: c.token, position: idle,
		request: request{marked: marked, known: c.request.known[:0], method: c.request.method[:0], target: c.request.target[:0]},
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
