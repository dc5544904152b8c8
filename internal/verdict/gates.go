package verdict

import (
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// gate is one metric of one scenario that can be a regression.
type gate struct {
	metric    bench.Metric
	threshold float64
	least     float64 // bench.Description.Least; 0 with a threshold of its own
	floor     float64 // seconds, in place of a smaller one of the policy
}

// pacedFloor is the least change of a paced stream that counts. Its backend's pauses
// are many times what a gateway adds, and timers wake up late by a part of it. What
// it is there for, buffers, batches and polls, moves its events by more.
const pacedFloor = 1e-3

func leastOf(m bench.Metric) float64 {
	d, _ := m.Describe()
	return d.Least
}

// gates lists what is gated in a scenario: first what judges, last what has a least
// share of its own, then what thresholds name beyond them.
func gates(p bench.Policy, s bench.Scenario) []gate {
	var all []gate
	for _, kind := range []func(bench.Description) bool{
		func(d bench.Description) bool { return d.Gate == bench.Judged },
		func(d bench.Description) bool { return d.Gate == bench.Gated && d.Least == 0 },
		func(d bench.Description) bool { return d.Gate == bench.Gated && d.Least > 0 },
	} {
		for _, m := range bench.Metrics(func(d bench.Description) bool { return kind(d) && s.GateOf(d) >= bench.Gated }) {
			g := gate{metric: m, threshold: p.Threshold, least: leastOf(m)}
			if s.Paced {
				g.floor = pacedFloor
			}
			all = append(all, g)
		}
	}
	for _, t := range p.Thresholds {
		if !t.Covers(s) {
			continue
		}
		listed := slices.ContainsFunc(all, func(g gate) bool { return g.metric == t.Metric })
		if d, known := t.Metric.Describe(); known && s.Has(d) && !s.Paced && !listed {
			all = append(all, gate{metric: t.Metric})
		}
		for i := range all {
			if t.Metric == "" || t.Metric == all[i].metric {
				all[i].threshold, all[i].least = t.Share, 0
				if t.Metric == "" {
					all[i].least = leastOf(all[i].metric)
				}
			}
		}
	}
	return all
}

// gateOf finds the gate of a metric.
func gateOf(p bench.Policy, s bench.Scenario, m bench.Metric) (gate, bool) {
	all := gates(p, s)
	i := slices.IndexFunc(all, func(g gate) bool { return g.metric == m })
	if i < 0 {
		return gate{}, false
	}
	return all[i], true
}

// ThresholdOf is the threshold of a metric in a scenario, as a share of the
// overhead: that of the policy where the metric is not gated.
func ThresholdOf(p bench.Policy, s bench.Scenario, m bench.Metric) float64 {
	if g, ok := gateOf(p, s, m); ok {
		return g.threshold
	}
	return p.Threshold
}

// apply writes threshold, floor and limit into a comparison. The limit is the
// smallest share of the base's value that counts:
// max(T·h, F/base), for a metric with a least share max(least, 2·T·h, F/base).
func (g gate) apply(floor float64, c *bench.Comparison) {
	floor = max(floor, g.floor)
	c.Gated, c.Threshold = true, &g.threshold
	limit := g.threshold
	if c.Share != nil {
		limit *= max(0, *c.Share)
	}
	if g.least > 0 {
		limit = max(g.least, 2*limit)
	}
	if d, _ := g.metric.Describe(); d.Unit == bench.Seconds && c.Base != nil && *c.Base > 0 {
		c.Floor = &floor
		// A base so small that the quotient overflows has no ratio either.
		limit = min(math.MaxFloat64, max(limit, floor / *c.Base))
	}
	c.Limit = &limit
}

// tau is the limit on the log scale.
func tau(limit float64) float64 { return math.Log1p(limit) }
