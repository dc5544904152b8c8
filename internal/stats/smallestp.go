package stats

import (
	"fmt"
	"math"
)

// These give, before anything is measured, the smallest p a plan can reach,
// for data without ties. An α below it can never be met, however clear the
// difference. Once there are data, the SmallestP of the test's result is the
// figure, with their ties.

// SmallestPSignedRank is for [SignedRank] and [AlignedMannWhitney] with n rounds.
func SmallestPSignedRank(n int) (float64, error) {
	if n < 1 {
		return 0, fmt.Errorf("%d rounds: %w", n, ErrTooFew)
	}
	if n <= exactLimit {
		return math.Ldexp(1, -n), nil
	}
	f := float64(n)
	return NormalSF((f*(f+1)/4 - 0.5) / math.Sqrt(f*(f+1)*(2*f+1)/24)), nil
}

// SmallestPMannWhitney is for [MannWhitney] with n and m values.
func SmallestPMannWhitney(n, m int) (float64, error) {
	if n < 1 || m < 1 {
		return 0, fmt.Errorf("%d and %d values: %w", n, m, ErrTooFew)
	}
	if max(n, m) <= rankSumLimit {
		return math.Exp(-logChoose(n+m, n)), nil
	}
	half := float64(n) * float64(m) / 2
	return NormalSF((half - 0.5) / math.Sqrt(rankSumVariance(n, m, 0))), nil
}

// SmallestPStratified is for [Stratified.P] with the given rounds of n base and
// m head slices, when the over-dispersion of all scenarios is pooled.
func SmallestPStratified(rounds, n, m int, pooled float64) (float64, error) {
	if rounds < 2 || n < 1 || m < 1 {
		return 0, fmt.Errorf("%d rounds of %d and %d slices: %w", rounds, n, m, ErrTooFew)
	}
	if !(pooled >= 0) || math.IsInf(pooled, 1) {
		return 0, fmt.Errorf("over-dispersion %v: %w", pooled, ErrRange)
	}
	limit := float64(rounds) * float64(n) * float64(m) / 2
	return tailOfT(limit, float64(rounds)*rankSumVariance(n, m, 0), 0, rounds-1, pooled), nil
}
