package llmapi

import (
	"bytes"
	"fmt"
	"strings"
)

// Kind says what an event of a stream means to a client that waits for text.
type Kind uint8

// The kinds of events.
const (
	Control  Kind = iota // says something about the answer, adds no text
	Delta                // adds text
	Terminal             // says that the answer is complete
)

// Frame is one event of a stream as it goes over the wire, with the empty line
// that ends it.
type Frame struct {
	Bytes []byte
	Kind  Kind
	// Slots are the send times in Bytes. Events that repeat the text repeat its
	// marks, so one frame may hold the times of many chunks.
	Slots []Slot
	IDs   []int // where in Bytes the answer's ID is written

	Event  string // what the event is: the type in its data, or what the dialect calls it
	Name   []byte // its name on the wire; empty for an event without one
	DataAt int    // where in Bytes its data begins
}

// Slot is where the send time of a chunk is written in a frame; see Stamp.
type Slot struct {
	Offset int
	Chunk  int
}

// Stream describes the answers that Frames writes.
type Stream struct {
	Shape Shape
	// Usage says that the request asks for the usage, where a dialect tells it only
	// then.
	Usage bool
}

// Frames are the events of a stream in order, with an ID and send times of zero.
// The shape must be one that Validate accepts.
func Frames(api API, stream Stream) []Frame {
	s := script{dialect: api.dialect(), Stream: stream}
	s.dialect.stream(&s)
	return s.frames
}

// What surrounds the data of an event.
const (
	dataField = "data: "
	eventEnd  = "\n\n"
)

// Data is the data of the event, a part of Bytes.
func (f *Frame) Data() []byte { return f.Bytes[f.DataAt : len(f.Bytes)-len(eventEnd)] }

// script collects the frames of one stream.
type script struct {
	*dialect
	Stream
	frames []Frame
}

// data adds an event. Its template has a hole for the text of the chunks
// [from, to).
func (s *script) data(kind Kind, event, template string, from, to int) {
	f := Frame{Event: event, Kind: kind}
	if s.named && event != DoneEvent {
		f.Name = []byte(event)
		f.Bytes = fmt.Appendf(f.Bytes, "event: %s\n", event)
	}
	before, after, _ := strings.Cut(template, hole)
	f.Bytes = append(f.Bytes, dataField...)
	f.DataAt = len(f.Bytes)
	f.Bytes = append(f.Bytes, before...)
	for chunk := from; chunk < to; chunk++ {
		f.Slots = append(f.Slots, Slot{Offset: len(f.Bytes) + TimeOffset, Chunk: chunk})
		f.Bytes = AppendChunk(f.Bytes, s.Shape, chunk)
	}
	f.Bytes = append(f.Bytes, after...)
	f.Bytes = append(f.Bytes, eventEnd...)
	f.IDs = IDs(f.Bytes)
	s.frames = append(s.frames, f)
}

// AppendChunk appends the text of a chunk as it stands in a JSON string.
func AppendChunk(dst []byte, shape Shape, chunk int) []byte {
	filler := shape.fillerBytes()
	return appendCorpus(appendMark(dst, chunk), chunkStart(chunk, filler), filler)
}

// plain adds an event without text.
func (s *script) plain(kind Kind, event, template string) { s.data(kind, event, template, 0, 0) }

// DoneEvent ends a stream of OpenAI's APIs. It is the only event that is no JSON.
const DoneEvent = "[DONE]"

// tokens is the output usage that the stream reports.
func (s *script) tokens() int { return tokens(s.Shape.Chunks * s.Shape.ChunkBytes) }

// IDs are the places in an answer that has been prepared where its ID is written.
func IDs(answer []byte) (offsets []int) {
	for at := 0; ; {
		i := bytes.Index(answer[at:], ZeroID[:])
		if i < 0 {
			return offsets
		}
		at += i
		offsets = append(offsets, at)
		at += IDBytes
	}
}
