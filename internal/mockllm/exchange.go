package mockllm

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
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
		if !c.request.inBody && !c.observer && s.doors.performance.on.Load() {
			s.handOver(c, data[used:])
			return len(data)
		}
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
		case handOver:
			s.handOver(c, data[used:])
			return len(data)
		default:
			s.refuse(c, out, data[used:])
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
	s.asked[r.route]++
	a := s.answer(c)
	if s.asking != nil && r.route != stats {
		line, _, _ := bytes.Cut(a.first, []byte("\r\n"))
		s.asking(Asked{string(r.method), string(r.path), r.received, len(a.frames) > 0, strings.TrimPrefix(string(line), "HTTP/1.1 ")})
	}
	var due int64 // 0: at once
	if a.pace != nil {
		s.now = epoll.Now()
		due = s.now + int64(a.pace.Latency.Sample(s.random))
	}
	s.send(c, a, due, r.head.Close || r.head.Old() || a.cut)
}

// answer is what the request gets.
func (s *server) answer(c *conn) *answer {
	r := &c.request
	switch r.route {
	case health:
		return c.make("200 OK", healthBody)
	case models:
		return c.make("200 OK", modelsBody)
	case model:
		return c.make("200 OK", modelBody(string(r.path[len(modelPath):])))
	case embeddings:
		return c.make("200 OK", embeddingsBody)
	case stats:
		return c.make("200 OK", encode(s.counters()))
	case unknown:
		return s.cannot(c, "404 Not Found", "the mock does not serve this path",
			fmt.Sprintf("the mock backend does not serve %s %s; it serves %s", r.method, r.path, served))
	case wrongMethod:
		allowed := methodsOf(r.path)
		return s.cannot(c, "405 Method Not Allowed\r\nAllow: "+allowed, "the mock serves this path for "+allowed,
			fmt.Sprintf("the mock backend serves %s for %s", r.path, allowed))
	default:
		return s.numbered(c)
	}
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
		return s.cannot(c, "400 Bad Request", "it asks for an answer that the mock does not have",
			fmt.Sprintf("the request asks for answer %d, and the mock has %d of them", wanted, len(s.answers)-1))
	}
	a := s.answers[wanted].answer(int(r.route-answers), r.form())
	if len(a.frames) > 0 {
		s.stats.Streams++
	}
	return a
}

// cannot is the answer to a request that the mock cannot serve, and notes that.
func (s *server) cannot(c *conn, status, reason, message string) *answer {
	s.note(c, status, reason)
	return c.make(status, errorBody(message))
}

// note adds the request of a connection to those that could not be served.
func (s *server) note(c *conn, status, reason string) {
	r := &c.request
	code, _ := strconv.Atoi(status[:3])
	s.unserved.add(bench.Unserved{
		Method: string(r.method), Path: string(r.path), Status: code, Reason: reason,
		First: time.Duration(epoll.Now() - s.started).Seconds(),
	})
}

// refuse answers a request that is not read to its end, and closes the
// connection. The rest is what of it is not read yet.
func (s *server) refuse(c *conn, out outcome, rest []byte) {
	status, reason := "400 Bad Request", ""
	switch out {
	case headTooLarge:
		status, reason = "431 Request Header Fields Too Large", "the request head has more than 64 KB"
	case bodyTooLarge:
		status, reason = "413 Content Too Large", "the request body has more than 64 MB"
	default:
		reason = reasonOf(c.request.fault, rest)
	}
	c.request.headOnly = false
	s.note(c, status, reason)
	c.made.first = page(c.made.first[:0], status+closing, errorBody(reason))
	s.send(c, &c.made, 0, true)
}

// make is an answer that is not a prepared one.
func (c *conn) make(status string, body []byte) *answer {
	if c.request.head.Old() {
		status += closing
	}
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
	now.ByPath = map[string]int64{}
	for r, n := range s.asked {
		if path := kinds[route(r)]; path != "" && n > 0 && route(r) != stats {
			now.ByPath[path] = n
		}
	}
	now.Unserved = s.unserved.list()
	s.doors.count(&now)
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
