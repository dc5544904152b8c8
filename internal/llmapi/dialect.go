package llmapi

import (
	"fmt"
	"slices"
	"strings"
)

// API is the name of an LLM API, as configurations and result files write it.
type API string

// The APIs.
const (
	Responses API = "responses" // OpenAI Responses
	Chat      API = "chat"      // OpenAI Chat Completions
	Messages  API = "messages"  // Anthropic Messages

	Default = Responses // where a configuration names none
)

// Version counts the changes to what requests and answers look like. Runs of
// different versions do not compare.
const Version = 2

// dialects is the registry, in the order in which documentation names the APIs.
var dialects = []*dialect{&responses, &chat, &messages}

// dialect is everything in which one API differs from the others. To add an API,
// write one in a file of its own and register it above: requests, answers,
// streams, the mock, the client and the probes all ask it.
type dialect struct {
	name  API
	path  string // of the URL that requests are posted to
	maker string // whose API it is, as gateways name it in paths

	headers   []Header       // of a request, as the official clients have them
	extra     map[string]any // members of a request unless the user chooses others
	maxTokens bool           // a request must bound its answer
	turns     string         // the member of a request that holds the conversation
	turn      string         // the members of every turn besides role and content
	// tool is a function tool. The arguments are its name and description, and
	// the JSON schema of its parameters.
	tool func(about, parameters string) string

	answer func(text string, tokens int) string // a JSON answer
	fail   func(status int, message string) string
	// call is a JSON answer that calls a tool with arguments, as they stand in a JSON
	// string and as they are.
	call func(quoted, bare string) string

	named      bool // events have a name besides their type
	stream     func(*script)
	callStream func(s *script, pieces []string) // of one that calls a tool, with its quoted arguments in pieces
	// failEvent is an event of this number that says an error inside a stream.
	failEvent  func(number int, message string) (event, data string)
	textCopies int  // how often a stream has the whole text, deltas included
	asksUsage  bool // a stream tells its usage only to requests that ask for it
}

// All lists the APIs.
func All() []API {
	names := make([]API, len(dialects))
	for i, d := range dialects {
		names[i] = d.name
	}
	return names
}

// Validate reports an API that there is not.
func (a API) Validate() error {
	if !slices.Contains(All(), a) {
		known := strings.ReplaceAll(fmt.Sprint(All()), " ", ", ")
		return fmt.Errorf("unknown API %q: use one of %s", string(a), strings.Trim(known, "[]"))
	}
	return nil
}

// dialect panics for an API that Validate does not accept: every name from
// outside goes through it first.
func (a API) dialect() *dialect {
	i := slices.IndexFunc(dialects, func(d *dialect) bool { return d.name == a })
	if i < 0 {
		panic("llmapi: " + a.Validate().Error())
	}
	return dialects[i]
}

// Path is the path of the URL that requests are posted to.
func (a API) Path() string { return a.dialect().path }

// Maker is whose API it is, as gateways name it in their paths: openai, anthropic.
func (a API) Maker() string { return a.dialect().maker }

// Extra are the top-level members that a request has besides the necessary ones,
// unless the user chooses others. The map is shared: do not change it.
func (a API) Extra() map[string]any { return a.dialect().extra }

// TextCopies is how often a stream carries its text: once in the deltas, and
// again in every event that repeats it.
func (a API) TextCopies() int { return a.dialect().textCopies }

// AsksUsage reports whether a stream tells its usage only to requests that ask
// for it.
func (a API) AsksUsage() bool { return a.dialect().asksUsage }

// NamesEvents reports whether the events of a stream have a name besides their
// data.
func (a API) NamesEvents() bool { return a.dialect().named }
