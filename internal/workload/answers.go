package workload

import (
	"reflect"
	"time"

	"github.com/org/proxy-bench-action/internal/llmapi"
)

// Answers are those that the requests of a run ask the mock for; the first has
// number 1.
type Answers []llmapi.Answer

// Number adds an answer and returns its number. Equal answers share a number.
// llmapi.ValidateAnswers checks the bounds.
func (a *Answers) Number(answer llmapi.Answer) int {
	for i, known := range *a {
		if reflect.DeepEqual(known, answer) {
			return i + 1
		}
	}
	*a = append(*a, answer)
	return len(*a)
}

// Entry is one request of a mix or a trace.
type Entry struct {
	llmapi.Ask
	At time.Duration // in a trace: since its beginning
}

// Raise makes the body as large as a request of the API must be at least.
func (e *Entry) Raise(api llmapi.API) error {
	least, err := llmapi.LeastBody(api, e.Ask)
	e.Size = max(e.Size, least)
	return err
}
