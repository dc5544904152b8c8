package llmapi

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/pace"
)

// Answer is one of the answers that requests ask for by number.
type Answer struct {
	Shape Shape `json:"shape"`

	// The delays; nil where the mock's own applies. Latency is from the request's
	// last byte to the head, FirstEvent from the head to the first event, and
	// ChunkInterval from one content delta to the next.
	Latency       *pace.Dist `json:"latency,omitempty"`
	FirstEvent    *pace.Dist `json:"first_event,omitempty"`
	ChunkInterval *pace.Dist `json:"chunk_interval,omitempty"`
	// At are the times of a stream's chunks since the head, in nanoseconds, one
	// for each. They take the place of FirstEvent and ChunkInterval.
	At []time.Duration `json:"at,omitempty"`

	Fail Failure `json:"fail,omitempty"`
}

// mostText bounds the text of all numbered answers together, in bytes.
const mostText = 128 << 20

// ValidateAnswers reports what is wrong with numbered answers; the first has
// number 1.
func ValidateAnswers(api API, answers []Answer) error {
	if len(answers) > MostAnswers {
		return fmt.Errorf("%d answers are too many: at most %d", len(answers), MostAnswers)
	}
	text := 0
	for i, a := range answers {
		if err := a.Validate(api); err != nil {
			return fmt.Errorf("answer %d: %w", i+1, err)
		}
		if text += a.Shape.AnswerBytes + a.Shape.Chunks*a.Shape.ChunkBytes; text > mostText {
			return fmt.Errorf("the answers up to number %d have more than %d bytes of text together; use fewer or smaller ones", i+1, mostText)
		}
	}
	return nil
}

// Validate reports what of the answer api cannot give.
func (a Answer) Validate(api API) error {
	if err := a.Shape.Validate(api); err != nil {
		return err
	}
	names := []string{"latency", "first event", "chunk interval"}
	for i, delay := range []*pace.Dist{a.Latency, a.FirstEvent, a.ChunkInterval} {
		if delay == nil {
			continue
		}
		if err := delay.Validate(); err != nil {
			return fmt.Errorf("%s: %w", names[i], err)
		}
	}
	switch last := len(a.At) - 1; {
	case a.Fail != NoFailure && !slices.Contains(Failures(), a.Fail):
		return fmt.Errorf("failure %q is none: use 429, 500 or cut", a.Fail)
	case last < 0:
		return nil
	case len(a.At) != a.Shape.Chunks:
		return fmt.Errorf("%d times for %d chunks", len(a.At), a.Shape.Chunks)
	case a.FirstEvent != nil || a.ChunkInterval != nil:
		return errors.New("times of the chunks and delays between them exclude each other")
	case a.At[0] < 0 || !slices.IsSorted(a.At):
		return errors.New("the times of the chunks must not be negative, and must not go back")
	case a.At[last] > pace.Limit:
		return fmt.Errorf("the last chunk comes after more than %v", pace.Limit)
	}
	return nil
}

// Failure is how the backend fails a request, for the gateway to pass on.
type Failure string

// The failures.
const (
	NoFailure   Failure = ""
	RateLimited Failure = "429" // status 429, with Retry-After and an error body
	ServerError Failure = "500" // status 500, with an error body
	Cut         Failure = "cut" // the connection is closed half-way through the answer
)

// Failures lists those that can be asked for.
func Failures() []Failure { return []Failure{RateLimited, ServerError, Cut} }

// Status is the status of the HTTP response.
func (f Failure) Status() int {
	switch f {
	case RateLimited:
		return 429
	case ServerError:
		return 500
	default:
		return 200
	}
}
