package summary

import (
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Tails adds to base and head, which were measured together, the slices of each
// gated p95: the share of a slice's requests above the p95 of both gateways'
// requests together. A slice is too short for a p95 of its own, and with one for
// each round a p95 was tested on a tenth of what there is to know.
func Tails(s bench.Scenario, base, head *bench.Round, ofBase, ofHead []bench.Slice) {
	for clock, at := range moments {
		for _, m := range metricsOf(s, clock) {
			if d, _ := m.Describe(); s.GateOf(d) != bench.Gated || d.Statistic != bench.P95 {
				continue
			}
			pooled := append(readings(ofBase, at), readings(ofHead, at)...)
			if len(pooled) < leastOf(95) {
				continue
			}
			slices.Sort(pooled)
			limit := nearest(pooled, 95)
			base.Slices[m], head.Slices[m] = sharesAbove(limit, ofBase, at), sharesAbove(limit, ofHead, at)
		}
	}
}

// readings are those of a clock in some slices.
func readings(of []bench.Slice, at func(*bench.Observation) int64) []int64 {
	var all []int64
	for i := range of {
		for j := range of[i].Observations {
			if ns := at(&of[i].Observations[j]); ns != bench.Absent {
				all = append(all, ns)
			}
		}
	}
	return all
}

// sharesAbove has the share of each slice's readings that are above a limit. A slice
// without a reading has none.
func sharesAbove(limit int64, of []bench.Slice, at func(*bench.Observation) int64) []float64 {
	var all []float64
	for i := range of {
		in := readings(of[i:i+1], at)
		above := 0
		for _, ns := range in {
			if ns > limit {
				above++
			}
		}
		if len(in) > 0 {
			all = append(all, sixDigits(float64(above)/float64(len(in))))
		}
	}
	return all
}
