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
	dataField     = []byte("data")
	nameField     = []byte("event")
)

// Events splits a stream of server-sent events by the rules of the HTML standard
// (section 9.2.6): lines end in CR, LF or CRLF; a byte-order mark at the start is
// skipped; lines that begin with a colon are comments; the values of several data
// lines are joined by LF; the last event line names the event; a blank line ends
// it; an event without data is dropped. The fields id and retry do not matter here.
//
// It keeps its buffers from stream to stream, so that it stops allocating.
type Events struct {
	line    []byte // the part of a line that came with earlier reads
	data    []byte // the values of the event's data lines, each followed by LF
	name    []byte // of the event
	given   bool   // data was returned; the next event overwrites it
	sawCR   bool   // the last byte was a CR: an LF that comes next belongs to it
	started bool   // the first line was read
}

// Reset prepares for a new stream.
func (e *Events) Reset() {
	*e = Events{line: e.line[:0], data: e.data[:0], name: e.name[:0]}
}

// Next reads in until an event is complete. It returns its name, empty without one,
// and its data, both valid until the next call, and the rest of in. ok is false if
// in was used up before.
func (e *Events) Next(in []byte) (name, data, rest []byte, ok bool, err error) {
	if e.given {
		e.data, e.name, e.given = e.data[:0], e.name[:0], false
	}
	for len(in) > 0 {
		if e.sawCR && in[0] == '\n' {
			e.sawCR, in = false, in[1:]
			continue
		}
		if len(e.line)+len(e.data)+len(e.name) > maxEvent {
			return nil, nil, nil, false, errEventTooLong
		}
		end := lineEnd(in)
		if end < 0 {
			e.sawCR = false
			e.line = append(e.line, in...)
			return nil, nil, nil, false, nil
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
			return e.name, e.data[:len(e.data)-1], in, true, nil
		}
	}
	return nil, nil, nil, false, nil
}

// take interprets one line and says whether it ended an event.
func (e *Events) take(line []byte) (complete bool) {
	if !e.started {
		e.started = true
		line = bytes.TrimPrefix(line, byteOrderMark)
	}
	if len(line) == 0 {
		if len(e.data) == 0 {
			e.name = e.name[:0]
		}
		return len(e.data) > 0
	}
	if value, ok := field(line, dataField); ok {
		e.data = append(append(e.data, value...), '\n')
	} else if value, ok := field(line, nameField); ok {
		e.name = append(e.name[:0], value...)
	}
	return false
}

// field is the value of a line if the line is this field. Without a colon the
// value is empty.
func field(line, name []byte) (value []byte, ok bool) {
	value, ok = bytes.CutPrefix(line, name)
	switch {
	case !ok:
		return nil, false
	case len(value) == 0:
		return nil, true
	case value[0] != ':':
		return nil, false
	}
	value = value[1:]
	if len(value) > 0 && value[0] == ' ' {
		value = value[1:]
	}
	return value, true
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
