package measured

import (
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/summary"
)

// The charts that stand alone: each shows one scenario, or the scenarios around it, and
// is empty where there are too few of those.

// ByBody has the overhead of the body sizes around a scenario.
func (run *Run) ByBody(at bench.Scenario) document.Chart {
	return around(summary.ByBody(run.unpaced()), at, run.byBody)
}

// ByConcurrency has the times of the concurrencies around a scenario.
func (run *Run) ByConcurrency(at bench.Scenario) document.Chart {
	return around(summary.ByConcurrency(run.unpaced()), at, run.byConcurrency)
}

// OfStream is when the parts of a scenario's streams arrive.
func (run *Run) OfStream(at bench.Scenario) document.Chart {
	if at.Mode != bench.SSE {
		return document.Chart{}
	}
	return named(at, run.timeline(at))
}

// Distribution is how a scenario's requests are distributed.
func (run *Run) Distribution(at bench.Scenario) document.Chart {
	return named(at, run.distribution(at, Clocks(at.Mode)[0]))
}

// Memory has the memory of the gateways in each scenario.
func (run *Run) Memory() document.Chart { return run.memoryChart() }

// named says in a chart's title which scenario it is of.
func named(at bench.Scenario, c document.Chart) document.Chart {
	c.Title = at.ID() + " · " + c.Title
	return c
}

func around(sweeps [][]bench.Scenario, at bench.Scenario, chart func([]bench.Scenario) document.Chart) document.Chart {
	for _, sweep := range several(sweeps) {
		if slices.Contains(sweep, at) {
			return chart(sweep)
		}
	}
	return document.Chart{}
}
