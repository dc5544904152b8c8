package bench

import "fmt"

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
	BodyBytes   int  `json:"body_bytes"`  // exact size of the HTTP request body
}

// ID names the scenario as reports and thresholds do: "sse/c10/10KB".
func (s Scenario) ID() string {
	return fmt.Sprintf("%s/c%d/%s", s.Mode, s.Concurrency, Size(s.BodyBytes))
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
		return fmt.Sprintf("%dMB", int(n)>>20)
	case n != 0 && n%(1<<10) == 0:
		return fmt.Sprintf("%dKB", int(n)>>10)
	default:
		return fmt.Sprintf("%dB", int(n))
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
