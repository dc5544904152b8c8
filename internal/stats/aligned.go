package stats

import "fmt"

// AlignedTest is the outcome of the aligned Mann-Whitney test.
type AlignedTest struct {
	// U counts the pairs of rounds (i, j) in which head i, aligned, lies above
	// base j, aligned; ties count one half.
	U float64
	// SignedRankTest holds W⁺ and the p that go with U.
	SignedRankTest
}

// AlignedMannWhitney tests whether head lies above base by more than margin,
// from one difference d = ln(head/base) per round; margin is on the same
// scale, ln(1 + δ).
//
// Aligning divides base and head of a round by their geometric mean, which
// removes the level of the round and leaves −d/2 and +d/2, so that with
// d − margin for d, z of them zero,
//
//	U = #{(i, j): dᵢ + dⱼ > 0} + ½ ties = 2W⁺ − #{d > 0} + z²/2.
//
// The labels are exchangeable only within a round (aligned ranks: Hodges and
// Lehmann 1962), so the textbook table of U does not apply and p is the exact
// signed-rank p of W⁺, zeros and ties as in [SignedRank]. It can be checked with any
// signed-rank test, and the intervals of [HodgesLehmannPaired] are its
// inversion. (U weighs a round by its rank less one half, W⁺ by its rank; the
// permutation p of U itself differs from this one by 6 % of it on average at 15
// rounds, either way.)
func AlignedMannWhitney(d []float64, margin float64) (AlignedTest, error) {
	shifted := make([]float64, len(d))
	positive, zero := 0, 0
	for i, v := range d {
		shifted[i] = v - margin
		switch {
		case shifted[i] > 0:
			positive++
		case shifted[i] == 0:
			zero++
		}
	}
	w, err := SignedRank(shifted)
	if err != nil {
		return AlignedTest{}, fmt.Errorf("difference less margin %v: %w", margin, err)
	}
	u := 2*w.W - float64(positive) + float64(zero*zero)/2
	return AlignedTest{U: u, SignedRankTest: w}, nil
}
