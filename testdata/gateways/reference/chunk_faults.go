package main

import (
	"bytes"
	"net/http"
)

// The faults of this file damage a stream at its second delta event, so that
// content is wrong between content and the stream still opens and ends as it
// should; or they take away its end.

func installDropChunk(g *gateway, parts int64)     { g.changeEvents(parts, dropChunk) }
func installDoubleChunk(g *gateway, parts int64)   { g.changeEvents(parts, doubleChunk) }
func installReorderChunks(g *gateway, parts int64) { g.changeEvents(parts, reorderChunks) }
func installMergeChunks(g *gateway, parts int64)   { g.changeEvents(parts, mergeChunks) }
func installLoseEnd(g *gateway, parts int64)       { g.changeEvents(parts, loseEnd) }

// changeEvents changes what events a share of the streams have.
func (g *gateway) changeEvents(parts int64, change func(next source) source) {
	damaged := &spread{parts: parts}
	g.onStream(func(response *http.Response) {
		if !damaged.next() {
			return
		}
		// The length that the upstream may have announced is no longer true.
		response.ContentLength = -1
		response.Header.Del("Content-Length")
		response.Body = newEventBody(response.Body, change)
	})
}

func dropChunk(next source) source {
	isSecond := secondDelta()
	return func() ([]byte, error) {
		event, err := next()
		if err == nil && isSecond(event) {
			return next()
		}
		return event, err
	}
}

func doubleChunk(next source) source {
	isSecond := secondDelta()
	var again []byte
	return func() ([]byte, error) {
		if event := again; event != nil {
			again = nil
			return event, nil
		}
		event, err := next()
		if err == nil && isSecond(event) {
			again = event
		}
		return event, err
	}
}

func reorderChunks(next source) source {
	isSecond := secondDelta()
	var held []byte
	return func() ([]byte, error) {
		if event := held; event != nil {
			held = nil
			return event, nil
		}
		event, err := next()
		if err != nil || !isSecond(event) {
			return event, err
		}
		following, err := next()
		if err != nil { // there is none to change places with
			return append(event, following...), err
		}
		held = event
		return following, nil
	}
}

func mergeChunks(next source) source {
	isSecond := secondDelta()
	return func() ([]byte, error) {
		event, err := next()
		if err != nil || !isSecond(event) {
			return event, err
		}
		following, err := next()
		return append(cutBlankLine(event), following...), err
	}
}

func loseEnd(next source) source {
	return func() ([]byte, error) {
		for {
			event, err := next()
			if err != nil || !isEnd(event) {
				return event, err
			}
		}
	}
}

// secondDelta returns what tells of each event of a stream in turn whether it is
// the second one with content.
func secondDelta() func(event []byte) bool {
	deltas := 0
	return func(event []byte) bool {
		if !isDelta(event) {
			return false
		}
		deltas++
		return deltas == 2
	}
}

// cutBlankLine takes the end off a whole event.
func cutBlankLine(event []byte) []byte {
	if cut, ok := bytes.CutSuffix(event, []byte("\r\n")); ok {
		return cut
	}
	return bytes.TrimSuffix(event, []byte("\n"))
}
