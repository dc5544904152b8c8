package llmapi

import (
	"bytes"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Checker compares one stream after the other with what the backend sent. Make
// one per connection; Reset, Event and End allocate nothing.
//
// The rules:
//   - The text of every chunk comes once, whole, inside one delta event. Deltas
//     may be merged (several marks in one event), but not split.
//   - A chunk that came before is ErrRepeated. A chunk that comes after a later
//     chunk or after the terminal event is ErrReordered, not ErrLost.
//   - A chunk that has not come by the end is ErrLost if the terminal event came.
//     Without the terminal event the stream is ErrNoEnd, whatever else it lacks.
//   - ErrBody is a mark that the backend did not write, a wrong text, a delta
//     without a mark, and an event (such as response.completed) that repeats the
//     text wrongly or in part. An event may leave the repeated text out.
//   - The first fault of a stream is the one reported.
type Checker struct {
	dialect *dialect
	shape   Shape
	sent    []Frame // shared with the checkers from Another; see asSent
	times   []Stamp // of the chunks whose deltas came as sent

	events   int      // of the stream so far
	seen     []uint64 // a bit for each chunk
	count    int      // chunks seen
	next     int      // one after the highest chunk seen
	ended    bool     // the terminal event came
	fault    bench.ErrorClass
	sentTime []int64 // of the chunks of the last event
}

// NewChecker prepares a checker for streams of Frames(api, shape).
func NewChecker(api API, shape Shape) *Checker {
	return (&Checker{dialect: api.dialect(), shape: shape, sent: Frames(api, shape)}).Another()
}

// Another is a new checker of the same streams that shares the prepared frames,
// so that a thousand connections do not take a thousand times the memory. Both
// must be used by one goroutine.
func (c *Checker) Another() *Checker {
	return &Checker{
		dialect: c.dialect, shape: c.shape, sent: c.sent,
		times:    make([]Stamp, c.shape.Chunks),
		seen:     make([]uint64, (c.shape.Chunks+63)/64),
		sentTime: make([]int64, 0, c.shape.Chunks),
	}
}

// Reset makes the checker ready for the next stream.
func (c *Checker) Reset() {
	clear(c.seen)
	c.events, c.count, c.next, c.ended, c.fault = 0, 0, 0, false, ""
	c.sentTime = c.sentTime[:0]
}

// Event takes the data of the next event. It returns the event's kind, the
// send times in nanoseconds of the chunks that it brought (valid until the next
// call), and the class of what is wrong with it, empty if nothing is.
func (c *Checker) Event(data []byte) (kind Kind, sentNS []int64, fault bench.ErrorClass) {
	c.sentTime = c.sentTime[:0]
	switch f := c.asSent(data); {
	case f != nil && f.Kind == Delta:
		kind, fault = Delta, c.deltaAsSent(f.Slots[0].Chunk)
	case f != nil:
		kind = f.Kind
	default:
		if kind = c.dialect.kind(data); kind == Delta {
			fault = c.delta(data)
		} else {
			fault = c.repeated(data)
		}
	}
	if kind == Terminal {
		c.ended = true
	}
	if c.fault == "" {
		c.fault = fault
	}
	return kind, c.sentTime, fault
}

// asSent returns the frame that the backend sends in this place of the stream if
// data equals it byte for byte, send times included: an event that repeats the
// text must repeat the times of the deltas. Otherwise it returns nil, and the
// event has to be read, since it may still be right.
//
// Most gateways pass events on unchanged, and comparing them costs a quarter of
// reading all their marks.
func (c *Checker) asSent(data []byte) *Frame {
	if c.events == len(c.sent) {
		return nil
	}
	f := &c.sent[c.events]
	c.events++
	want := f.data()
	if len(data) != len(want) {
		return nil
	}
	for _, slot := range f.Slots {
		if f.Kind == Delta {
			c.times[slot.Chunk] = Stamp(data[slot.Offset-f.dataAt:])
		}
		c.times[slot.Chunk].Put(f.Bytes, slot.Offset)
	}
	if !bytes.Equal(data, want) {
		return nil
	}
	return f
}

// End returns the class of the stream's first fault; empty for a right stream.
func (c *Checker) End() bench.ErrorClass {
	switch {
	case c.fault != "":
		return c.fault
	case !c.ended:
		return bench.ErrNoEnd
	case c.count < c.shape.Chunks:
		return bench.ErrLost
	}
	return ""
}

// delta takes the chunks of an event that adds text.
func (c *Checker) delta(data []byte) bench.ErrorClass {
	rest, marks := data, 0
	for {
		chunk, sent, after, ok := c.chunk(rest, marks == 0)
		switch {
		case !ok:
			return bench.ErrBody
		case chunk < 0 && marks == 0:
			return bench.ErrBody
		case chunk < 0:
			return ""
		}
		if fault := c.take(chunk, sent); fault != "" {
			return fault
		}
		rest = after
		marks++
	}
}

// deltaAsSent takes the chunk of a delta that came as it was sent. Only its send
// time is left to read.
func (c *Checker) deltaAsSent(chunk int) bench.ErrorClass {
	sent, ok := parseDigits(c.times[chunk][:])
	if !ok {
		return bench.ErrBody
	}
	return c.take(chunk, sent)
}

// take records a chunk and, if it is in its place, its send time.
func (c *Checker) take(chunk int, sentNS int64) bench.ErrorClass {
	word, bit := chunk/64, uint64(1)<<(chunk%64)
	if c.seen[word]&bit != 0 {
		return bench.ErrRepeated
	}
	c.seen[word] |= bit
	c.count++
	if chunk < c.next || c.ended {
		return bench.ErrReordered
	}
	c.next = chunk + 1
	c.sentTime = append(c.sentTime, sentNS)
	return ""
}

// repeated checks an event that may repeat the text, once or several times.
func (c *Checker) repeated(data []byte) bench.ErrorClass {
	for rest, want, first := data, 0, true; ; first = false {
		chunk, _, after, ok := c.chunk(rest, first || want == 0)
		switch {
		case !ok || chunk >= 0 && chunk != want:
			return bench.ErrBody
		case chunk < 0 && want != 0:
			return bench.ErrBody
		case chunk < 0:
			return ""
		}
		rest = after
		want = (want + 1) % c.shape.Chunks
	}
}

// chunk cuts the next chunk off data. It returns its number, -1 when there is
// none, its send time, and what follows its text. A chunk that opens its string
// must come right after a quote, any other right after the one before it. ok is
// false for a chunk that the backend did not send.
func (c *Checker) chunk(data []byte, opens bool) (chunk int, sentNS int64, after []byte, ok bool) {
	chunk, sentNS, text, marked := ParseMark(data)
	if !marked {
		return -1, 0, nil, true
	}
	before := data[:len(data)-len(text)-MarkBytes]
	if opens != (len(before) > 0) || opens && before[len(before)-1] != '"' {
		return 0, 0, nil, false
	}
	filler := c.shape.fillerBytes()
	if chunk >= c.shape.Chunks || len(text) < filler || !isCorpus(text[:filler], chunkStart(chunk, filler)) {
		return 0, 0, nil, false
	}
	after = text[filler:]
	ok = len(after) > 0 && (after[0] == '"' || after[0] == markEdge)
	return chunk, sentNS, after, ok
}
