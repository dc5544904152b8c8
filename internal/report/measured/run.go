// Package measured makes the sections of a report on what was measured: overhead,
// growth, open loop, cost and conditions. It knows no verdict, and it
// decides nothing.
package measured

import (
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/summary"
)

// Run is what was measured, laid out for sections.
type Run struct {
	Rounds summary.Index
	Suite  []bench.Scenario
	Arms   []bench.Arm // in the order direct, base, head

	data     bench.Run
	compared map[comparedKey]bench.Comparison
	failures map[bench.Arm]int // requests that failed in valid rounds
	notes    document.Notes    // of the section that is being built
}

// Of lays out a run. Where base and head were compared, their values are those of
// the comparison.
func Of(data bench.Run, compared []bench.Comparison) *Run {
	r := &Run{Rounds: summary.NewIndex(data.Rounds), data: data, compared: byPlace(compared), failures: make(map[bench.Arm]int)}
	for _, arm := range []bench.Arm{bench.Direct, bench.Base, bench.Head} {
		if slices.Contains(data.Plan.Arms, arm) {
			r.Arms = append(r.Arms, arm)
		}
	}
	for _, c := range data.Scenarios {
		r.Suite = append(r.Suite, c.Scenario)
		for _, arm := range r.Arms {
			n, _ := r.errors(c.Scenario, arm)
			r.failures[arm] += n
		}
	}
	return r
}

// Has is true when the run has an arm.
func (run *Run) Has(arm bench.Arm) bool { return slices.Contains(run.Arms, arm) }

// about names what a line is about: the arm only where there are two.
func (run *Run) about(what string, arm bench.Arm) string {
	if run.Paired() {
		return what + ", " + plain.Brief(string(arm))
	}
	return what
}

// Gateways are the arms without direct.
func (run *Run) Gateways() []bench.Arm {
	if len(run.Arms) > 0 && run.Arms[0] == bench.Direct {
		return run.Arms[1:]
	}
	return run.Arms
}

// Paired is true when base and head were both measured here.
func (run *Run) Paired() bool { return len(run.Gateways()) > 1 }

// Role names an arm for readers: one gateway alone is "proxied".
func (run *Run) Role(arm bench.Arm) string {
	if arm != bench.Direct && !run.Paired() {
		return "proxied"
	}
	return plain.Brief(string(arm))
}

// series has a point of an arm for each scenario where there is one.
func (run *Run) series(arm bench.Arm, suite []bench.Scenario, point func(i int, s bench.Scenario) (document.Point, bool)) document.Series {
	s := document.Series{Name: run.Role(arm), Style: string(arm), Shape: document.Dots}
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
	Typical, P99 bench.Metric // P99 is empty where there are too few for one
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

// pacedClocks are those of a paced stream, of which a round has few.
var pacedClocks = []Clock{
	{"first event", bench.FirstEventTypical, ""},
	{"largest gap (longest time without an event)", bench.GapMax, ""},
	{"whole stream", bench.TotalTypical, ""},
}

// paced are the scenarios whose backend pauses, unpaced the others.
func (run *Run) paced() []bench.Scenario {
	return slices.DeleteFunc(slices.Clone(run.Suite), func(s bench.Scenario) bool { return !s.Paced })
}

func (run *Run) unpaced() []bench.Scenario {
	return slices.DeleteFunc(slices.Clone(run.Suite), func(s bench.Scenario) bool { return s.Paced })
}

// word is the name of the clock without what explains it.
func (c Clock) word() string {
	name, _, _ := strings.Cut(c.Title, " (")
	return name
}

// Label names a metric in a table: "first event p95". The typical value is what is
// meant where nothing is said.
func Label(m bench.Metric) string {
	if d, known := m.Describe(); known {
		return d.Label
	}
	return plain.Brief(strings.ReplaceAll(string(m), "_", " "))
}

// ScaleOf is one unit for some values of a metric.
func ScaleOf(m bench.Metric, values ...float64) figures.Scale {
	switch d, _ := m.Describe(); d.Unit {
	case bench.Seconds:
		return figures.OfTimes(values...)
	case bench.Bytes:
		return figures.OfSizes(values...)
	case bench.PerSecond:
		return figures.PerSecond
	default:
		return figures.One
	}
}

// Grouped are the values of each key, and the keys in the order in which they
// first come.
func Grouped[K comparable, V any](all []V, key func(V) K) (keys []K, of map[K][]V) {
	of = make(map[K][]V)
	for _, v := range all {
		k := key(v)
		if of[k] == nil {
			keys = append(keys, k)
		}
		of[k] = append(of[k], v)
	}
	return keys, of
}

// There are the values that there are.
func There(values ...*float64) []float64 {
	var all []float64
	for _, v := range values {
		if v != nil {
			all = append(all, *v)
		}
	}
	return all
}

// ScenarioCell names a scenario and leads to its section.
func ScenarioCell(id string) document.Cell {
	return document.Cell{Text: plain.Brief(id), Section: ScenarioSection(id)}
}

// ScenarioSection is the ID of the section on a scenario.
func ScenarioSection(id string) string { return strings.ReplaceAll(plain.Clean(id), " ", "_") }
