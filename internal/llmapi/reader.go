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

var (
	streamKey = []byte(`"stream"`)
	usageKey  = []byte(`"include_usage"`)
)

// What follows a key in a request, without white space.
const (
	flagTrue  = ":true"
	flagFalse = ":false"
)

// StreamFlag reads from a request body whether it asks for a stream: the value of
// the first "stream" key with a boolean. The body may come in pieces split
// anywhere; nothing of it is kept. The zero StreamFlag is ready for a body.
//
// It does not parse, since that would cost the mock more for a prompt of 100 KB
// than the whole answer. A "stream" key inside a schema is no match because its
// value is no boolean; inside a text its quotes are escaped.
type StreamFlag struct{ flag }

// Feed takes the next piece of the body.
func (f *StreamFlag) Feed(p []byte) { f.feed(p, streamKey) }

// UsageFlag reads in the same way whether a request asks for the usage of a
// stream, where only some do.
type UsageFlag struct{ flag }

// Feed takes the next piece of the body.
func (f *UsageFlag) Feed(p []byte) { f.feed(p, usageKey) }

// WantsUsage reads a whole body.
func WantsUsage(body []byte) bool {
	var f UsageFlag
	f.Feed(body)
	return f.Wants()
}

// flag is a boolean that is looked for by its key.
type flag struct {
	key   seeker
	after bool   // the input stands behind a key
	value string // of that key so far: the beginning of flagTrue or flagFalse
}

// Wants is the result so far; final once the whole body has been fed.
func (f *flag) Wants() bool { return f.value == flagTrue }

func (f *flag) feed(p, key []byte) {
	for len(p) > 0 && f.value != flagTrue && f.value != flagFalse {
		switch {
		case !f.after:
			f.value = ""
			p, f.after = f.key.find(p, key)
		case f.take(p[0]):
			p = p[1:]
		default:
			f.after = false // search on, this byte included
		}
	}
}

// take takes a byte behind a key. It returns false if no boolean can follow.
func (f *flag) take(c byte) bool {
	n := len(f.value)
	switch {
	case n < 2 && (c == ' ' || c == '\t' || c == '\n' || c == '\r'): // around the colon
	case f.value == flagTrue[:n] && c == flagTrue[n]:
		f.value = flagTrue[:n+1]
	case f.value == flagFalse[:n] && c == flagFalse[n]:
		f.value = flagFalse[:n+1]
	default:
		return false
	}
	return true
}

// endMark ends the prompt of every request. It occurs in no other text, so that
// without it the prompt has not arrived whole. Its first letter is rare: a search
// for it skips a text of 100 KB at the speed of memory.
var endMark = []byte("Yes.")

// EndMark reads from a request body whether its prompt arrived whole, and the nonce
// in front of the mark. The body
// may come in pieces split anywhere; nothing of it is kept. The zero EndMark is
// ready for a body.
type EndMark struct {
	end   seeker
	found bool
	tail  [NonceBytes + 1 + 4]byte // what came last: a nonce, a space and the mark
}

// Whole is the result so far; final once the whole body has been fed.
func (m *EndMark) Whole() bool { return m.found }

// Feed takes the next piece of the body.
func (m *EndMark) Feed(p []byte) {
	if m.found {
		return
	}
	in := p
	for len(p) > 0 && !m.found {
		p, m.found = m.end.find(p, endMark)
	}
	in = in[:len(in)-len(p)]
	in = in[max(0, len(in)-len(m.tail)):]
	kept := copy(m.tail[:], m.tail[len(in):])
	copy(m.tail[kept:], in)
}

// Nonce is the nonce of the request as it stands there; 0 when a gateway has changed
// the end of the prompt.
func (m *EndMark) Nonce() uint32 {
	written, ok := parseNonce(m.tail[:])
	if !m.found || !ok || m.tail[NonceBytes] != ' ' {
		return 0
	}
	return written
}
