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
	if !(p > 0 && p <= 1) {
		return 0, fmt.Errorf("quantile %v is not in (0, 1]: %w", p, ErrRange)
	}
	return slices.Sorted(slices.Values(x))[nearestRank(len(x), p)-1], nil
}

// nearestRank returns ⌈p·n⌉ in 1..n. Subtle: 0.07·100 is 7.000000000000001, so
// a plain ceiling gives rank 8; a few units in the last place are taken off
// first, far less than the fraction any real p·n has.
func nearestRank(n int, p float64) int {
	rank := int(math.Ceil(p * float64(n) * (1 - 0x1p-50)))
	return min(max(rank, 1), n)
}
