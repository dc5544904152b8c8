package llmapi

import "fmt"

// maxAnswer bounds the text of one answer, so that a mistyped unit is an error
// and not a machine out of memory.
const maxAnswer = 16 << 20

// Shape is how large an answer is and in how many pieces it comes.
type Shape struct {
	AnswerBytes int `json:"answer_bytes"` // body of a JSON answer
	Chunks      int `json:"chunks"`       // content deltas of a stream
	ChunkBytes  int `json:"chunk_bytes"`  // text of each delta, its mark included
}

// DefaultShape is an answer of a few sentences.
func DefaultShape() Shape {
	return Shape{AnswerBytes: 1024, Chunks: 20, ChunkBytes: 64}
}

// Validate reports what of the shape api cannot give, and names the bound.
func (s Shape) Validate(api API) error {
	least := MinAnswerBytes(api)
	switch {
	case s.AnswerBytes < least:
		return fmt.Errorf("an answer of %d bytes is too small for %s: it needs at least %d", s.AnswerBytes, api, least)
	case s.AnswerBytes > maxAnswer:
		return fmt.Errorf("an answer of %d bytes is too large: at most %d", s.AnswerBytes, maxAnswer)
	case s.Chunks < 1 || s.Chunks > MaxChunks:
		return fmt.Errorf("a stream of %d chunks is not possible: use 1 to %d", s.Chunks, MaxChunks)
	case s.ChunkBytes < MarkBytes:
		return fmt.Errorf("a chunk of %d bytes is too small: its mark alone takes %d", s.ChunkBytes, MarkBytes)
	case s.ChunkBytes > maxAnswer/s.Chunks:
		return fmt.Errorf("%d chunks of %d bytes are too large a stream: at most %d bytes of text", s.Chunks, s.ChunkBytes, maxAnswer)
	}
	return nil
}

// fillerBytes is the text of a chunk without its mark.
func (s Shape) fillerBytes() int { return s.ChunkBytes - MarkBytes }

// tokens is a plausible count for n bytes of English.
func tokens(n int) int { return (n + 3) / 4 }
