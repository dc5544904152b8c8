package verdict

import (
	"errors"
	"fmt"
	"math"
	"path"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Policy is what counts as a regression. Shares are fractions of 1.
type Policy struct {
	Alpha     float64 // chance of a false regression in a whole gate
	Delta     float64 // changes up to this share are code layout, and no change
	Threshold float64 // share of the overhead, or of the value where there is no direct arm
	Floor     float64 // seconds; smaller changes are no regression whatever their share
	// Thresholds stand instead of Threshold; the last that matches wins.
	Thresholds []Threshold
}

// DefaultDelta is how far the layout of unchanged code moves its speed.
const DefaultDelta = 0.01

// Threshold is the threshold of some metrics and scenarios. A metric that it
// names is gated there even when it would not be otherwise.
type Threshold struct {
	Pattern  string       // as written
	Metric   bench.Metric // empty: every gated metric, p95 at twice the share
	Scenario string       // glob on Scenario.ID as of path.Match; empty: every scenario
	Share    float64
}

func (t Threshold) covers(s bench.Scenario) bool {
	matched, err := path.Match(t.Scenario, s.ID())
	return t.Scenario == "" || err == nil && matched
}

// Check reports every mistake: a number that no gate can have, a metric that
// is never gated, a pattern that nothing in the suite matches.
func (p Policy) Check(scenarios []bench.Scenario) error {
	var mistakes []error
	refuse := func(format string, args ...any) { mistakes = append(mistakes, fmt.Errorf(format, args...)) }
	if !(p.Alpha > 0 && p.Alpha < 0.5) {
		refuse("alpha %v is not between 0 and 0.5", p.Alpha)
	}
	if !(p.Delta >= 0) || math.IsInf(p.Delta, 1) {
		refuse("delta %v is not a share", p.Delta)
	}
	if !(p.Threshold > 0) || math.IsInf(p.Threshold, 1) {
		refuse("threshold %v is not above 0", p.Threshold)
	}
	if !(p.Floor >= 0) || math.IsInf(p.Floor, 1) {
		refuse("floor %v s is negative or not finite", p.Floor)
	}
	for _, t := range p.Thresholds {
		if !(t.Share > 0) || math.IsInf(t.Share, 1) {
			refuse("threshold %q: %v is not above 0", t.Pattern, t.Share)
		}
		if _, err := path.Match(t.Scenario, ""); err != nil {
			refuse("threshold %q: %q is no pattern", t.Pattern, t.Scenario)
			continue
		}
		switch {
		case t.Metric != "" && !gateable(t.Metric):
			refuse("threshold %q: %s is shown and never gated", t.Pattern, t.Metric)
		case !t.used(scenarios):
			refuse("threshold %q matches no scenario with that metric; scenarios are named like %q", t.Pattern, example(scenarios))
		}
	}
	return errors.Join(mistakes...)
}

func (t Threshold) used(scenarios []bench.Scenario) bool {
	for _, s := range scenarios {
		if t.covers(s) && (t.Metric == "" || has(s.Mode, t.Metric)) {
			return true
		}
	}
	return false
}

func example(scenarios []bench.Scenario) string {
	if len(scenarios) == 0 {
		return "json/c1/1KB"
	}
	return scenarios[0].ID()
}

func gateable(m bench.Metric) bool {
	d, _ := m.Describe()
	return d.Gate != bench.ShownOnly
}

// has is true when the answers of a mode have the metric.
func has(mode bench.Mode, m bench.Metric) bool {
	d, known := m.Describe()
	return known && d.In(mode)
}
