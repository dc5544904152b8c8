package llmapi

import "github.com/org/proxy-bench-action/internal/bench"

// Ask is what a request body is to be like.
type Ask struct {
	Mode    bench.Mode // of the answer asked for
	Size    int        // bytes of the body
	Answer  int        // number of the answer wanted; 0 is the one that a request without a mark gets
	Payload Payload
	// Extra are members added at the top level, in sorted order. They take the
	// place of members of the same name, except those that make the request what
	// it is.
	Extra map[string]any
}

// Payload is what a request carries besides the last question.
type Payload string

// The payloads that gateways of the field see.
const (
	BySize Payload = ""      // bare, from about 1 KB on with a tool, from some KB on a conversation with tools
	Bare   Payload = "bare"  // a prompt
	Tools  Payload = "tools" // tool schemas and a question
	Turns  Payload = "turns" // a conversation with tools
)

// Payloads lists those that can be asked for by name.
func Payloads() []Payload { return []Payload{Bare, Tools, Turns} }

// Sizes from which a request has more than a bare prompt, when its size decides.
const (
	toolFrom  = 800
	turnsFrom = 3 << 10
)

func (p Payload) hasTools(size int) bool {
	return p == Tools || p == Turns || p == BySize && size >= toolFrom
}

func (p Payload) hasTurns(size int) bool {
	return p == Turns || p == BySize && size >= turnsFrom
}

// with is for the messages about a request.
func (p Payload) with() string {
	if p == BySize {
		return ""
	}
	return " with the payload " + string(p)
}
