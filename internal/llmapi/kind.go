package llmapi

import "bytes"

// Kind says what an event of a stream is to the one who waits for text.
type Kind uint8

// The kinds of events.
const (
	Control  Kind = iota // says something about the answer, adds no text
	Delta                // adds text
	Terminal             // says that the answer is complete
)

// String is the kind's name in messages.
func (k Kind) String() string {
	switch k {
	case Delta:
		return "delta"
	case Terminal:
		return "terminal"
	default:
		return "control"
	}
}

var (
	typeFirst         = []byte(`{"type":"`)
	responsesDelta    = []byte("response.output_text.delta")
	responsesTerminal = []byte("response.completed")
	chatDelta         = []byte(`"choices"`)
	chatTerminal      = []byte("[DONE]")
	messagesDelta     = []byte("content_block_delta")
	messagesTerminal  = []byte("message_stop")
)

// KindOf tells the kind of an event from its data, the joined data lines. It
// looks for literals that occur in no other place, so it does not care about
// key order, white space or a lost "event:" line, and it allocates nothing.
//
// The end is response.completed, [DONE] of Chat Completions, and message_stop.
// The [DONE] after response.completed is a control event. Chat Completions has
// no name for its events: one that carries a mark is a delta.
func KindOf(api API, data []byte) Kind {
	switch api {
	case Chat:
		return chatKind(data)
	case Messages:
		return namedKind(data, messagesDelta, messagesTerminal)
	default:
		return namedKind(data, responsesDelta, responsesTerminal)
	}
}

func namedKind(data, delta, terminal []byte) Kind {
	if name, ok := bytes.CutPrefix(data, typeFirst); ok { // as sent; spares searching the text
		data = name[:min(len(name), len(delta))]
	}
	switch {
	case bytes.Contains(data, delta):
		return Delta
	case bytes.Contains(data, terminal):
		return Terminal
	}
	return Control
}

func chatKind(data []byte) Kind {
	if bytes.Equal(bytes.TrimSpace(data), chatTerminal) {
		return Terminal
	}
	if !bytes.Contains(data, chatDelta) {
		return Control
	}
	if _, _, _, marked := ParseMark(data); marked {
		return Delta
	}
	return Control
}
