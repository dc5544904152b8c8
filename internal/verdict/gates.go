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
	tail      bool // a p95 without a threshold of its own
}

// tailShare is the least share of the latency that a p95 may rise by: its
// ratio has two to three times the SD of a typical value's.
const tailShare = 0.20

func isTail(m bench.Metric) bool {
	d, _ := m.Describe()
	return d.Gate == bench.GatedTail
}

// gates lists what is gated in a scenario: first what judges and the tails last,
// then what thresholds name beyond them.
func gates(p bench.Policy, s bench.Scenario) []gate {
	var all []gate
	for _, kind := range []bench.Gate{bench.Judged, bench.Gated, bench.GatedTail} {
		for _, m := range bench.Metrics(func(d bench.Description) bool { return d.Gate == kind && d.In(s.Mode) }) {
			all = append(all, gate{metric: m, threshold: p.Threshold, tail: kind == bench.GatedTail})
		}
	}
	for _, t := range p.Thresholds {
		if !t.Covers(s) {
			continue
		}
		listed := slices.ContainsFunc(all, func(g gate) bool { return g.metric == t.Metric })
		if d, known := t.Metric.Describe(); known && d.In(s.Mode) && !listed {
			all = append(all, gate{metric: t.Metric})
		}
		for i := range all {
			if t.Metric == "" || t.Metric == all[i].metric {
				all[i].threshold, all[i].tail = t.Share, t.Metric == "" && isTail(all[i].metric)
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
// max(T·h, F/base), for p95 max(20 %, 2·T·h, F/base).
func (g gate) apply(floor float64, c *bench.Comparison) {
	c.Gated, c.Threshold = true, &g.threshold
	limit := g.threshold
	if c.Share != nil {
		limit *= max(0, *c.Share)
	}
	if g.tail {
		limit = max(tailShare, 2*limit)
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
