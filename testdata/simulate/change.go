package simulate

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Change is how head differs from base; the zero value is not at all.
type Change struct {
	Name string
	// percent is by how much latency, or with ofOverhead overhead, grows where the
	// change is.
	percent    float64
	ofOverhead bool
	covers     func(bench.Scenario) bool
	// jitter is the standard deviation, per scenario and build, of the effect of
	// code layout; it is there whether or not anything else changed.
	jitter float64
}

// Changes are the rows of the table.
func Changes() []Change {
	all := []Change{
		{Name: "unchanged"},
		{Name: "unchanged, layout jitter 0.9 %", jitter: 0.009},
	}
	for _, where := range []struct {
		name   string
		covers func(bench.Scenario) bool
	}{
		// A middle one of the scenarios.
		{"one scenario", func(s bench.Scenario) bool { return s.ID() == "json/c10/1KB" }},
		{"one mode", func(s bench.Scenario) bool { return s.Mode == bench.SSE }},
		{"everywhere", func(bench.Scenario) bool { return true }},
	} {
		for _, c := range []Change{{percent: 5}, {percent: 10}, {percent: 20}, {percent: 10, ofOverhead: true}, {percent: 20, ofOverhead: true}} {
			of := "latency"
			if c.ofOverhead {
				of = "overhead"
			}
			c.Name, c.covers = fmt.Sprintf("+%v %% of %s, %s", c.percent, of, where.name), where.covers
			all = append(all, c)
		}
	}
	return all
}

// contrast is true for the changes that tell rules apart: none, a tenth in one
// scenario, a twentieth and a fifth everywhere.
func (c Change) contrast() bool {
	switch c.Name {
	case "unchanged", "+10 % of latency, one scenario", "+5 % of latency, everywhere", "+20 % of latency, everywhere":
		return true
	}
	return false
}

// factor is what the change multiplies the proxied latency of a scenario by.
func (c Change) factor(s bench.Scenario) float64 {
	switch {
	case c.covers == nil || !c.covers(s):
		return 1
	case c.ofOverhead:
		return 1 + c.percent/100*overheadShare
	default:
		return 1 + c.percent/100
	}
}
