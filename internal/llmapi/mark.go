package llmapi

import (
	"bytes"
	"math"
)

// A mark opens the text of every chunk of a stream and says which chunk it is and
// when it was sent:
//
//	~SSSSSS@NNNNNNNNNNNNNNNNNNN~
//
// It has six digits of sequence number from 0, and nineteen of CLOCK_MONOTONIC in
// nanoseconds, one clock for all processes of a machine. The width is fixed so
// that the time can be written into a prepared event just before it is sent. The
// tilde occurs in no other text of an answer.
const (
	markEdge   = '~'
	markSplit  = '@'
	seqDigits  = 6
	timeDigits = 19
	timeOffset = 1 + seqDigits + 1 // of the time in the mark

	// MarkBytes is the width of a mark.
	MarkBytes = timeOffset + timeDigits + 1
	// MaxChunks is the number of chunks that marks can count.
	MaxChunks = 1_000_000
)

// appendMark appends the mark of a chunk with a send time of zero.
func appendMark(dst []byte, chunk int) []byte {
	var m [MarkBytes]byte
	m[0] = markEdge
	putDigits(m[1:1+seqDigits], int64(chunk))
	m[1+seqDigits] = markSplit
	putDigits(m[timeOffset:timeOffset+timeDigits], 0)
	m[MarkBytes-1] = markEdge
	return append(dst, m[:]...)
}

// Stamp is a send time as it stands in a mark.
type Stamp [timeDigits]byte

// NewStamp formats a time in nanoseconds, which must not be negative. Chunks sent
// together share one stamp: its nineteen divisions cost more than copying it.
func NewStamp(ns int64) (s Stamp) {
	putDigits(s[:], ns)
	return s
}

// Put writes the stamp at the Offset of a Slot.
func (s *Stamp) Put(event []byte, offset int) { *(*Stamp)(event[offset:]) = *s }

// putDigits fills dst with the decimal digits of v, zeros in front.
func putDigits(dst []byte, v int64) {
	for i := len(dst) - 1; i >= 0; i-- {
		dst[i] = byte('0' + v%10)
		v /= 10
	}
}

// ParseMark finds the first mark in data. It returns the chunk that the mark
// opens, its send time, and what follows the mark. It passes over a tilde that
// opens no mark, and allocates nothing.
func ParseMark(data []byte) (chunk int, sentNS int64, rest []byte, ok bool) {
	for rest = data; ; rest = rest[1:] {
		i := bytes.IndexByte(rest, markEdge)
		if i < 0 || len(rest)-i < MarkBytes {
			return 0, 0, nil, false
		}
		rest = rest[i:]
		if rest[1+seqDigits] != markSplit || rest[MarkBytes-1] != markEdge {
			continue
		}
		seq, okSeq := parseDigits(rest[1 : 1+seqDigits])
		sent, okSent := parseDigits(rest[timeOffset : timeOffset+timeDigits])
		if okSeq && okSent {
			return int(seq), sent, rest[MarkBytes:], true
		}
	}
}

// parseDigits reads at most 19 digits. ok is false for anything else and for what
// int64 cannot hold.
func parseDigits(digits []byte) (v int64, ok bool) {
	var u uint64 // nineteen nines fit
	for _, c := range digits {
		if c < '0' || c > '9' {
			return 0, false
		}
		u = u*10 + uint64(c-'0')
	}
	return int64(u), u <= math.MaxInt64
}
