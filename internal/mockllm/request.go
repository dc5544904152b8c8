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

// outcome is how far reading a request has come.
type outcome uint8

const (
	needMore      outcome = iota
	wantsContinue         // the client waits for "100 Continue"
	complete
	handOver // to the doors: this is not for the loop
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
	usage    llmapi.UsageFlag
	within   int64 // bytes of a body that may have the mark of an answer; 0: none has
	wanted   llmapi.AnswerWanted
	end      llmapi.EndMark

	route        route
	method, path []byte // copies
	headOnly     bool   // the answer has no body
	inner        bool   // it comes from the doors
	key          string // of [Settings]
	fault        error  // of a request that is malformed
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
		if r.route >= answers && apis[r.route-answers].AsksUsage() {
			r.usage.Feed(run)
		}
		if r.received <= r.within {
			r.wanted.Feed(run)
		}
		r.end.Feed(run)
		switch {
		case err != nil:
			r.fault = err
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
// Blank lines in front of it are skipped (RFC 9112, 2.2).
func (r *request) readHead(data []byte) (used int, out outcome) {
	blank := 0
	for bytes.HasPrefix(data[blank:], lineEnd) {
		blank += len(lineEnd)
	}
	if data = data[blank:]; len(data) == 0 || data[0] == '\r' && len(data) == 1 {
		return blank, needMore
	}
	if used = len(r.known); used == 0 || !bytes.HasPrefix(data, r.known) {
		if used, out = r.parseHead(data); out != complete {
			return blank + used, out
		}
	}
	r.begin()
	used += blank
	// A client that speaks HTTP/1.0 does not wait for it (RFC 9110, 10.1.1).
	if r.head.Expect100 && !r.head.Old() && !r.body.Done() && used == blank+len(data) {
		return used, wantsContinue
	}
	return used, complete
}

var lineEnd = []byte("\r\n")

// preface is what a client sends first that knows a server of HTTP/2 (RFC 9113, 3.4).
var preface = []byte("PRI * HTTP/2.0\r\n")

// parseHead parses a head and keeps it.
func (r *request) parseHead(data []byte) (used int, out outcome) {
	r.known = r.known[:0]
	if bytes.HasPrefix(data, preface) && !r.inner {
		return 0, handOver
	}
	r.head = http1.Head{}
	used, err := http1.ParseRequest(data, &r.head)
	r.method = append(r.method[:0], r.head.Method...)
	r.path = append(r.path[:0], pathOf(r.head.Target)...)
	switch {
	case err != nil:
		r.fault = err
		return 0, malformed
	case used > maxHead || used == 0 && len(data) >= maxHead:
		return 0, headTooLarge
	case used == 0:
		return 0, needMore
	case !r.inner && (r.head.ContentEncoding != nil || string(r.path) == scriptsPath && opens(r.key, r.head.Target)):
		return 0, handOver
	case r.head.ContentLength > maxBody:
		return used, bodyTooLarge
	}
	r.route = routeOf(r.head.Method, r.head.Target)
	if r.route == stats && !opens(r.key, r.head.Target) {
		r.route = unknown // to whom the gateway's code is not trusted, there is no such path
	}
	r.headOnly = string(r.head.Method) == "HEAD"
	r.known = append(r.known, data[:used]...)
	return used, complete
}

// begin prepares for the body of the head that was read.
func (r *request) begin() {
	r.stream = llmapi.StreamFlag{}
	r.usage = llmapi.UsageFlag{}
	r.wanted = llmapi.AnswerWanted{}
	r.end = llmapi.EndMark{}
	r.received = 0
	r.inBody = true
	r.body.ResetRequest(&r.head)
}
