package llmapi

import "bytes"

// seeker looks for a literal in input that comes in pieces split anywhere. Of
// the literal only the last byte may be equal to the first.
type seeker struct {
	matched int // bytes of the literal that the input ended with
}

// find returns what follows the literal; not found, it has used up all of p or
// wants to be called with the rest.
func (s *seeker) find(p, literal []byte) (rest []byte, found bool) {
	if s.matched == 0 {
		if i := bytes.Index(p, literal); i >= 0 {
			return p[i+len(literal):], true
		}
		p = p[max(0, len(p)-len(literal)+1):] // it may begin here and go on in the next piece
	}
	for i, c := range p {
		switch c {
		case literal[s.matched]:
			s.matched++
		case literal[0]: // occurs inside nowhere, so a match starts over here
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
