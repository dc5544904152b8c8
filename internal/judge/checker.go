package judge

import (
	"bytes"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// Checker compares one stream after the other with what the backend sent. Make
// one per connection. Reset, Event and End allocate nothing for right streams.
//
// The rules:
//   - The texts of the deltas together are the text that was sent. In how many
//     pieces it comes is free.
//   - A chunk that came before is ErrRepeated. A chunk that comes after a later
//     chunk or after the terminal event is ErrReordered, not ErrLost.
//   - A chunk that has not come by the end is ErrLost if the terminal event came.
//     Without the terminal event the stream is ErrNoEnd, whatever else it lacks.
//   - ErrBody is any other text, in a delta or where an event repeats it, and any
//     other value that an official SDK reads.
//   - ErrEvent is an event that an SDK needs and that did not come, came twice, in
//     the wrong place, or without the name by which the SDK finds it.
//   - ErrFailed is an error of the gateway's own inside the stream.
//   - Everything else is a rewrite; see Judge.
//   - The first fault of a stream is the one reported.
type Checker struct {
	judge *Judge
	*plan
	times []llmapi.Stamp // of the chunks that came

	at        int      // the frame that comes next if all goes on as sent
	came      uint32   // a bit for each step
	seen      []uint64 // a bit for each chunk
	count     int      // chunks that came whole
	chunk     int      // the one whose text comes next
	offset    int      // in its text
	id        llmapi.ID
	hasID     bool
	readID    llmapi.ID // in an event that was read, where SDKs do not compare it
	hasReadID bool
	named     [idKinds][]byte // the ids that came first, empty before
	strange   bool            // those are not the backend's
	ended     bool            // the terminal event came
	fault     *Fault

	lastTime llmapi.Stamp // the last one that was read
	lastSent int64        // what it says

	thoughts  uint64 // a bit for each part that is none of the answer
	rewritten bool   // an event was not as it was sent
	sentTime  []int64
}

// Stream prepares a checker for the streams that llmapi.Frames writes.
func (j *Judge) Stream(stream llmapi.Stream) *Checker {
	return (&Checker{judge: j, plan: newPlan(j, stream)}).Another()
}

// Another is a new checker of the same streams that shares the prepared frames,
// so that a thousand connections do not take a thousand times the memory. Both
// must be used by one goroutine.
func (c *Checker) Another() *Checker {
	return &Checker{
		judge: c.judge, plan: c.plan,
		times:    make([]llmapi.Stamp, c.Shape.Chunks),
		seen:     make([]uint64, (c.Shape.Chunks+63)/64),
		sentTime: make([]int64, 0, c.Shape.Chunks),
		lastTime: llmapi.NewStamp(0),
	}
}

// Reset makes the checker ready for the next stream.
func (c *Checker) Reset() {
	clear(c.seen)
	c.at, c.came, c.count, c.chunk, c.offset = 0, 0, 0, 0, 0
	c.hasID, c.hasReadID, c.ended, c.fault = false, false, false, nil
	c.thoughts, c.rewritten, c.strange = 0, false, false
	for kind := range c.named {
		c.named[kind] = c.named[kind][:0]
	}
	c.sentTime = c.sentTime[:0]
}

// Event takes the name and the data of the next event. It returns the event's
// kind, the send times in nanoseconds of the chunks that it completed (valid until
// the next call), and what is wrong with it, nil if nothing is. An event that adds
// no text is no Delta, whatever it is called.
func (c *Checker) Event(name, data []byte) (kind llmapi.Kind, sentNS []int64, fault *Fault) {
	c.sentTime = c.sentTime[:0]
	if f := c.asSent(name, data); f != nil {
		kind, fault = f.Kind, c.pass(f)
	} else {
		c.rewritten = true
		kind, fault = c.read(name, data)
	}
	if kind == llmapi.Terminal {
		c.ended = true
	}
	if c.fault == nil {
		c.fault = fault
	}
	return kind, c.sentTime, fault
}

// asSent returns the frame that the backend sends in this place of the stream if
// the event equals it byte for byte, with one ID and the same send times in the
// whole stream. Otherwise it returns nil, and the event has to be read, since it
// may still be right.
//
// Most gateways pass events on unchanged, and comparing them costs a fraction of
// reading them.
func (c *Checker) asSent(name, data []byte) *llmapi.Frame {
	if c.at == len(c.sent) || c.strange {
		return nil
	}
	f := &c.sent[c.at]
	want := f.Data()
	if len(data) != len(want) || !bytes.Equal(name, f.Name) {
		return nil
	}
	if f.Kind == llmapi.Delta && (c.offset != 0 || c.chunk != f.Slots[0].Chunk) {
		return nil
	}
	id := c.id
	for i, offset := range f.IDs {
		if offset -= f.DataAt; i == 0 && !c.hasID {
			if !llmapi.IsID(data[offset:]) {
				return nil
			}
			id = llmapi.ID(data[offset:])
		}
		id.Put(want, offset)
	}
	for _, slot := range f.Slots {
		if f.Kind == llmapi.Delta {
			c.times[slot.Chunk] = llmapi.Stamp(data[slot.Offset-f.DataAt:])
		}
		c.times[slot.Chunk].Put(f.Bytes, slot.Offset)
	}
	if !bytes.Equal(data, want) {
		return nil
	}
	if len(f.IDs) > 0 {
		c.id, c.hasID = id, true
	}
	return f
}

// pass takes an event that came as it was sent.
func (c *Checker) pass(f *llmapi.Frame) *Fault {
	c.at++
	if fault := c.enter(c.stepOf[c.at-1]); fault != nil || f.Kind != llmapi.Delta {
		return fault
	}
	return c.complete()
}

// enter takes an event that is this step of the life cycle.
func (c *Checker) enter(s int) *Fault {
	step, bit := &c.judge.meaning.steps[s], uint32(1)<<s
	later := c.came &^ (2*bit - 1) &^ c.loose
	missing := c.needed & (bit - 1) &^ c.came
	again := c.came&bit != 0 && step.kind != llmapi.Delta
	c.came |= bit
	switch {
	case c.loose&bit != 0:
		return nil
	case again:
		return faulty(bench.ErrEvent, "%s came a second time", step.name)
	case later != 0 && step.kind == llmapi.Delta:
		return faulty(bench.ErrReordered, "%s came after %s", step.name, c.names(later))
	case later != 0:
		return faulty(bench.ErrEvent, "%s came after %s", step.name, c.names(later))
	case missing&c.terminal != 0:
		return faulty(bench.ErrNoEnd, "%s came, but before it no %s", step.name, c.names(missing))
	case missing != 0:
		return faulty(bench.ErrEvent, "%s came, but before it no %s", step.name, c.names(missing))
	}
	return nil
}

// names lists steps.
func (c *Checker) names(steps uint32) (list string) {
	for s, step := range c.judge.meaning.steps {
		if steps&(1<<s) != 0 {
			list += ", " + step.name
		}
	}
	return list[2:]
}

// End returns the stream's first fault; nil for a right stream.
func (c *Checker) End() *Fault {
	if c.rewritten && c.noted < notedAnswers {
		c.noted++
	}
	switch missing := c.needed &^ c.came; {
	case c.fault != nil:
		return c.fault
	case !c.ended:
		return faulty(bench.ErrNoEnd, "the stream ended without %s", c.names(c.terminal))
	case c.count < c.Shape.Chunks:
		return faulty(bench.ErrLost, "the stream ended with %d of %d chunks", c.count, c.Shape.Chunks)
	case missing != 0:
		return faulty(bench.ErrEvent, "the stream ended without %s", c.names(missing))
	}
	return nil
}

// noting reports whether the rewrites of this stream are looked for.
func (c *Checker) noting() bool { return c.noted < notedAnswers }

// ID is that of the stream. ok is false if the gateway gives names of its own.
func (c *Checker) ID() (id llmapi.ID, ok bool) {
	if c.hasID {
		return c.id, true
	}
	return c.readID, c.hasReadID
}

func (c *Checker) wholeText() []byte {
	text := bytes.Clone(c.text)
	for chunk, time := range c.times {
		if c.has(chunk) {
			time.Put(text, c.starts[chunk]+llmapi.TimeOffset)
		}
	}
	return text
}

func (c *Checker) has(chunk int) bool { return c.seen[chunk/64]&(1<<(chunk%64)) != 0 }
