package work

import (
	"cmp"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Grown is by which share the instructions of a request grew in each scenario of a
// suite. Counted are the smallest and the largest body of a mode, one request at a time;
// between them the work is a straight line over the size, and more requests at a time
// have the same. Scenarios that cannot be told are not in it.
func Grown(all []bench.Work, suite []bench.Scenario) map[string]float64 {
	grown := map[string]float64{}
	byMode := map[bench.Mode][]point{}
	for _, c := range cellsOf(all) {
		i := slices.IndexFunc(suite, func(s bench.Scenario) bool { return s.ID() == c.scenario })
		if i < 0 {
			continue
		}
		if counted := c.with(steady).growths(); len(counted) > 0 {
			mean := meanOf(counted)
			byMode[suite[i].Mode] = append(byMode[suite[i].Mode], point{float64(suite[i].BodyBytes), mean.base, mean.head})
		}
	}
	for _, s := range suite {
		if base, head, ok := between(byMode[s.Mode], float64(s.BodyBytes)); ok && !s.Paced {
			grown[s.ID()] = head/base - 1
		}
	}
	return grown
}

// point is what a request of one size costs.
type point struct{ size, base, head float64 }

// between is what a request of a size costs by the line through the smallest and the
// largest that were counted.
func between(points []point, size float64) (base, head float64, ok bool) {
	if len(points) == 0 {
		return 0, 0, false
	}
	by := func(a, b point) int { return cmp.Compare(a.size, b.size) }
	low, high := slices.MinFunc(points, by), slices.MaxFunc(points, by)
	if size < low.size || size > high.size {
		return 0, 0, false
	}
	share := 0.0
	if high.size > low.size {
		share = (size - low.size) / (high.size - low.size)
	}
	return low.base + share*(high.base-low.base), low.head + share*(high.head-low.head), true
}
