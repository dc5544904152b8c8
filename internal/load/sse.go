package load

import (
	"bytes"
	"errors"
)

// maxEvent bounds the memory for an event that never ends.
const maxEvent = 16 << 20

var errEventTooLong = errors.New("an event of more than 16 MiB")

var (
	byteOrderMark = []byte("\xEF\xBB\xBF")
	dataField     = []byte("data:")
)

// events splits a stream of server-sent events by the rules of the HTML standard
// (section 9.2.6): lines end in CR, LF or CRLF; a byte-order mark at the start is
// skipped; lines that begin with a colon are comments; the values of several data
// lines are joined by LF; a blank line ends the event; an event without data is
// dropped. The fields event, id and retry do not matter here.
//
// It keeps its buffers from stream to stream, so that it stops allocating.
type events struct {
	line    []byte // the part of a line that came with earlier reads
	data    []byte // the values of the event's data lines, each followed by LF
	given   bool   // data was returned; the next event overwrites it
	sawCR   bool   // the last byte was a CR: an LF that comes next belongs to it
	started bool   // the first line was read
}

// reset prepares for a new stream.
func (e *events) reset() {
	*e = events{line: e.line[:0], data: e.data[:0]}
}

// next reads in until an event is complete. It returns its data, valid until the
// next call, and the rest of in. ok is false if in was used up before.
func (e *events) next(in []byte) (data, rest []byte, ok bool, err error) {
	if e.given {
		e.data, e.given = e.data[:0], false
	}
	for len(in) > 0 {
		if e.sawCR && in[0] == '\n' {
			e.sawCR, in = false, in[1:]
			continue
		}
		if len(e.line)+len(e.data) > maxEvent {
			return nil, nil, false, errEventTooLong
		}
		end := lineEnd(in)
		if end < 0 {
			e.sawCR = false
			e.line = append(e.line, in...)
			return nil, nil, false, nil
		}
		line := in[:end]
		if len(e.line) > 0 {
			e.line = append(e.line, line...)
			line = e.line
		}
		e.sawCR, in = in[end] == '\r', in[end+1:]
		e.given = e.take(line)
		e.line = e.line[:0]
		if e.given {
			return e.data[:len(e.data)-1], in, true, nil
		}
	}
	return nil, nil, false, nil
}

// take interprets one line and says whether it ended an event.
func (e *events) take(line []byte) (complete bool) {
	if !e.started {
		e.started = true
		line = bytes.TrimPrefix(line, byteOrderMark)
	}
	if len(line) == 0 {
		return len(e.data) > 0
	}
	value, ok := bytes.CutPrefix(line, dataField)
	switch {
	case !ok && string(line) != "data":
		return false
	case !ok: // a field without a colon has an empty value
		value = nil
	case len(value) > 0 && value[0] == ' ':
		value = value[1:]
	}
	e.data = append(append(e.data, value...), '\n')
	return false
}

// lineEnd is the index of the first CR or LF, -1 without one.
func lineEnd(b []byte) int {
	lf := bytes.IndexByte(b, '\n')
	upTo := b
	if lf >= 0 {
		upTo = b[:lf]
	}
	if cr := bytes.IndexByte(upTo, '\r'); cr >= 0 {
		return cr
	}
	return lf
}
