// Package stats is the mathematics of the gate on plain []float64: estimates,
// rank tests, intervals and the smallest change they can see.
//
// It must not know what the numbers are (latency, memory), where they came
// from, or what is done with the answer: no policy, no thresholds by default,
// nothing of this module is imported. Every function is pure, and no input
// slice is modified.
//
// One rule for data that cannot be decided: the error is [ErrTooFew],
// [ErrNotFinite], [ErrLength] or [ErrRange], wrapped with the place, and the
// result beside it is the zero value. Data that can be decided but carry no
// evidence (all equal, all zero) are no error: their p is 1. Nothing panics.
//
// All tests are one-sided. The other side is a test of its own, by the
// mirrored field where there is one or by handing the arms in swapped.
package stats

import (
	"errors"
	"fmt"
	"math"
)

var (
	// ErrTooFew says that the statistic is not defined for so few values.
	ErrTooFew = errors.New("too few values")
	// ErrNotFinite says that an input, or a result too large for a float64,
	// is NaN or infinite.
	ErrNotFinite = errors.New("not a finite number")
	// ErrLength says that slices which belong together differ in length.
	ErrLength = errors.New("lengths differ")
	// ErrRange says that a parameter lies outside the range it is defined for.
	ErrRange = errors.New("parameter out of range")
)

// Estimate is a number with its confidence interval.
type Estimate struct {
	Value float64
	Low   float64
	High  float64
	// Confidence is what the interval really covers. Rank intervals come in
	// steps: it is the smallest step at or above what was asked, or, when the
	// data are too few for that, the largest there is, which is then below it.
	// A one-sided 95 % limit is an end of a two-sided 90 % interval.
	Confidence float64
	// Exact is false when the step was found by the normal approximation.
	Exact bool
}

// require checks that x has at least n values, all finite.
func require(n int, x []float64) error {
	if len(x) < n {
		return fmt.Errorf("%d values, need %d: %w", len(x), n, ErrTooFew)
	}
	for i, v := range x {
		if !isFinite(v) {
			return fmt.Errorf("value %d is %v: %w", i, v, ErrNotFinite)
		}
	}
	return nil
}

// requireOpen checks that v, which messages call name, lies strictly between 0 and 1.
func requireOpen(name string, v float64) error {
	if !(v > 0 && v < 1) {
		return fmt.Errorf("%s %v is not between 0 and 1: %w", name, v, ErrRange)
	}
	return nil
}

// finite passes v on unless arithmetic overflowed on the way to it.
func finite(v float64) (float64, error) {
	if !isFinite(v) {
		return 0, fmt.Errorf("result is %v: %w", v, ErrNotFinite)
	}
	return v, nil
}

func isFinite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
