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
	ids    []int // where in first the ID of the answer is written
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

// frame is one event with its chunk of the transfer encoding. Its ID and its send
// times are written in place just before it is sent. All connections can share it,
// because the kernel has its own copy when the write returns.
type frame struct {
	from, to int           // in the answer's events
	slots    []llmapi.Slot // with offsets in the answer's events
	ids      []int         // in the answer's events
	delta    bool
	waits    bool // for the interval after the delta before it
}

const (
	streamStart = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream; charset=utf-8\r\nCache-Control: no-cache"
	streamHead  = streamStart + "\r\nTransfer-Encoding: chunked\r\n\r\n"
	// closing is the field of a head after whose message the connection is closed.
	closing = "\r\nConnection: close"
)

// page appends a response with a JSON body to dst.
func page(dst []byte, status string, body []byte) []byte {
	dst = fmt.Appendf(dst, "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n", status, len(body))
	return append(dst, body...)
}

// errorBody is the body of a response to a request that the mock cannot answer.
func errorBody(message string) []byte {
	var e struct {
		Error struct {
			Type    string `json:"type"`
			Message string `json:"message"`
		} `json:"error"`
	}
	e.Error.Type, e.Error.Message = "invalid_request_error", message
	return encode(e)
}

// modelBody describes one model, whichever is asked for.
func modelBody(id string) []byte {
	return encode(struct {
		ID      string `json:"id"`
		Object  string `json:"object"`
		Created int64  `json:"created"`
		OwnedBy string `json:"owned_by"`
	}{id, "model", 1767225600, "proxy-bench"})
}

var (
	healthBody = []byte(`{"status":"ok"}`)
	modelsBody = fmt.Appendf(nil, `{"object":"list","data":[%s]}`, modelBody("bench-model"))
	// embeddingsBody is one small vector, for gateways that ask for one when they start.
	embeddingsBody = []byte(`{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.6,-0.8,0,0]}],` +
		`"model":"bench-model","usage":{"prompt_tokens":1,"total_tokens":1}}`)
)
