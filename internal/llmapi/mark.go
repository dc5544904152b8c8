package llmapi

import (
	"bytes"
	"math"
)

// A mark opens the text of every chunk of a stream and tells which chunk it is
// and when it was sent:
//
//	~SSSSSS@NNNNNNNNNNNNNNNNNNN~
//
// six digits of sequence number from 0, nineteen of CLOCK_MONOTONIC in
// nanoseconds, which is one clock for all processes of a machine. The width is
// fixed so that the time can be written into a prepared event just before it is
// sent. The tilde occurs in no other text of an answer.
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

// Stamp is a send time as marks have it.
type Stamp [timeDigits]byte

// NewStamp writes a time in nanoseconds, not negative. Chunks that are sent
// together share one: its nineteen divisions cost more than all copies of it.
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

// ParseMark finds the first mark in data: the chunk it opens, when that was
// sent, and what follows the mark, so that the next one can be looked for
// there. A tilde that opens no mark is passed over. It allocates nothing.
func ParseMark(data []byte) (chunk int, sentNS int64, rest []byte, ok bool) {
	_, chunk, sentNS, rest, ok = cutMark(data)
	return chunk, sentNS, rest, ok
}

// cutMark is ParseMark that also tells what stands before the mark; without a
// mark that is all of data.
func cutMark(data []byte) (before []byte, chunk int, sentNS int64, rest []byte, ok bool) {
	for at := 0; ; at++ {
		i := bytes.IndexByte(data[at:], markEdge)
		if i < 0 || len(data)-at-i < MarkBytes {
			return data, 0, 0, nil, false
		}
		at += i
		m := data[at : at+MarkBytes]
		if m[1+seqDigits] != markSplit || m[MarkBytes-1] != markEdge {
			continue
		}
		seq, okSeq := parseDigits(m[1 : 1+seqDigits])
		sent, okSent := parseDigits(m[timeOffset : timeOffset+timeDigits])
		if okSeq && okSent {
			return data[:at], int(seq), sent, data[at+MarkBytes:], true
		}
	}
}

// parseDigits reads at most 19 digits; ok is false for anything else and for
// what int64 cannot hold.
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
