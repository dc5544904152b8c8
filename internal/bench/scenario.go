package bench

import "strconv"

// Mode says how the answer travels: one JSON body or a stream of events.
type Mode string

// The two modes of a Scenario.
const (
	JSON Mode = "json"
	SSE  Mode = "sse"
)

// Scenario is one cell of the suite.
type Scenario struct {
	Mode        Mode `json:"mode"`
	Concurrency int  `json:"concurrency"` // requests in flight
	BodyBytes   int  `json:"body_bytes"`  // exact size of the HTTP request body; 0 in a mix

	Mix    bool `json:"mix,omitempty"`    // the requests differ, as configured under load
	Answer int  `json:"answer,omitempty"` // JSON: bytes of the answer; SSE: chunks of the stream; 0: as the mock is configured
	Paced  bool `json:"paced,omitempty"`  // the backend pauses in the stream, as a model does
}

// ID names the scenario as reports and thresholds do: "sse/c10/10KB",
// "json/c10/10KB/answer=1MB", "sse/c10/10KB/chunks=2000", "json/c10/mix",
// "sse/c1/1KB/paced".
func (s Scenario) ID() string {
	return string(s.Mode) + "/c" + strconv.Itoa(s.Concurrency) + "/" + s.Sizes() // everything asks for it
}

// Sizes is the part of the ID that names what is sent and answered: "10KB",
// "10KB/answer=1MB", "mix", "1KB/paced".
func (s Scenario) Sizes() string {
	body := Size(s.BodyBytes).String()
	if s.Mix {
		body = "mix"
	}
	if s.Answer > 0 {
		body += "/" + s.AnswerSize()
	}
	if s.Paced {
		body += "/paced"
	}
	return body
}

// AnswerSize is how large the answers are, in the unit of the mode: "answer=1MB",
// "chunks=2000"; empty where they are as the mock is configured.
func (s Scenario) AnswerSize() string {
	switch {
	case s.Answer == 0:
		return ""
	case s.Mode == SSE:
		return "chunks=" + strconv.Itoa(s.Answer)
	default:
		return "answer=" + Size(s.Answer).String()
	}
}

// Alike is true of scenarios that differ in their concurrency alone.
func (s Scenario) Alike(other Scenario) bool {
	s.Concurrency = other.Concurrency
	return s == other
}

// String is ID.
func (s Scenario) String() string { return s.ID() }

// Size is a number of bytes written with the largest unit that divides it:
// 100 is "100B", 10240 is "10KB" (1 KB = 1024 bytes).
type Size int

// String writes the size so that configuration reads it back unchanged.
func (n Size) String() string {
	switch {
	case n != 0 && n%(1<<20) == 0:
		return strconv.Itoa(int(n)>>20) + "MB"
	case n != 0 && n%(1<<10) == 0:
		return strconv.Itoa(int(n)>>10) + "KB"
	default:
		return strconv.Itoa(int(n)) + "B"
	}
}

// Arm is what is driven by load.
type Arm string

// The arms of a trial. Direct is client to mock with no gateway between.
const (
	Direct Arm = "direct"
	Base   Arm = "base"
	Head   Arm = "head"
)
