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

	dataAt int // in Bytes
}

// Slot is where the send time of a chunk is written in a frame; see Stamp.
type Slot struct {
	Offset int
	Chunk  int
}

// Frames are the events of a stream in order, with send times of zero. The shape
// must be one that Validate accepts.
func Frames(api API, shape Shape) []Frame {
	s := script{shape: shape}
	api.dialect().stream(&s)
	return s.frames
}

// What surrounds the data of an event.
const (
	dataField = "data: "
	eventEnd  = "\n\n"
)

func (f *Frame) data() []byte { return f.Bytes[f.dataAt : len(f.Bytes)-len(eventEnd)] }

// script collects the frames of one stream.
type script struct {
	shape  Shape
	frames []Frame
}

// data adds an event. Its template has a hole for the text of the chunks
// [from, to). Without a name the event line is left out.
func (s *script) data(kind Kind, name, template string, from, to int) {
	f := Frame{Kind: kind}
	if name != "" {
		f.Bytes = fmt.Appendf(f.Bytes, "event: %s\n", name)
	}
	before, after, _ := strings.Cut(template, hole)
	f.Bytes = append(f.Bytes, dataField...)
	f.dataAt = len(f.Bytes)
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

// tokens is the output usage that the stream reports.
func (s *script) tokens() int { return tokens(s.shape.Chunks * s.shape.ChunkBytes) }

// typeFirst begins an event that was not written anew on its way.
var typeFirst = []byte(`{"type":"`)

// kindByName tells the kind of an event by the name in its data. The names occur
// in no other place, so key order, white space and a lost "event:" line do not
// matter.
func kindByName(deltaName, terminalName string) func(data []byte) Kind {
	delta, terminal := []byte(deltaName), []byte(terminalName)
	return func(data []byte) Kind {
		if name, ok := bytes.CutPrefix(data, typeFirst); ok { // saves a search through the text
			data = name[:min(len(name), max(len(delta), len(terminal)))]
		}
		switch {
		case bytes.Contains(data, delta):
			return Delta
		case bytes.Contains(data, terminal):
			return Terminal
		}
		return Control
	}
}
