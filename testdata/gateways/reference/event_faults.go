package main

import (
	"io"
	"net/http"
	"strings"
)

// The faults of this file hold events back that are there, for others that are not.

// ownEvent is what clients of every API pass over.
const ownEvent = "event: ping\ndata: {\"type\": \"ping\"}\n\n"

// installOwnFirstEvent is the sign of life that makes a buffer look like a stream.
func installOwnFirstEvent(g *gateway, _ int64) {
	g.onStream(func(response *http.Response) {
		unknownLength(response)
		body := response.Body
		response.Body = closing{io.MultiReader(strings.NewReader(ownEvent), &bufferedBody{ReadCloser: body, size: most}), body.Close}
	})
}

// installHoldEvents is the parser that knows an event when the next one begins.
func installHoldEvents(g *gateway, _ int64) {
	g.changeEvents(whole, func(next source) source {
		var held []byte
		begun := false
		return func() ([]byte, error) {
			if !begun {
				begun = true
				event, err := next()
				if err != nil {
					return event, err
				}
				held = event
			}
			event, err := next()
			last := held
			held = event
			if err != nil {
				return append(last, event...), err
			}
			return last, nil
		}
	})
}

// installHoldFirstEvent is the look at how a text begins before any of it is passed on.
func installHoldFirstEvent(g *gateway, _ int64) {
	g.changeEvents(whole, func(next source) source {
		passes := false
		return func() ([]byte, error) {
			event, err := next()
			if passes || err != nil || !isDelta(event) {
				return event, err
			}
			passes = true
			following, err := next()
			return append(event, following...), err
		}
	})
}

// installLoseEvents is the list of the events that matter, to one who wrote it.
func installLoseEvents(g *gateway, _ int64) {
	g.changeEvents(whole, func(next source) source {
		begun := false
		return func() ([]byte, error) {
			for {
				event, err := next()
				if err != nil || !begun || isDelta(event) || isEnd(event) {
					begun = true
					return event, err
				}
			}
		}
	})
}
