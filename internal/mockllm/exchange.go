package mockllm

import (
	"encoding/json"
	"fmt"

	"github.com/org/proxy-bench-action/internal/epoll"
)

var continueLine = []byte("HTTP/1.1 100 Continue\r\n\r\n")

// ready serves a connection that can be read or written.
func (s *server) ready(e epoll.Event) {
	c := s.conns[e.Token-firstConn]
	if c.fd >= 0 && e.Writable {
		s.flush(c)
	}
	if c.fd >= 0 && e.Readable { // it may have been closed by now
		s.read(c, e.Ended)
	}
}

// flush writes what is pending and goes on.
func (s *server) flush(c *conn) {
	if !c.flush() {
		s.close(c)
		return
	}
	s.resume(c)
}

// read takes all input, since the poller reports it only once. A read that fills
// less than its room has taken the last of it, but has not seen the end.
func (s *server) read(c *conn, ended bool) {
	for {
		kept := copy(s.input, c.rest)
		n, err := epoll.Read(c.fd, s.input[kept:])
		switch {
		case err == epoll.ErrAgain:
			return
		case err != nil || n == 0: // the client is gone, perhaps inside a stream
			s.close(c)
			return
		}
		s.take(c, s.input[:kept+n])
		if c.fd < 0 || kept+n < len(s.input) && !ended {
			return
		}
	}
}

// take uses as much input as it can and keeps the rest.
func (s *server) take(c *conn, data []byte) {
	c.rest = c.rest[:0]
	if c.phase == reading {
		data = data[s.consume(c, data):]
	}
	switch {
	case c.fd < 0 || c.phase == draining:
	case len(data) > maxHead: // more pipelined input than any client needs
		s.close(c)
	default:
		c.rest = append(c.rest, data...)
	}
}

// consume reads requests out of data while they can be answered at once, and
// returns how much it used.
func (s *server) consume(c *conn, data []byte) (used int) {
	for c.fd >= 0 && c.phase == reading && used < len(data) {
		n, out := c.request.read(data[used:])
		used += n
		switch out {
		case needMore:
			return used
		case wantsContinue:
			if !c.write(continueLine) { // nothing can be pending between answers, and this fits any socket
				s.close(c)
			}
		case complete:
			s.respond(c)
		default:
			c.request.headOnly = false
			s.send(c, refusals[out], 0, true)
		}
	}
	return used
}

// respond answers the request that has just been read.
func (s *server) respond(c *conn) {
	r := &c.request
	if r.route == stats {
		s.observe(c)
	} else {
		s.stats.Requests++
	}
	var a *answer
	switch r.route {
	case health:
		a = healthAnswer
	case models:
		a = modelsAnswer
	case stats:
		a = c.make("200 OK", encode(s.counters()))
	case echo:
		a = c.make("200 OK", encode(echoed{"echo", string(r.method), string(r.target), r.received}))
	default:
		a = s.numbered(c)
	}
	var due int64 // 0: at once
	if a.pace != nil {
		s.now = epoll.Now()
		due = s.now + int64(a.pace.Latency.Sample(s.random))
	}
	s.send(c, a, due, r.head.Close || a.cut)
}

// numbered is the answer that the request asks for.
func (s *server) numbered(c *conn) *answer {
	r := &c.request
	s.stats.Answers++
	if !r.end.Whole() {
		s.stats.Truncated++
	}
	wanted := r.wanted.Number()
	if wanted >= len(s.answers) {
		return c.make("400 Bad Request", errorBody(fmt.Sprintf("the request asks for answer %d, and the mock has %d of them", wanted, len(s.answers)-1)))
	}
	a := s.answers[wanted].answer(int(r.route-answers), r.stream.Wants())
	if len(a.frames) > 0 {
		s.stats.Streams++
	}
	return a
}

// echoed is the answer to a request that is for nothing the mock knows.
type echoed struct {
	Object string `json:"object"`
	Method string `json:"method"`
	Path   string `json:"path"`
	Bytes  int64  `json:"bytes"` // of the request body
}

// make is an answer that is not a prepared one. It allocates.
func (c *conn) make(status string, body []byte) *answer {
	c.made.first = page(c.made.first[:0], status, body)
	return &c.made
}

func encode(v any) []byte {
	body, err := json.Marshal(v)
	if err != nil {
		panic(err) // a struct of strings and numbers
	}
	return body
}

// counters are the current ones, bytes of open connections included.
func (s *server) counters() Stats {
	now := s.stats
	for _, c := range s.conns {
		if c.fd >= 0 && !c.observer {
			now.Written += c.wrote
		}
	}
	return now
}

// observe removes a connection that asks for the counters from them.
func (s *server) observe(c *conn) {
	if !c.observer {
		c.observer = true
		s.stats.Connections--
		s.stats.Open--
	}
}
