package load

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"sync/atomic"

	"github.com/org/proxy-bench-action/internal/llmapi"
)

// request is the request of a job as it is sent. All connections share its bytes.
type request struct {
	bytes []byte
	nonce int // where the nonce is in bytes; -1 without one
}

// nonces counts the requests of this process, so that no two are equal, whoever
// sends them. It begins anywhere, for gateways that remember the last run.
var nonces atomic.Uint32

func init() { nonces.Store(rand.Uint32()) }

// Fresh is a copy of a request body with a nonce of its own, for clients that are
// not timed.
func Fresh(body []byte) []byte {
	fresh := bytes.Clone(body)
	if at := llmapi.NonceAt(fresh); at >= 0 {
		llmapi.PutNonce(fresh[at:], nonces.Add(1))
	}
	return fresh
}

// wire is the whole request as it is sent.
func (c *Client) wire(job *Job) *request {
	r := c.wires[job]
	if r == nil {
		c.expected(job) // before the clock starts, too
		r = &request{bytes: append(c.head(job), job.Body...)}
		r.nonce = llmapi.NonceAt(r.bytes)
		c.wires[job] = r
	}
	return r
}

// head is the request line and the headers.
func (c *Client) head(job *Job) []byte {
	e := c.opt.Endpoint
	head := fmt.Appendf(nil, "POST %s HTTP/1.1\r\nHost: %s\r\n", e.Target(c.opt.API), c.addr)
	for _, h := range e.Complete(c.opt.API) {
		head = fmt.Appendf(head, "%s: %s\r\n", h.Name, h.Value)
	}
	return fmt.Appendf(head, "Content-Length: %d\r\n\r\n", len(job.Body))
}

// unsent is what is left to send of the request with a nonce. The nonce is written
// each time: other connections have written theirs since the last.
func (r *request) unsent(sent int, nonce uint32) []byte {
	if r.nonce >= 0 {
		llmapi.PutNonce(r.bytes[r.nonce:], nonce)
	}
	return r.bytes[sent:]
}
