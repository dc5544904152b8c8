package mockllm

import (
	"bytes"
	"fmt"

	"github.com/org/proxy-bench-action/internal/llmapi"
)

// answer is a response as it goes over the wire: first a whole response or the
// head of a stream, then the events.
type answer struct {
	first  []byte
	events []byte
	frames []frame
	pace   *numbered // when its parts are sent; nil: at once
	cut    bool      // the connection is closed after it
}

// head is what is written first. With only set it is cut to the head, for a
// request with the method HEAD.
func (a *answer) head(only bool) []byte {
	if !only {
		return a.first
	}
	return a.first[:bytes.Index(a.first, []byte("\r\n\r\n"))+4]
}

// frame is one event with its chunk of the transfer encoding. Its send times are
// written in place just before it is sent. All connections can share it, because
// the kernel has its own copy when the write returns.
type frame struct {
	from, to int           // in the answer's events
	slots    []llmapi.Slot // with offsets in the answer's events
	delta    bool
	waits    bool // for the interval after the delta before it
}

const streamHead = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\n" +
	"Cache-Control: no-cache\r\nTransfer-Encoding: chunked\r\n\r\n"

// page appends a response with a JSON body to dst.
func page(dst []byte, status string, body []byte) []byte {
	dst = fmt.Appendf(dst, "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", status, len(body))
	return append(dst, body...)
}

// errorBody is the body of a response to a request that the mock cannot answer.
func errorBody(message string) []byte {
	return fmt.Appendf(nil, `{"error":{"type":"invalid_request_error","message":"%s"}}`, message)
}

// refusal answers a request that is not read to its end.
func refusal(status, message string) *answer {
	return &answer{first: page(nil, status+"\r\nConnection: close", errorBody(message))}
}

var refusals = map[outcome]*answer{
	malformed:    refusal("400 Bad Request", "not HTTP/1.1"),
	headTooLarge: refusal("431 Request Header Fields Too Large", "the request head has more than 64 KB"),
	bodyTooLarge: refusal("413 Content Too Large", "the request body has more than 64 MB"),
}

// The answers that never change.
var (
	healthAnswer = &answer{first: page(nil, "200 OK", []byte(`{"status":"ok"}`))}
	modelsAnswer = &answer{first: page(nil, "200 OK",
		[]byte(`{"object":"list","data":[{"id":"bench-model","object":"model","created":1767225600,"owned_by":"proxy-bench"}]}`))}
)
