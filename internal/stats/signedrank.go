package stats

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// SignedRankTest is the outcome of Wilcoxon's signed-rank test.
type SignedRankTest struct {
	// W is W⁺, the sum of the ranks of |d| over the positive d.
	W float64
	// PGreater is one-sided: W at least as large as seen.
	PGreater float64
	// Exact is false beyond 60 non-zero differences: normal approximation with
	// continuity correction, its variance ΣR²/4 right for any ties.
	Exact bool
}

// SignedRank tests whether the paired differences d lie around 0.
//
// The null is a fair sign for every |d|, which is the swap of the two labels
// within each pair. It is exact with ties too: the distribution is computed
// on the doubled midranks that the data have. Zeros follow Pratt (1959): they
// are ranked, then left out of W and of the null, since a zero stays zero
// whichever way its pair is labelled. It needs one value.
func SignedRank(d []float64) (SignedRankTest, error) {
	if err := require(1, d); err != nil {
		return SignedRankTest{}, err
	}
	scores, w := doubledRanks(d)
	total, square := 0, 0.0
	for _, s := range scores {
		total += s
		square += float64(s) * float64(s)
	}
	t := SignedRankTest{W: float64(w) / 2, Exact: len(scores) <= exactLimit}
	if t.Exact {
		for _, p := range signTail(scores, w) {
			t.PGreater += p
		}
		t.PGreater = min(t.PGreater, 1)
		return t, nil
	}
	mean, sd := float64(total)/4, math.Sqrt(square)/4
	t.PGreater = NormalSF((t.W - mean - 0.5) / sd)
	return t, nil
}

// signTail has the probabilities of sums of doubled ranks from w on.
func signTail(scores []int, w int) []float64 {
	for i, s := range scores {
		if s != 2*(i+1) { // ties, or zeros
			return signPMF(scores)[w:]
		}
	}
	return rankPMF(len(scores))[w/2:]
}

// doubledRanks returns twice the midrank of |d| for every non-zero d (whole
// numbers even under ties) and the sum of those that belong to positive d.
func doubledRanks(d []float64) (scores []int, positive int) {
	byAbs := slices.Clone(d)
	slices.SortFunc(byAbs, func(a, b float64) int { return cmp.Compare(math.Abs(a), math.Abs(b)) })
	for i := 0; i < len(byAbs); {
		end := i
		for end < len(byAbs) && math.Abs(byAbs[end]) == math.Abs(byAbs[i]) {
			end++
		}
		rank := i + 1 + end // twice the mean of the ranks i+1..end
		for ; i < end; i++ {
			if byAbs[i] == 0 {
				continue
			}
			scores = append(scores, rank)
			if byAbs[i] > 0 {
				positive += rank
			}
		}
	}
	return scores, positive
}

// SmallestPSignedRank is the smallest p that [SignedRank] and
// [AlignedMannWhitney] can give for n rounds without ties. An α below it cannot
// be met, however clear the difference.
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
