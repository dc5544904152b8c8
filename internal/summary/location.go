package summary

import "github.com/org/proxy-bench-action/internal/stats"

// The fewest observations for which a percentile is given. The largest of n
// observations is an upper 97.5 % confidence bound of the p-quantile, the end of a
// two-sided 95 % interval, when pⁿ ≤ 2.5 %: n ≥ 36 for p90, 72 for p95, 368 for
// p99. With fewer the percentile has no upper bound. The documented limit of p95
// is 73, one more than the formula gives.
const (
	leastP90 = 36
	leastP95 = 73
	leastP99 = 368
)

// leastOf is the fewest observations for which a percentile is given.
func leastOf(percent int) int {
	switch {
	case percent >= 99:
		return leastP99
	case percent >= 95:
		return leastP95
	case percent >= 90:
		return leastP90
	default:
		return 1
	}
}

// nearest is the nearest-rank percentile: the ⌈n·percent/100⌉-th smallest value.
// montanaflynn/stats averages neighbours, which gives a p99 that no request had.
func nearest(sorted []int64, percent int) int64 {
	// In whole numbers: 0.07·100 is above 7 in floating point.
	rank := (percent*len(sorted) + 99) / 100
	return sorted[rank-1]
}

// typical is the mean of the fastest 80 %, in seconds.
func typical(sorted []int64) float64 { return mean(stats.Fastest(sorted)) }

// mean does not depend on the order of the observations: their sum is of whole
// nanoseconds and exact.
func mean(nanoseconds []int64) float64 {
	var sum int64
	for _, ns := range nanoseconds {
		sum += ns
	}
	return float64(sum) / float64(len(nanoseconds)) / 1e9
}

func seconds(ns int64) float64 { return float64(ns) / 1e9 }
