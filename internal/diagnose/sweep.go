package diagnose

import (
	"maps"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// table has a row for each round with a figure of the gateway in every scenario
// of a sweep, and a column for each scenario.
func (s subject) table(sweep []bench.Scenario, f figure) [][]float64 {
	return rows(sweep, func(at bench.Scenario) map[int]float64 { return s.byRound(at, s.arm, f) })
}

// minus is the table of head's figures minus base's, of the rounds they share.
func minus(head, base subject, sweep []bench.Scenario, f figure) [][]float64 {
	return rows(sweep, func(at bench.Scenario) map[int]float64 {
		shared, of := make(map[int]float64), base.byRound(at, base.arm, f)
		for n, v := range head.byRound(at, head.arm, f) {
			if b, ok := of[n]; ok {
				shared[n] = v - b
			}
		}
		return shared
	})
}

func rows(sweep []bench.Scenario, column func(at bench.Scenario) map[int]float64) [][]float64 {
	byRound := make(map[int][]float64)
	for _, at := range sweep {
		for n, v := range column(at) {
			byRound[n] = append(byRound[n], v)
		}
	}
	var all [][]float64
	for _, n := range slices.Sorted(maps.Keys(byRound)) {
		if len(byRound[n]) == len(sweep) {
			all = append(all, byRound[n])
		}
	}
	return all
}

// each applies f to every row.
func each(rows [][]float64, f func(row []float64) float64) []float64 {
	var all []float64
	for _, row := range rows {
		all = append(all, f(row))
	}
	return all
}

// smallest and growth are, of one round, the figure of the smallest body and
// what the largest has more.
func smallest(row []float64) float64 { return row[0] }
func growth(row []float64) float64   { return row[len(row)-1] - row[0] }

// surely is the confidence of the intervals that have to lie above a limit:
// eight rounds reach it.
const surely = 0.99

// above estimates the middle of the rounds' values; ok is false when it may be
// at or below the limit.
func above(values []float64, limit float64) (e stats.Estimate, ok bool) {
	if !(median(values) > limit) {
		return e, false // mostly; and the estimate takes longer
	}
	e, err := stats.HodgesLehmannPaired(values, surely)
	return e, err == nil && e.Confidence >= surely && e.Low > limit
}
