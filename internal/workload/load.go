package workload

import (
	"time"

	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/pace"
)

// Load describes how requests differ from one another. Without any member but the
// seed they do not. Shares are fractions of 1.
type Load struct {
	Payload map[llmapi.Payload]float64 `json:"payload,omitempty"` // adding up to 1; empty: by size
	Body    pace.Counts                `json:"body,omitzero"`     // bytes of a request; zero: the sizes of the suite
	Answer  pace.Counts                `json:"answer,omitzero"`   // bytes of a JSON answer; zero: as the mock is configured
	Chunks  pace.Counts                `json:"chunks,omitzero"`   // of a stream; zero: as the mock is configured
	Fail    map[llmapi.Failure]float64 `json:"fail,omitempty"`    // the rest succeeds
	Slow    Slow                       `json:"slow,omitzero"`
	Trace   string                     `json:"trace,omitempty"` // file of requests to replay instead
	Seed    uint64                     `json:"seed"`
}

// Slow is a share of the requests whose answers begin later than the others'.
type Slow struct {
	Share   float64       `json:"share"`
	Latency time.Duration `json:"latency"` // instead of the mock's, in nanoseconds
}

// Mixed reports whether the requests of a scenario differ.
func (l Load) Mixed() bool {
	return len(l.Payload) > 0 || !l.Body.IsZero() || !l.Answer.IsZero() || !l.Chunks.IsZero() || len(l.Fail) > 0 || l.Slow.Share > 0
}
