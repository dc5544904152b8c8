package stats

import (
	"fmt"
	"math"
)

// maxRequests bounds the work of FisherExact, which grows with the standard
// deviation of the count: a tenth of a second for the largest table.
const maxRequests = 1 << 40

// FisherExact returns the one-sided p of "head fails more often than base":
// the probability, given all errors of both, that chance alone puts headErrors
// or more of them on the head (hypergeometric upper tail). No errors, or
// nothing but errors, in both give 1. Totals are 1 to 2⁴⁰ requests.
//
// The weights come from the ratio of neighbours, starting at the mode, and are
// divided by their sum. Log-gamma would be shorter, but its differences cancel:
// at 1e9 requests it keeps six digits, this keeps ten or more.
func FisherExact(baseErrors, baseTotal, headErrors, headTotal int64) (float64, error) {
	if baseTotal < 1 || headTotal < 1 {
		return 0, fmt.Errorf("%d and %d requests: %w", baseTotal, headTotal, ErrTooFew)
	}
	if baseTotal > maxRequests || headTotal > maxRequests ||
		baseErrors < 0 || baseErrors > baseTotal || headErrors < 0 || headErrors > headTotal {
		return 0, fmt.Errorf("%d errors of %d, %d of %d: %w", baseErrors, baseTotal, headErrors, headTotal, ErrRange)
	}
	failed := baseErrors + headErrors
	low, high := max(0, failed-baseTotal), min(failed, headTotal)
	// up is P(k + 1)/P(k) of k errors on the head.
	up := func(k int64) float64 {
		return float64(failed-k) / float64(k+1) * (float64(headTotal-k) / float64(baseTotal-failed+k+1))
	}
	mode := int64(float64(failed+1) * (float64(headTotal+1) / float64(baseTotal+headTotal+2)))
	mode = min(max(mode, low), high)
	all, tail := 0.0, 0.0
	add := func(k int64, weight float64) {
		all += weight
		if k >= headErrors {
			tail += weight
		}
	}
	add(mode, 1)
	for k, w := mode, 1.0; k < high; k++ {
		if w *= up(k); negligible(w) {
			break
		}
		add(k+1, w)
	}
	for k, w := mode, 1.0; k > low; k-- {
		if w /= up(k - 1); negligible(w) {
			break
		}
		add(k-1, w)
	}
	return min(1, tail/all), nil
}

// negligible weights end the sum; below here a p is 0 for every purpose and a
// float64 begins to lose digits.
func negligible(w float64) bool { return w < math.SmallestNonzeroFloat64*0x1p60 }
