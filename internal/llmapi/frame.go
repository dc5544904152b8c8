package llmapi

import (
	"fmt"
	"strings"
)

// Frame is one event of a stream as it goes over the wire, with the empty line
// that ends it.
type Frame struct {
	Bytes []byte
	Kind  Kind
	// Slots are the send times in Bytes. Events that repeat the text repeat its
	// marks, so one frame may tell the times of many chunks.
	Slots []Slot
}

// Slot is where in a frame the send time of a chunk is written; see Stamp.
type Slot struct {
	Offset int
	Chunk  int
}

// Frames are the events of a stream in order, with send times of zero. The shape
// must be one that Validate accepts.
func Frames(api API, shape Shape) []Frame {
	s := script{shape: shape}
	switch api {
	case Chat:
		s.chat()
	case Messages:
		s.messages()
	default:
		s.responses()
	}
	return s.frames
}

// What surrounds the data of an event.
var (
	dataField = []byte("data: ")
	eventEnd  = []byte("\n\n")
)

// script writes the frames of one stream one after the other.
type script struct {
	shape  Shape
	frames []Frame
}

// data adds an event whose template has the text of the chunks [from, to) in
// the place of its hole. An empty name leaves the event line out.
func (s *script) data(kind Kind, name, template string, from, to int) {
	f := Frame{Kind: kind}
	if name != "" {
		f.Bytes = fmt.Appendf(f.Bytes, "event: %s\n", name)
	}
	before, after, _ := strings.Cut(template, hole)
	f.Bytes = append(f.Bytes, dataField...)
	f.Bytes = append(f.Bytes, before...)
	for chunk := from; chunk < to; chunk++ {
		f.Slots = append(f.Slots, Slot{Offset: len(f.Bytes) + timeOffset, Chunk: chunk})
		f.Bytes = appendMark(f.Bytes, chunk)
		filler := s.shape.fillerBytes()
		f.Bytes = appendCorpus(f.Bytes, chunkStart(chunk, filler), filler)
	}
	f.Bytes = append(f.Bytes, after...)
	f.Bytes = append(f.Bytes, eventEnd...)
	s.frames = append(s.frames, f)
}

// plain adds an event without text.
func (s *script) plain(kind Kind, name, template string) { s.data(kind, name, template, 0, 0) }

// outTokens is the usage that the stream reports.
func (s *script) outTokens() int { return tokens(s.shape.Chunks * s.shape.ChunkBytes) }
