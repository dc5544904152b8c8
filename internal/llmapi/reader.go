package llmapi

import "bytes"

// seeker looks for a literal in input that comes in pieces split anywhere. Only
// the last byte of the literal may equal its first.
type seeker struct {
	matched int // bytes of the literal that the input ended with
}

// find returns what follows the literal. When it has not found the literal, it
// has either used up all of p or must be called again with the rest.
func (s *seeker) find(p, literal []byte) (rest []byte, found bool) {
	if s.matched == 0 {
		if i := bytes.Index(p, literal); i >= 0 {
			return p[i+len(literal):], true
		}
		p = p[max(0, len(p)-len(literal)+1):] // the literal may begin here and end in the next piece
	}
	for i, c := range p {
		switch c {
		case literal[s.matched]:
			s.matched++
		case literal[0]: // occurs nowhere inside, so a match can only start over here
			s.matched = 1
		default:
			s.matched = 0
			return p[i+1:], false
		}
		if s.matched == len(literal) {
			s.matched = 0
			return p[i+1:], true
		}
	}
	return nil, false
}

var streamKey = []byte(`"stream"`)

// What follows streamKey in a request, without white space.
const (
	streamTrue  = ":true"
	streamFalse = ":false"
)

// StreamFlag reads from a request body whether it asks for a stream: the value of
// the first "stream" key with a boolean. The body may come in pieces split
// anywhere; nothing of it is kept. The zero StreamFlag is ready for a body.
//
// It does not parse, since that would cost the mock more for a prompt of 100 KB
// than the whole answer. A "stream" key inside a schema is no match because its
// value is no boolean; inside a text its quotes are escaped.
type StreamFlag struct {
	key   seeker
	after bool   // the input stands behind a key
	value string // of that key so far: the beginning of streamTrue or streamFalse
}

// Wants is the result so far; final once the whole body has been fed.
func (f *StreamFlag) Wants() bool { return f.value == streamTrue }

// Feed takes the next piece of the body.
func (f *StreamFlag) Feed(p []byte) {
	for len(p) > 0 && f.value != streamTrue && f.value != streamFalse {
		switch {
		case !f.after:
			f.value = ""
			p, f.after = f.key.find(p, streamKey)
		case f.take(p[0]):
			p = p[1:]
		default:
			f.after = false // search on, this byte included
		}
	}
}

// take takes a byte behind a key. It returns false if no boolean can follow.
func (f *StreamFlag) take(c byte) bool {
	n := len(f.value)
	switch {
	case n < 2 && (c == ' ' || c == '\t' || c == '\n' || c == '\r'): // around the colon
	case f.value == streamTrue[:n] && c == streamTrue[n]:
		f.value = streamTrue[:n+1]
	case f.value == streamFalse[:n] && c == streamFalse[n]:
		f.value = streamFalse[:n+1]
	default:
		return false
	}
	return true
}

// endMark ends the prompt of every request. It occurs in no other text, so that
// without it the prompt has not arrived whole. Its first letter is rare: a search
// for it skips a text of 100 KB at the speed of memory.
var endMark = []byte("Yes.")

// EndMark reads from a request body whether its prompt arrived whole. The body
// may come in pieces split anywhere; nothing of it is kept. The zero EndMark is
// ready for a body.
type EndMark struct {
	end   seeker
	found bool
}

// Whole is the result so far; final once the whole body has been fed.
func (m *EndMark) Whole() bool { return m.found }

// Feed takes the next piece of the body.
func (m *EndMark) Feed(p []byte) {
	for len(p) > 0 && !m.found {
		p, m.found = m.end.find(p, endMark)
	}
}
