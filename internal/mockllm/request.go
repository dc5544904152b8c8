package mockllm

import (
	"bytes"

	"github.com/org/proxy-bench-action/internal/http1"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// Limits of a request, above what real gateways send.
const (
	maxHead = 64 << 10
	maxBody = 64 << 20
)

// route is what a request is for.
type route uint8

const (
	echo route = iota // whatever the mock does not know
	health
	models
	stats
	answers // of the first API; those of the others follow
)

// statsPath is where the counters are read.
const statsPath = "/__mock/stats"

// The paths that the mock knows, by method.
var (
	apis  = llmapi.All()
	posts = apiRoutes()
	gets  = map[string]route{"/health": health, "/v1/models": models, statsPath: stats}
)

func apiRoutes() map[string]route {
	routes := map[string]route{}
	for i, api := range apis {
		routes[api.Path()] = answers + route(i)
	}
	return routes
}

// routeOf ignores the query. It does not allocate.
func routeOf(method, target []byte) route {
	path, _, _ := bytes.Cut(target, []byte{'?'})
	switch string(method) {
	case "POST":
		return posts[string(path)]
	case "GET", "HEAD":
		return gets[string(path)]
	}
	return echo
}

// outcome is how far reading a request has come.
type outcome uint8

const (
	needMore      outcome = iota
	wantsContinue         // the client waits for "100 Continue"
	complete
	malformed
	headTooLarge
	bodyTooLarge
)

// request reads one request after the other out of the bytes of a connection. Of
// the body it keeps only which answer it asks for. The zero request is ready for
// the first.
type request struct {
	inBody   bool
	head     http1.Head // its slices are valid only while the input is
	known    []byte     // the last head in bytes
	body     http1.Body
	received int64 // payload bytes of the body
	stream   llmapi.StreamFlag
	marked   bool // it may have the mark of an answer
	wanted   llmapi.AnswerWanted
	end      llmapi.EndMark

	route          route
	method, target []byte // copies, only for the echo
	headOnly       bool   // the answer has no body
}

// read takes bytes from the start of data and returns how many. What it did not
// use must come again in front of the next bytes. After complete it is ready for
// the next request; its fields keep their values until that one's head is read.
func (r *request) read(data []byte) (used int, out outcome) {
	if !r.inBody {
		used, out = r.readHead(data)
		if out != complete {
			return used, out
		}
	}
	for !r.body.Done() {
		run, n, err := r.body.Next(data[used:])
		used += n
		r.received += int64(len(run))
		r.stream.Feed(run)
		if r.marked {
			r.wanted.Feed(run)
		}
		r.end.Feed(run)
		switch {
		case err != nil:
			return used, malformed
		case r.received > maxBody:
			return used, bodyTooLarge
		case len(run) == 0 && !r.body.Done():
			return used, needMore
		}
	}
	r.inBody = false
	return used, complete
}

// readHead returns complete when the head is complete. A head that equals the last
// one is not parsed again: parsing is a twentieth of the cost of a small request.
func (r *request) readHead(data []byte) (used int, out outcome) {
	if used = len(r.known); used == 0 || !bytes.HasPrefix(data, r.known) {
		if used, out = r.parseHead(data); out != complete {
			return used, out
		}
	}
	r.begin()
	if r.head.Expect100 && !r.body.Done() && used == len(data) {
		return used, wantsContinue
	}
	return used, complete
}

// parseHead parses a head and keeps it.
func (r *request) parseHead(data []byte) (used int, out outcome) {
	r.known = r.known[:0]
	used, err := http1.ParseRequest(data, &r.head)
	switch {
	case err != nil:
		return 0, malformed
	case used > maxHead || used == 0 && len(data) >= maxHead:
		return 0, headTooLarge
	case used == 0:
		return 0, needMore
	case r.head.ContentLength > maxBody:
		return used, bodyTooLarge
	}
	r.route = routeOf(r.head.Method, r.head.Target)
	if r.route == echo {
		r.method = append(r.method[:0], r.head.Method...)
		r.target = append(r.target[:0], r.head.Target...)
	}
	r.headOnly = string(r.head.Method) == "HEAD"
	r.known = append(r.known, data[:used]...)
	return used, complete
}

// begin prepares for the body of the head that was read.
func (r *request) begin() {
	r.stream = llmapi.StreamFlag{}
	r.wanted = llmapi.AnswerWanted{}
	r.end = llmapi.EndMark{}
	r.received = 0
	r.inBody = true
	r.body.ResetRequest(&r.head)
}
