package mockllm

import (
	"errors"
	"net/http"
	"strconv"
	"time"

	"github.com/org/proxy-bench-action/internal/epoll"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/mockllm/wire"
)

// errCut ends an answer that is meant to be cut.
var errCut = errors.New("cut as the script has it")

// pieceBytes is the size of a write of a large body: what the kernel has taken so far is
// told while the client reads slowly.
const pieceBytes = 32 << 10

// acting is one answer in the making.
type acting struct {
	w    http.ResponseWriter
	r    *http.Request
	play exchange.Play
	api  llmapi.API
	got  *exchange.Received
	of   *performance
	id   llmapi.ID
	due  int64 // intended time of the next event
	wire *wire.Writer
}

func newActing(p *performance, w http.ResponseWriter, r *http.Request, api llmapi.API, got *exchange.Received, play exchange.Play) *acting {
	if play.Shape == (llmapi.Shape{}) {
		play.Shape = llmapi.DefaultShape()
	}
	var end llmapi.EndMark
	end.Feed(got.Body)
	id := llmapi.NewAnswerID(end.Nonce(), p.answered.Add(1))
	return &acting{w: w, r: r, play: play, api: api, got: got, of: p, id: id}
}

// answer plays the play. An error means that the answer did not come to its end.
func (a *acting) answer() error {
	if err := a.wait(a.play.Silence); err != nil {
		return err
	}
	for name, value := range a.play.Headers {
		a.w.Header().Set(name, value)
	}
	a.wire = wire.New(a.w, a.r, a.play.Pieces, a.play.Compress, a.written)
	switch {
	case a.play.Status != 0 && a.play.Status != http.StatusOK:
		return a.whole(a.play.Status, llmapi.ErrorBody(a.api, a.play.Status))
	case a.got.Stream:
		return a.stream()
	case a.play.ErrorEvent:
		return a.whole(http.StatusInternalServerError, llmapi.ErrorBody(a.api, http.StatusInternalServerError))
	case a.play.ToolCall:
		return a.whole(http.StatusOK, llmapi.CallAnswer(a.api))
	}
	shape := a.play.Shape
	shape.AnswerBytes = max(shape.AnswerBytes, llmapi.MinAnswerBytes(a.api))
	return a.whole(http.StatusOK, llmapi.JSONAnswer(a.api, shape))
}

// wait waits, unless the client goes away.
func (a *acting) wait(d time.Duration) error {
	if d <= 0 {
		return a.r.Context().Err()
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-a.r.Context().Done():
		return a.r.Context().Err()
	}
}

// written counts bytes that the connection has taken.
func (a *acting) written(n int) {
	a.of.mu.Lock()
	defer a.of.mu.Unlock()
	a.got.Written += int64(n)
}

// whole sends a body, or half of it.
func (a *acting) whole(status int, body []byte) error {
	for _, offset := range llmapi.IDs(body) {
		a.id.Put(body, offset)
	}
	a.w.Header().Set("Content-Type", "application/json")
	if a.wire.Plain() {
		a.w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	a.w.WriteHeader(status)
	var end error
	if a.play.Cut {
		body, end = body[:len(body)/2], errCut
	}
	for len(body) > 0 {
		n := min(pieceBytes, len(body))
		if err := a.wire.Send(body[:n]); err != nil {
			return err
		}
		body = body[n:]
	}
	return end
}

// stream sends the events, each with a write of its own.
func (a *acting) stream() error {
	a.w.Header().Set("Content-Type", "text/event-stream; charset=utf-8")
	a.w.Header().Set("Cache-Control", "no-cache")
	a.w.WriteHeader(http.StatusOK)
	if err := a.wire.Send(nil); err != nil {
		return err
	}
	a.due = epoll.Now()
	if err := a.next(a.play.FirstEvent); err != nil {
		return err
	}
	frames := a.frames()
	var sent []llmapi.Stamp // of the deltas so far
	for i := range frames {
		if frames[i].Kind == llmapi.Delta {
			if err := a.next(a.before(len(sent))); err != nil {
				return err
			}
			sent = append(sent, llmapi.NewStamp(epoll.Now()))
		}
		if err := a.wire.Send(a.filled(&frames[i], sent)); err != nil {
			return err
		}
	}
	if a.play.Cut {
		return errCut
	}
	return nil
}

// frames are the events that are sent: all of them, or those of the first half of the
// deltas where the play fails.
func (a *acting) frames() []llmapi.Frame {
	usage := llmapi.WantsUsage(a.got.Body)
	frames := llmapi.Frames(a.api, llmapi.Stream{Shape: a.play.Shape, Usage: usage})
	if a.play.ToolCall {
		frames = llmapi.CallFrames(a.api, usage)
	}
	if !a.play.Cut && !a.play.ErrorEvent {
		return frames
	}
	var deltas []int // where they are
	for i, f := range frames {
		if f.Kind == llmapi.Delta {
			deltas = append(deltas, i)
		}
	}
	frames = frames[:deltas[len(deltas)/2]]
	if a.play.ErrorEvent {
		frames = append(frames, llmapi.ErrorFrame(a.api, len(frames)))
	}
	return frames
}

// filled is an event with its ID and the moments at which its deltas are sent.
func (a *acting) filled(f *llmapi.Frame, sent []llmapi.Stamp) []byte {
	for _, offset := range f.IDs {
		a.id.Put(f.Bytes, offset)
	}
	for _, slot := range f.Slots {
		sent[slot.Chunk].Put(f.Bytes, slot.Offset)
	}
	return f.Bytes
}

// before is the wait in front of a delta.
func (a *acting) before(delta int) (d time.Duration) {
	if delta > 0 {
		d = a.play.Interval
	}
	if delta == a.play.PauseBefore {
		d += a.play.Pause
	}
	return d
}

// next waits until an event is due, so long after the one before it was: lateness does
// not add up.
func (a *acting) next(d time.Duration) error {
	if d <= 0 {
		return a.r.Context().Err()
	}
	a.due += int64(d)
	return a.wait(time.Duration(a.due - epoll.Now()))
}
