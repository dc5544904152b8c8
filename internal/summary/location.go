package summary

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// leastOf is the fewest observations for which a percentile is given. The largest
// of n observations is an upper 97.5 % confidence bound of the p-quantile, the end
// of a two-sided 95 % interval, when pⁿ ≤ 2.5 %: n ≥ 36 for p90, 368 for p99. With
// fewer the percentile has no upper bound.
func leastOf(percent int) int {
	switch percent {
	case 50:
		return 1 // the formula gives 6, but a round of any size has a median
	case 95:
		return 73 // the documented limit; the formula gives 72
	default:
		return int(math.Ceil(math.Log(0.025) / math.Log(float64(percent)/100)))
	}
}

// nearest is the nearest-rank percentile: the ⌈n·percent/100⌉-th smallest value.
// montanaflynn/stats averages neighbours, which gives a p99 that no request had.
func nearest[T any](sorted []T, percent int) T {
	// In whole numbers: 0.07·100 is above 7 in floating point.
	return sorted[(percent*len(sorted)+99)/100-1]
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

// statistic returns how nanoseconds, sorted, become one number in seconds, and
// the fewest that it is given for.
func statistic(s bench.Statistic) (of func(sorted []int64) float64, least int) {
	switch s {
	case bench.Typical:
		return typical, 1
	case bench.Mean:
		return mean, 1
	default:
		return func(sorted []int64) float64 { return seconds(nearest(sorted, int(s))) }, leastOf(int(s))
	}
}

// Spread is the middle of some values and how far they lie apart.
type Spread struct {
	Median float64
	Low    float64 // nearest-rank 10th percentile
	High   float64 // nearest-rank 90th percentile
}

// SpreadOf describes the values of several rounds. Low and High are measured
// values: of ten rounds the lowest and the second highest, so that one bad round
// does not widen the spread. ok is false without values and when one is not a
// finite number.
func SpreadOf(values []float64) (s Spread, ok bool) {
	median, err := stats.Median(values)
	if err != nil {
		return Spread{}, false
	}
	values = slices.Sorted(slices.Values(values))
	return Spread{median, nearest(values, 10), nearest(values, 90)}, true
}

// TailOf sorts nanoseconds and describes them by the percentiles for which there
// are enough of them, and by the longest.
func TailOf(ns []int64) bench.Tail {
	if len(ns) == 0 {
		return bench.Tail{Omitted: noRequest}
	}
	slices.Sort(ns)
	t := bench.Tail{Max: new(seconds(ns[len(ns)-1]))}
	var omitted []string
	for _, p := range []struct {
		to      **float64
		percent int
	}{{&t.P50, 50}, {&t.P95, 95}, {&t.P99, 99}} {
		if least := leastOf(p.percent); len(ns) < least {
			omitted = append(omitted, fmt.Sprintf("p%d needs %d requests", p.percent, least))
			continue
		}
		*p.to = new(seconds(nearest(ns, p.percent)))
	}
	if len(omitted) > 0 {
		t.Omitted = fmt.Sprintf("%s, and there are %d", strings.Join(omitted, ", "), len(ns))
	}
	return t
}
