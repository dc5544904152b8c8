package diagnose

import (
	"maps"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// table has a row for each round that has a figure in every scenario of a
// sweep, and a column for each scenario.
func table(sweep []bench.Scenario, column func(at bench.Scenario) map[int]float64) [][]float64 {
	columns := make([]map[int]float64, len(sweep))
	for i, at := range sweep {
		columns[i] = column(at)
	}
	var rows [][]float64
	for _, n := range slices.Sorted(maps.Keys(columns[0])) {
		var row []float64
		for _, c := range columns {
			if v, ok := c[n]; ok {
				row = append(row, v)
			}
		}
		if len(row) == len(sweep) {
			rows = append(rows, row)
		}
	}
	return rows
}

// tableOf has the gateway's figures.
func (s subject) tableOf(sweep []bench.Scenario, f figure) [][]float64 {
	return table(sweep, func(at bench.Scenario) map[int]float64 { return s.byRound(at, s.arm, f) })
}

// minus has head's figures minus base's, of the rounds that they share.
func minus(head, base subject, sweep []bench.Scenario, f figure) [][]float64 {
	return table(sweep, func(at bench.Scenario) map[int]float64 {
		all, of := head.byRound(at, head.arm, f), base.byRound(at, base.arm, f)
		for n := range all {
			if _, ok := of[n]; !ok {
				delete(all, n)
			} else {
				all[n] -= of[n]
			}
		}
		return all
	})
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
