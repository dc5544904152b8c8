package stats

import (
	"fmt"
	"math"
	"slices"
)

// Quantile returns the nearest-rank p-quantile of x: the ⌈p·n⌉-th smallest
// value, always one that was observed. p is in (0, 1].
func Quantile(x []float64, p float64) (float64, error) {
	if err := require(1, x); err != nil {
		return 0, err
	}
	return NearestRank(slices.Sorted(slices.Values(x)), p)
}

// NearestRank is [Quantile] on values already sorted in ascending order, for
// several quantiles of the same nanoseconds or seconds. It does not look at
// the order or at NaN: that would cost more than the answer.
func NearestRank[T int64 | float64](sorted []T, p float64) (T, error) {
	if len(sorted) == 0 {
		return 0, fmt.Errorf("quantile of nothing: %w", ErrTooFew)
	}
	if !(p > 0 && p <= 1) {
		return 0, fmt.Errorf("quantile %v is not in (0, 1]: %w", p, ErrRange)
	}
	return sorted[nearestRank(len(sorted), p)-1], nil
}

// nearestRank returns ⌈p·n⌉ in 1..n. Subtle: 0.07·100 is 7.000000000000001, so
// a plain ceiling gives rank 8; a few units in the last place are taken off
// first, far less than the fraction any real p·n has.
func nearestRank(n int, p float64) int {
	rank := int(math.Ceil(p * float64(n) * (1 - 0x1p-50)))
	return min(max(rank, 1), n)
}

// MinObservations returns the smallest number of independent observations that
// give the p-quantile a distribution-free upper bound in a two-sided interval
// of the given confidence. The largest observation is the last bound there is,
// and it lies below the quantile with probability pⁿ, so pⁿ ≤ (1 − confidence)/2:
// at 95 % 72 for p95 and 368 for p99 (David and Nagaraja, Order Statistics, on
// distribution-free intervals for quantiles).
func MinObservations(p, confidence float64) (int, error) {
	if err := requireOpen("quantile", p); err != nil {
		return 0, err
	}
	if err := requireOpen("confidence", confidence); err != nil {
		return 0, err
	}
	n := math.Ceil(math.Log((1-confidence)/2) / math.Log(p))
	if n > math.MaxInt32 {
		return 0, fmt.Errorf("quantile %v at confidence %v needs %.3g observations: %w", p, confidence, n, ErrRange)
	}
	return int(n), nil
}
