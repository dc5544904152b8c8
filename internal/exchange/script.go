package exchange

import (
	"time"

	"github.com/org/proxy-bench-action/internal/llmapi"
)

// Script is how the mock answers the requests that ask for the answer of its number
// (llmapi.Ask.Answer), instead of the answer of the suite.
type Script struct {
	Number int `json:"number"` // from 1
	// Plays are for its requests in the order in which they come; the last one is for
	// all further ones, too. Without any, they get a right answer at once.
	Plays []Play `json:"plays,omitempty"`
	// Counted says that its requests are many: they are only counted, and what each
	// was is not kept.
	Counted bool `json:"counted,omitempty"`
}

// Play is one answer of the mock.
type Play struct {
	Status  int               `json:"status,omitempty"`  // 0 is 200; others have an error body
	Headers map[string]string `json:"headers,omitempty"` // besides the usual ones
	Shape   llmapi.Shape      `json:"shape"`             // the zero Shape is llmapi.DefaultShape
	// ToolCall makes it an answer that calls a tool; its size is not that of the Shape.
	ToolCall bool `json:"tool_call,omitempty"`

	Silence    time.Duration `json:"silence,omitempty"`     // from the request's last byte to the head
	FirstEvent time.Duration `json:"first_event,omitempty"` // from the head to the first event
	Interval   time.Duration `json:"interval,omitempty"`    // from one delta to the next
	// Pause is a further wait before the delta of number PauseBefore, from 0.
	Pause       time.Duration `json:"pause,omitempty"`
	PauseBefore int           `json:"pause_before,omitempty"`

	// Pieces is about how many bytes of the body are sent at a time, a millisecond after
	// one another; 0: each event whole. Pieces end within events and letters.
	Pieces int `json:"pieces,omitempty"`
	// Compress compresses the body for who accepts gzip.
	Compress bool `json:"compress,omitempty"`

	// Cut closes the connection half-way through the body, or before the second half of the
	// deltas of a stream.
	Cut bool `json:"cut,omitempty"`
	// ErrorEvent ends a stream before the second half of its deltas with an error event;
	// a request for JSON gets status 500.
	ErrorEvent bool `json:"error_event,omitempty"`
}

// Fails reports whether the client is meant to see a failure.
func (p Play) Fails() bool {
	return p.Status != 0 && p.Status != 200 || p.Cut || p.ErrorEvent
}

// Takes is how long the answer takes the backend, at the most.
func (p Play) Takes() time.Duration {
	chunks := p.Shape.Chunks
	if p.Shape == (llmapi.Shape{}) {
		chunks = llmapi.DefaultShape().Chunks
	}
	return p.Silence + p.FirstEvent + p.Pause + time.Duration(chunks)*p.Interval
}
