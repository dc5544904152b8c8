package summary

import (
	"slices"
	"strconv"

	"github.com/org/proxy-bench-action/internal/bench"
)

// sliced are the metrics whose value in each slice is kept, since the tests of base
// against head need it. Of the direct arm, which is not tested, it is the typical
// values only.
func (r *reducer) sliced(metrics []bench.Metric) []bench.Metric {
	return slices.DeleteFunc(slices.Clone(metrics), func(m bench.Metric) bool {
		d, _ := m.Describe()
		gate := r.scenario.GateOf(d)
		decides := gate == bench.Judged || gate == bench.Gated && r.compared
		return !decides || d.Statistic != bench.Typical && d.Statistic != bench.Mean
	})
}

// slice adds the value of a slice.
func (r *reducer) slice(m bench.Metric, value float64) {
	r.out.Slices[m] = append(r.out.Slices[m], sixDigits(value))
}

// sixDigits rounds the value of a slice: that is finer than the clock that it comes
// from, and keeps the file small.
func sixDigits(value float64) float64 {
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(value, 'g', 6, 64), 64) // never fails: it was formatted
	return rounded
}
