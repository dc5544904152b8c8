package simulate

import (
	"fmt"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/calibrate"
	"github.com/org/proxy-bench-action/internal/stats"
)

// kind is a column of the table: what a gate came to.
type kind string

const (
	isRegression   kind = "regression"
	isNoted        kind = "noted" // and no regression
	isImprovement  kind = "improvement"
	isInconclusive kind = "inconclusive"
)

var kinds = []kind{isRegression, isNoted, isImprovement, isInconclusive}

// is tells whether a gate belongs into the column.
func (k kind) is(v bench.Verdict) bool {
	if k == isNoted {
		return v.Outcome != bench.Regression && len(v.Notes) > 0
	}
	return v.Outcome == bench.Outcome(k)
}

// Row is the gates of one change, counted.
type Row struct {
	Change Change
	Gates  int
	Of     map[kind]int
	Median time.Duration // of their simulated time
}

func newRow(c Change, gates []Gate) Row {
	r := Row{Change: c, Gates: len(gates), Of: make(map[kind]int)}
	var seconds []float64
	for _, g := range gates {
		seconds = append(seconds, g.Seconds)
		for _, k := range kinds {
			if k.is(g.Verdict) {
				r.Of[k]++
			}
		}
	}
	median, _ := stats.Median(seconds) // of at least one finite number
	r.Median = time.Duration(median * float64(time.Second)).Round(time.Second)
	return r
}

// share is in percent.
func (r Row) share(k kind) float64 { return 100 * float64(r.Of[k]) / float64(r.Gates) }

// target is something that a row has to reach.
type target struct {
	says string
	// got is what the row has, in words, and whether that is enough.
	got func(Row) (text string, reached bool)
}

func atMost(k kind, percent float64) target {
	return target{fmt.Sprintf("%s ≤ %v %%", k, percent), func(r Row) (string, bool) {
		return counted(r.Of[k], r.Gates), r.share(k) <= percent
	}}
}

// atLeast counts a regression as noted, too.
func atLeast(k kind, percent float64) target {
	return target{fmt.Sprintf("%s ≥ %v %%", k, percent), func(r Row) (string, bool) {
		n := r.Of[k]
		if k == isNoted {
			n += r.Of[isRegression]
		}
		return counted(n, r.Gates), 100*float64(n) >= percent*float64(r.Gates)
	}}
}

func within(limit time.Duration) target {
	return target{fmt.Sprintf("median time ≤ %v", limit), func(r Row) (string, bool) { return r.Median.String(), r.Median <= limit }}
}

// counted is "2 of 300 (95 %: 0.2 to 2.4 %)", with Wilson's interval.
func counted(k, n int) string {
	outcomes := make([]bench.Outcome, n)
	for i := range k {
		outcomes[i] = bench.Regression
	}
	ci := calibrate.Count(outcomes).CI
	return fmt.Sprintf("%d of %d (95 %%: %.1f to %.1f %%)", k, n, 100*ci[0], 100*ci[1])
}
