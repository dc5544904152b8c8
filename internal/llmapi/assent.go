package llmapi

import "bytes"

// sentEvent is the data of an event as the backend sends it. Its send times are
// those of the stream that it was last compared with.
type sentEvent struct {
	data  []byte
	kind  Kind
	slots []Slot // with offsets in data
}

func sentEvents(api API, shape Shape) []sentEvent {
	frames := Frames(api, shape)
	events := make([]sentEvent, len(frames))
	for i, f := range frames {
		begin := bytes.Index(f.Bytes, dataField) + len(dataField)
		events[i] = sentEvent{data: bytes.TrimSuffix(f.Bytes[begin:], eventEnd), kind: f.Kind}
		for _, slot := range f.Slots {
			events[i].slots = append(events[i].slots, Slot{Offset: slot.Offset - begin, Chunk: slot.Chunk})
		}
	}
	return events
}

// asSent returns the event that the backend sends in this place of the stream
// if data is the same byte for byte, send times included: those of an event that
// repeats the text must be those that the deltas told. Otherwise it returns nil,
// and the event has to be read, as it may be right all the same.
//
// Most gateways pass events on as they are, and comparing them costs a quarter
// of reading all their marks.
func (c *Checker) asSent(data []byte) *sentEvent {
	if c.events == len(c.sent) {
		return nil
	}
	e := &c.sent[c.events]
	c.events++
	if len(data) != len(e.data) {
		return nil
	}
	for _, slot := range e.slots {
		if e.kind == Delta {
			c.times[slot.Chunk] = Stamp(data[slot.Offset:])
		}
		c.times[slot.Chunk].Put(e.data, slot.Offset)
	}
	if !bytes.Equal(data, e.data) {
		return nil
	}
	return e
}
