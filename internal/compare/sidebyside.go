package compare

import (
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Wanted is what to compare in a scenario. Decide gets every figure; Show has
// no one-sided limits, no p of better and no textbook p, which together cost
// more than the rest and are asked of dozens of metrics.
type Wanted struct{ Decide, Show []bench.Metric }

// SideBySide compares base and head where they shared their rounds: in every
// scenario the metrics that wanted lists for it, in that order. delta is the
// share up to which a change is put down to code layout; the tests are of a
// change beyond it.
//
// The over-dispersion that scenarios share is taken per metric from all
// scenarios. For fresh rounds the screening's are handed in as earlier and
// count too: the few scenarios measured again would not know it well, and
// choosing them by their shift does not bend it. That needs equally many
// slices in both.
func (t Table) SideBySide(scenarios []bench.Scenario, delta float64, wanted func(bench.Scenario) Wanted, earlier ...Table) []bench.Comparison {
	var all []candidate
	shared := make(dispersion)
	for _, s := range scenarios {
		id := s.ID()
		w := wanted(s)
		for i, m := range slices.Concat(w.Decide, w.Show) {
			c := t.candidate(id, m, delta)
			c.shownOnly = i >= len(w.Decide)
			shared.add(c)
			all = append(all, c)
			for _, e := range earlier {
				shared.add(e.candidate(id, m, delta))
			}
		}
	}
	comparisons := make([]bench.Comparison, len(all))
	for i, c := range all {
		comparisons[i] = c.comparison(shared, delta)
	}
	return comparisons
}
