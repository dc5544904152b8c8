package summary

import (
	"cmp"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// sweeps groups the scenarios that differ only in what rest erases, in the order
// in which each group begins; each is sorted by order.
func sweeps(scenarios []bench.Scenario, rest func(bench.Scenario) bench.Scenario, order func(bench.Scenario) int) [][]bench.Scenario {
	var groups [][]bench.Scenario
	index := make(map[bench.Scenario]int)
	for _, s := range scenarios {
		key := rest(s)
		i, known := index[key]
		if !known {
			i = len(groups)
			index[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], s)
	}
	for _, g := range groups {
		slices.SortStableFunc(g, func(a, b bench.Scenario) int { return cmp.Compare(order(a), order(b)) })
	}
	return groups
}

// ByConcurrency groups the scenarios that differ in the requests in flight alone,
// the fewest first.
func ByConcurrency(scenarios []bench.Scenario) [][]bench.Scenario {
	return sweeps(scenarios,
		func(s bench.Scenario) bench.Scenario { s.Concurrency = 0; return s },
		func(s bench.Scenario) int { return s.Concurrency })
}

// ByBody groups the scenarios that differ in their body alone, the smallest
// first.
func ByBody(scenarios []bench.Scenario) [][]bench.Scenario {
	return sweeps(scenarios, OfBody.without, OfBody.in)
}
