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
		for _, p := range signPMF(scores)[w:] {
			t.PGreater += p
		}
		t.PGreater = min(t.PGreater, 1)
		return t, nil
	}
	mean, sd := float64(total)/4, math.Sqrt(square)/4
	t.PGreater = NormalSF((t.W - mean - 0.5) / sd)
	return t, nil
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
