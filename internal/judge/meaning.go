package judge

import "github.com/org/proxy-bench-action/internal/llmapi"

// meaning is what official SDKs read from the answers of one API: the rule that
// Judge goes by, as data.
type meaning struct {
	means []path // what has to be as it was sent in a JSON answer
	steps []step // of a stream, in order
	never []path // members that no event of a stream has

	dispatches bool // the SDKs pass over events that lack their name
}

var meanings = map[llmapi.API]*meaning{llmapi.Responses: &responses, llmapi.Chat: &chat, llmapi.Messages: &messages}

// step is one kind of event in the life cycle of a stream, and says what an
// official SDK reads from it. Whatever is not named here is free.
type step struct {
	name string // of the event: the value of its member "type", or what llmapi calls it
	when path   // the member that makes an event this step by having a value; without one the name does
	kind llmapi.Kind

	need     bool // a client cannot do without it
	anywhere bool // it may come in any place and any number of times; others but deltas come once

	// id names the answer or a part of it, by its kind: events that name the same
	// thing have to agree. Not every SDK looks, but some refuse what does not.
	id     path
	idKind int

	text    path   // of a delta: the text that it adds
	means   []path // what has to be as it was sent
	repeats []path // what has to be the whole text

	// Some events belong to a part of the answer with this number. The first event
	// of a part says of which type it is. A gateway may add parts that are none of
	// the answer; see isThought.
	part, partType path
}

// The kinds of ids that events have to agree on.
const (
	answerID = iota
	partID
	idKinds
)

// isThought reports whether a part of this type is no part of the answer: clients
// read the text beside it.
func isThought(partType []byte) bool {
	switch string(partType) {
	case "thinking", "redacted_thinking", "reasoning":
		return true
	}
	return false
}
