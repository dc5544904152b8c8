package summary

import (
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// levels are the percentiles in a Round's Distribution: 1, every fifth, 99 and the
// slowest request.
var levels = [...]int{1, 5, 10, 15, 20, 25, 30, 35, 40, 45, 50, 55, 60, 65, 70, 75, 80, 85, 90, 95, 99, 100}

// Levels is the number of values in a Distribution.
const Levels = len(levels)

// At is the time that a percentage of the requests of a round took at most;
// NaN where its distribution does not have that percentage, as in older files.
func At(distribution []float64, level int) float64 {
	i := slices.Index(levels[:], level)
	if i < 0 || len(distribution) != Levels {
		return math.NaN()
	}
	return distribution[i]
}

// Longer is the share of the requests of a round that took longer than a time, to the
// steps of its distribution; NaN where that has other steps, as in older files.
func Longer(distribution []float64, than float64) float64 {
	if len(distribution) != Levels {
		return math.NaN()
	}
	within := 0
	for i, level := range levels {
		if distribution[i] <= than {
			within = level
		}
	}
	return 1 - float64(within)/100
}

// distribution puts the nearest-rank quantiles of one clock. They describe these
// requests and estimate nothing, so that few requests are enough. They are for
// drawing only: four digits suffice and keep the file small.
func (r *reducer) distribution(m bench.Metric, sorted []int64) {
	if len(sorted) == 0 {
		return
	}
	values := make([]float64, Levels)
	for i, level := range levels {
		values[i] = seconds(fourDigits(nearest(sorted, level)))
	}
	if r.out.Distribution == nil {
		r.out.Distribution = make(map[bench.Metric][]float64, 2)
	}
	r.out.Distribution[m] = values
}

// fourDigits rounds ns ≥ 0 to four significant digits.
func fourDigits(ns int64) int64 {
	unit := int64(1)
	for ns/unit >= 10_000 {
		unit *= 10
	}
	return (ns + unit/2) / unit * unit
}

// Point is one point of a distribution: Share of the requests, a fraction of 1,
// took at most Value seconds.
type Point struct{ Value, Share float64 }

// Pooled is the distribution of one clock over the valid rounds of one arm of
// one scenario; m is its metric in Round.Distribution. It is empty when no round
// has one.
//
// It is the mean of the rounds' distribution functions with equal weights: the
// time of a request of a randomly drawn round. The mean of their quantiles would
// be too narrow, because it hides that rounds differ. A round's function is linear
// between its quantiles, and 0 below the first.
func (x Index) Pooled(scenario string, arm bench.Arm, m bench.Metric) []Point {
	var all [][]float64
	var values []float64
	for _, r := range x.Of(scenario, arm) {
		if d := r.Distribution[m]; len(d) == Levels && slices.IsSorted(d) {
			all, values = append(all, d), append(values, d...)
		}
	}
	if len(all) == 0 {
		return nil
	}
	slices.Sort(values)
	values = slices.Compact(values)
	shares := make([]float64, len(values))
	for _, d := range all {
		addShares(shares, values, d)
	}
	for i := range shares {
		shares[i] /= float64(len(all))
	}
	return inverted(values, shares)
}

// addShares adds the share of a round's requests that took at most each of the
// ascending values. Where several quantiles are equal, the highest counts.
func addShares(shares, values, quantiles []float64) {
	at := 0 // quantiles that are not above the value
	for i, v := range values {
		for at < Levels && quantiles[at] <= v {
			at++
		}
		switch at {
		case 0:
		case Levels:
			shares[i]++
		default:
			low, high := float64(levels[at-1])/100, float64(levels[at])/100
			shares[i] += low + (high-low)*(v-quantiles[at-1])/(quantiles[at]-quantiles[at-1])
		}
	}
}

// inverted returns the values of a distribution function at the levels, but for
// the slowest request of all rounds: one of thousands makes no curve.
func inverted(values, shares []float64) []Point {
	points := make([]Point, 0, Levels-1)
	at := 0
	for _, level := range levels[:Levels-1] {
		share := float64(level) / 100
		for at < len(values)-1 && shares[at] < share {
			at++
		}
		value := values[at]
		if at > 0 && shares[at] > share && shares[at-1] < share {
			part := (share - shares[at-1]) / (shares[at] - shares[at-1])
			value = values[at-1] + part*(values[at]-values[at-1])
		}
		points = append(points, Point{value, share})
	}
	return points
}
