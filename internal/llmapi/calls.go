package llmapi

import (
	"encoding/json"
	"strings"
)

// What an answer that calls a tool asks for: the first of the tools that requests have.
const (
	CallName = "get_weather"
	// CallArguments have what is easily damaged: characters of several bytes, quotes and
	// a newline, which are escaped twice on their way.
	CallArguments = `{"place":{"city":"Zürich \"Altstadt\"\n🙂","country":"CH"},"unit":"celsius"}`
)

// callPiece is the size of a piece of the arguments in a stream, in characters.
const callPiece = 12

// CallAnswer is the body of a JSON answer that calls a tool, with an ID of zero.
func CallAnswer(api API) []byte {
	return []byte(api.dialect().call(quoted(CallArguments), CallArguments))
}

// CallFrames are the events of a stream that calls a tool, with IDs of zero. The pieces
// of its arguments are of the kind Delta, without send times.
func CallFrames(api API, usage bool) []Frame {
	s := script{dialect: api.dialect(), Stream: Stream{Shape: DefaultShape(), Usage: usage}}
	var pieces []string
	for rest := []rune(CallArguments); len(rest) > 0; {
		n := min(callPiece, len(rest))
		pieces = append(pieces, quoted(string(rest[:n])))
		rest = rest[n:]
	}
	s.callStream(&s, pieces)
	return s.frames
}

// quoted is a text as it stands in a JSON string.
func quoted(text string) string {
	var out strings.Builder
	enc := json.NewEncoder(&out)
	enc.SetEscapeHTML(false)
	_ = enc.Encode(text) // a string
	q := strings.TrimSpace(out.String())
	return q[1 : len(q)-1]
}
