package judge

import (
	"bytes"

	"github.com/valyala/fastjson"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// take takes the text of a delta, which need not begin or end where a chunk does.
// recut reports whether it is anything but one whole chunk.
func (c *Checker) take(text []byte) (recut bool, fault *Fault) {
	recut = c.offset != 0
	for pieces := 0; len(text) > 0; pieces++ {
		recut = recut || pieces > 0
		if fault := c.place(text); fault != nil {
			return recut, fault
		}
		n := min(len(text), c.starts[c.chunk+1]-c.starts[c.chunk]-c.offset)
		if fault := c.piece(text[:n]); fault != nil {
			return recut, fault
		}
		text = text[n:]
	}
	return recut || c.offset != 0, nil
}

// place finds which chunk the text goes on with: at the start of a chunk its mark
// says so.
func (c *Checker) place(text []byte) *Fault {
	if c.ended {
		return faulty(bench.ErrReordered, "text after the end of the answer: %q", excerpt(text))
	}
	if c.offset == 0 {
		number, ok := llmapi.ParseNumber(text)
		switch {
		case !ok || number == c.chunk || number >= c.Shape.Chunks:
		case c.has(number):
			return faulty(bench.ErrRepeated, "chunk %d came a second time", number)
		case number < c.chunk:
			return faulty(bench.ErrReordered, "chunk %d came after chunk %d", number, c.chunk-1)
		default:
			c.chunk = number // those between may come later, which is a fault of its own
		}
	}
	if c.chunk == c.Shape.Chunks {
		return faulty(bench.ErrBody, "more text than was sent: %q", excerpt(text))
	}
	return nil
}

// piece compares a piece of the current chunk's text.
func (c *Checker) piece(text []byte) *Fault {
	start := c.starts[c.chunk]
	for i := 0; i < len(text); {
		at := c.offset + i
		if n := at - llmapi.TimeOffset; n >= 0 && n < llmapi.TimeBytes {
			i += copy(c.times[c.chunk][n:], text[i:])
			continue
		}
		end := len(text)
		if at < llmapi.TimeOffset {
			end = min(end, llmapi.TimeOffset-c.offset)
		}
		if !bytes.Equal(text[i:end], c.text[start+at:start+c.offset+end]) {
			return faulty(bench.ErrBody, "the text of chunk %d: %s", c.chunk,
				difference(string(c.text[start+at:c.starts[c.chunk+1]]), string(text[i:])))
		}
		i = end
	}
	if c.offset += len(text); start+c.offset < c.starts[c.chunk+1] {
		return nil
	}
	return c.complete()
}

// complete takes the end of the current chunk. Its text and its time are there.
func (c *Checker) complete() *Fault {
	if c.times[c.chunk] != c.lastTime { // chunks sent together have one time
		sent, ok := c.times[c.chunk].Parse()
		if !ok {
			return faulty(bench.ErrBody, "the text of chunk %d: the time when it was sent became %q", c.chunk, c.times[c.chunk][:])
		}
		c.lastTime, c.lastSent = c.times[c.chunk], sent
	}
	c.seen[c.chunk/64] |= 1 << (c.chunk % 64)
	c.count++
	c.sentTime = append(c.sentTime, c.lastSent)
	c.chunk++
	c.offset = 0
	return nil
}

// sameText reports whether a value is the whole text. The send times are those of
// the deltas; those of chunks that have not come are free.
func (c *Checker) sameText(_, got *fastjson.Value) bool {
	text := got.GetStringBytes()
	if len(text) != len(c.text) {
		return false
	}
	for chunk, start := range c.starts[:c.Shape.Chunks] {
		time, rest := start+llmapi.TimeOffset, start+llmapi.TimeOffset+llmapi.TimeBytes
		end := c.starts[chunk+1]
		if !bytes.Equal(text[start:time], c.text[start:time]) || !bytes.Equal(text[rest:end], c.text[rest:end]) {
			return false
		}
		if c.has(chunk) && llmapi.Stamp(text[time:]) != c.times[chunk] {
			return false
		}
	}
	return true
}
