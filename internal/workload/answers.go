package workload

import (
	"reflect"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// Answers collects the answers that the requests of a run ask the mock for.
type Answers struct {
	list []llmapi.Answer
}

// Number adds an answer and returns its number. Equal answers share a number.
// llmapi.ValidateAnswers checks the bounds.
func (a *Answers) Number(answer llmapi.Answer) int {
	for i, known := range a.list {
		if reflect.DeepEqual(known, answer) {
			return i + 1
		}
	}
	a.list = append(a.list, answer)
	return len(a.list)
}

// List returns all answers for the mock; the first has number 1.
func (a *Answers) List() []llmapi.Answer { return a.list }

// Entry is one request of a mix or a trace.
type Entry struct {
	At      time.Duration // in a trace: since its beginning
	Mode    bench.Mode
	Body    int // bytes
	Payload llmapi.Payload
	Answer  int // number of the answer; 0: the mock's own
}

// Raise makes the body as large as a request of the API must be at least.
func (e *Entry) Raise(api llmapi.API, extra map[string]any) error {
	least, err := llmapi.LeastBody(api, e.Ask(extra))
	e.Body = max(e.Body, least)
	return err
}

// Ask returns the entry in the form that llmapi.RequestBody takes.
func (e Entry) Ask(extra map[string]any) llmapi.Ask {
	return llmapi.Ask{Mode: e.Mode, Size: e.Body, Answer: e.Answer, Payload: e.Payload, Extra: extra}
}
