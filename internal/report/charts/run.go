// Package charts makes the charts of a report from the rounds of a run, as
// points; it draws nothing and decides nothing.
package charts

import (
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/summary"
)

// Run is what was measured: of these scenarios, with these arms in the order
// direct, base, head.
type Run struct {
	Rounds summary.Index
	Suite  []bench.Scenario
	Arms   []bench.Arm
}

// Gateways are the arms without direct.
func (r Run) Gateways() []bench.Arm {
	if len(r.Arms) > 0 && r.Arms[0] == bench.Direct {
		return r.Arms[1:]
	}
	return r.Arms
}

// Paired is true when base and head were both measured here.
func (r Run) Paired() bool { return len(r.Gateways()) > 1 }

// Role names an arm for readers: one gateway alone is "proxied".
func (r Run) Role(arm bench.Arm) string {
	if arm != bench.Direct && !r.Paired() {
		return "proxied"
	}
	return plain.Brief(string(arm))
}

// series has a point of an arm for each scenario where there is one.
func (r Run) series(arm bench.Arm, suite []bench.Scenario, point func(i int, s bench.Scenario) (document.Point, bool)) document.Series {
	s := document.Series{Name: r.Role(arm), Style: string(arm), Shape: document.Dots}
	for i, scenario := range suite {
		if p, ok := point(i, scenario); ok {
			s.Points = append(s.Points, p)
		}
	}
	return s
}

// Clock is a moment of an answer that it is judged by.
type Clock struct {
	Title        string
	Typical, P99 bench.Metric
}

// Clocks are those of a mode.
func Clocks(m bench.Mode) []Clock {
	if m == bench.SSE {
		return []Clock{
			{"first event (first SSE event complete)", bench.FirstEventTypical, bench.FirstEventP99},
			{"whole stream (last byte)", bench.TotalTypical, bench.TotalP99},
		}
	}
	return []Clock{{"whole answer", bench.LatencyTypical, bench.LatencyP99}}
}

// word is the name of the clock without what explains it.
func (c Clock) word() string {
	name, _, _ := strings.Cut(c.Title, " (")
	return name
}
