package llmapi

import "math"

// A mark opens the text of every chunk of a stream and says which chunk it is and
// when it was sent:
//
//	babab bobab lusab babad gutih tugad
//
// It has two words of sequence number from 0, and four of CLOCK_MONOTONIC in
// nanoseconds, one clock for all processes of a machine, with a space behind each.
// The width is fixed so that the time can be written into a prepared event just
// before it is sent.
const (
	wordStride  = proquintBytes + 1
	numberBytes = 2 * wordStride

	// TimeOffset is where in a mark the time stands, and TimeBytes its width.
	TimeOffset = numberBytes
	TimeBytes  = 4*wordStride - 1
	// MarkBytes is the width of a mark.
	MarkBytes = TimeOffset + TimeBytes + 1
	// MaxChunks is the number of chunks that marks can count.
	MaxChunks = 1_000_000
)

// appendMark appends the mark of a chunk with a send time of zero.
func appendMark(dst []byte, chunk int) []byte {
	var m [MarkBytes]byte
	putProquint(m[:], uint16(chunk>>16))
	putProquint(m[wordStride:], uint16(chunk))
	zero := NewStamp(0)
	zero.Put(m[:], TimeOffset)
	for _, at := range []int{proquintBytes, wordStride + proquintBytes, MarkBytes - 1} {
		m[at] = ' '
	}
	return append(dst, m[:]...)
}

// Stamp is a send time as it stands in a mark.
type Stamp [TimeBytes]byte

// NewStamp formats a time in nanoseconds, which must not be negative.
func NewStamp(ns int64) (s Stamp) {
	for i := proquintBytes; i < TimeBytes; i += wordStride {
		s[i] = ' '
	}
	putProquints(s[:], wordStride, uint64(ns))
	return s
}

// Put writes the stamp at the Offset of a Slot.
func (s *Stamp) Put(event []byte, offset int) { *(*Stamp)(event[offset:]) = *s }

// Parse reads the time. ok is false for what NewStamp does not write.
func (s *Stamp) Parse() (ns int64, ok bool) {
	v, ok := parseProquints(s[:], wordStride)
	for i := proquintBytes; i < TimeBytes; i += wordStride {
		ok = ok && s[i] == ' '
	}
	return int64(v), ok && v <= math.MaxInt64
}

// ParseNumber reads the sequence number of the mark that text begins with.
func ParseNumber(text []byte) (chunk int, ok bool) {
	if len(text) < numberBytes || text[proquintBytes] != ' ' || text[numberBytes-1] != ' ' {
		return 0, false
	}
	high, okHigh := parseProquint(text)
	low, okLow := parseProquint(text[wordStride:])
	return int(high)<<16 | int(low), okHigh && okLow
}
