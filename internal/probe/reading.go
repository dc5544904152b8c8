package probe

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/judge"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/load"
)

// maxAnswer bounds the memory for one answer, in bytes.
const maxAnswer = 64 << 20

// reading is one answer as it comes.
type reading struct {
	exchange.Answer
	api    llmapi.API
	ask    *ask
	size   int              // bytes of the body so far
	broken bench.ErrorClass // that Broken is of
	split  load.Events

	by      *judge.Judge
	checker *judge.Checker // of streams
	call    *judge.Call    // of answers that call a tool
	fault   *judge.Fault   // the first of the events
}

func newReading(api llmapi.API, a *ask) *reading {
	r := &reading{api: api, ask: a, by: judge.New(api)}
	if a.last().ToolCall {
		r.call = judge.NewCall(api)
	}
	if a.streams() {
		r.checker = r.by.Stream(llmapi.Stream{Shape: a.last().Shape, Usage: llmapi.WantsUsage(a.body)})
	}
	return r
}

// head takes the head of the answer.
func (r *reading) head(resp *http.Response) {
	r.Status, r.Proto, r.Headers, r.Head = resp.StatusCode, resp.Proto, resp.Header, moment()
}

// take takes the next bytes of the body.
func (r *reading) take(piece []byte, at time.Duration) error {
	r.size += len(piece)
	if r.size > maxAnswer {
		return fmt.Errorf("the answer has more than %d bytes", maxAnswer)
	}
	if !r.isStream() {
		r.Body = append(r.Body, piece...)
		return nil
	}
	for {
		name, data, rest, ok, err := r.split.Next(piece)
		if err != nil || !ok {
			return err
		}
		r.event(exchange.Event{At: at, Name: string(name), Data: bytes.Clone(data)})
		piece = rest
	}
}

func (r *reading) event(e exchange.Event) {
	if r.call != nil {
		r.call.Event(e.Data)
	} else {
		_, sent, fault := r.checker.Event([]byte(e.Name), e.Data)
		r.fault = cmp.Or(r.fault, fault)
		for _, ns := range sent {
			e.Sent = append(e.Sent, time.Duration(ns))
		}
	}
	r.Events = append(r.Events, e)
}

// broke notes in words why no whole answer came.
func (r *reading) broke(err error, timeout time.Duration) {
	var wrapped *url.Error
	if errors.As(err, &wrapped) {
		err = wrapped.Err
	}
	var dial *net.OpError
	r.broken, r.Broken = bench.ErrTruncated, err.Error()
	switch {
	case errors.Is(err, context.DeadlineExceeded):
		r.broken, r.Broken = bench.ErrTimeout, fmt.Sprintf("no whole answer within %v", timeout.Round(time.Millisecond))
	case errors.As(err, &dial) && dial.Op == "dial":
		r.broken = bench.ErrConnect
	case errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.EOF), errors.Is(err, unix.ECONNRESET):
		r.Broken = "the connection was closed before the end of the answer"
	}
}

// isStream reports whether the answer is read as events: SDKs that asked for a stream
// read any answer so that is well.
func (r *reading) isStream() bool {
	return r.ask.streams() && r.Status == http.StatusOK && !strings.HasPrefix(http.Header(r.Headers).Get("Content-Type"), "application/json")
}

// judge says what is wrong with an answer that is meant to be right.
func (r *reading) judge(s *Subject) {
	if r.ask.last().Fails() || r.ask.fails() && r.Status != http.StatusOK {
		return
	}
	if fault := r.wrong(); fault != nil {
		r.Class, r.Detail = fault.Class, s.Endpoint.Redact(fault.Detail)
	}
	r.Rewrites = r.by.Rewrites.Take()
	for i := range r.Rewrites {
		r.Rewrites[i].Arm, r.Rewrites[i].Mode = s.Arm, r.ask.mode
	}
}

func (r *reading) wrong() *judge.Fault {
	kind := http.Header(r.Headers).Get("Content-Type")
	switch {
	case r.Status == 0:
		return &judge.Fault{Class: r.broken, Detail: r.Broken}
	case r.Status != http.StatusOK:
		return &judge.Fault{Class: bench.ErrStatus, Detail: fmt.Sprintf("status %d where the mock sent 200; the body begins %.120q", r.Status, r.Body)}
	case r.ask.streams() && !strings.HasPrefix(kind, "text/event-stream"):
		return &judge.Fault{Class: bench.ErrBody, Detail: fmt.Sprintf("Content-Type %q where the mock sent text/event-stream", kind)}
	case r.fault != nil:
		return r.fault
	case r.Broken != "":
		return &judge.Fault{Class: r.broken, Detail: fmt.Sprintf("%s, after %d bytes of the body", r.Broken, r.size)}
	case r.call != nil && r.ask.streams():
		return r.call.End()
	case r.call != nil:
		return r.call.Body(r.Body)
	case r.ask.streams():
		if fault := r.checker.End(); fault != nil {
			return fault
		}
		id, ok := r.checker.ID()
		return r.mixedUp(id, ok)
	}
	return r.wrongJSON()
}

func (r *reading) wrongJSON() *judge.Fault {
	shape := r.ask.last().Shape
	shape.AnswerBytes = max(shape.AnswerBytes, llmapi.MinAnswerBytes(r.api))
	want := r.by.Expect(llmapi.JSONAnswer(r.api, shape), http.StatusOK)
	if want.Continues(0, r.Body) && len(r.Body) == len(want.Bytes()) {
		var id llmapi.ID
		ok := want.TakeID(&id, 0, r.Body)
		return r.mixedUp(id, ok)
	}
	if fault := want.Check(r.Body); fault != nil {
		return fault
	}
	id, ok := want.ID()
	return r.mixedUp(id, ok)
}

// mixedUp refuses the right answer to another request.
func (r *reading) mixedUp(id llmapi.ID, ok bool) *judge.Fault {
	var end llmapi.EndMark
	end.Feed(r.ask.body)
	own := llmapi.NewAnswerID(end.Nonce(), 0)
	if of := id.Of(); ok && of != "" && of != own.Of() {
		return &judge.Fault{Class: bench.ErrBody, Detail: fmt.Sprintf("the answer to another request: it belongs to the prompt that ends in %q, and this one ends in %q", of, own.Of())}
	}
	return nil
}
