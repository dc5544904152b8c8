package mockllm

import (
	"cmp"
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/pace"
)

// Settings are what the mock answers and when.
type Settings struct {
	// API is the one that Shape is meant for. The mock answers the others too, with
	// a larger JSON answer where they cannot make one that small.
	API   llmapi.API   `json:"api"`
	Shape llmapi.Shape `json:"shape"`

	Latency       pace.Dist `json:"latency"`        // from the request's last byte to the head
	FirstEvent    pace.Dist `json:"first_event"`    // from the head to the first event
	ChunkInterval pace.Dist `json:"chunk_interval"` // from one content delta to the next
	Seed          uint64    `json:"seed"`           // of the delays

	// Answers are further ones, for requests that ask for one by its number; the
	// first has number 1.
	Answers []llmapi.Answer `json:"answers,omitempty"`
	// MarkWithin is the largest body in bytes that asks for one; larger ones are not
	// searched for that. 0: any may ask.
	MarkWithin int `json:"mark_within,omitempty"`

	// Key is what asks for counters and scripts, in the query of the target. Empty: anyone
	// may, as on a mock that somebody has started by hand.
	Key string `json:"key,omitempty"`
}

// answer is the answer to a request without a mark.
func (s *Settings) answer() llmapi.Answer {
	return llmapi.Answer{Shape: s.Shape, Latency: &s.Latency, FirstEvent: &s.FirstEvent, ChunkInterval: &s.ChunkInterval}
}

// searched is how large a body may be that is searched for the mark of an answer.
func (s *Settings) searched() int64 {
	if len(s.Answers) == 0 {
		return 0
	}
	return int64(cmp.Or(s.MarkWithin, maxBody))
}

// Validate reports what is wrong with the settings.
func (s Settings) Validate() error {
	err := s.API.Validate()
	if err == nil {
		err = s.answer().Validate(s.API)
	}
	if err == nil {
		err = llmapi.ValidateAnswers(s.API, s.Answers)
	}
	if err != nil {
		return fmt.Errorf("mock: %w", err)
	}
	return nil
}

// Stats are the mock's counters since it started. The requests that ask for
// them, and the connections those come over, are left out.
type Stats struct {
	Connections int64 `json:"connections"` // accepted
	Requests    int64 `json:"requests"`    // whose last byte has come
	Answers     int64 `json:"answers"`     // of them, for an answer of one of the APIs
	Truncated   int64 `json:"truncated"`   // of these, without the end of a prompt as the client writes it
	Streams     int64 `json:"streams"`     // of the answers, those with events
	Open        int64 `json:"open"`        // connections now
	Whole       int64 `json:"whole"`       // streams whose last byte the kernel has taken
	Cut         int64 `json:"cut"`         // streams whose client went away before
	Written     int64 `json:"written"`     // bytes that the kernel has taken

	ByPath   map[string]int64 `json:"by_path"`            // requests to the paths that the mock has
	Unserved []bench.Unserved `json:"unserved,omitempty"` // requests that it could not serve
}
