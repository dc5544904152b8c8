package stats

import (
	"errors"
	"fmt"

	moremath "github.com/aclements/go-moremath/stats"
)

// MannWhitneyTest is the outcome of the textbook rank-sum test.
type MannWhitneyTest struct {
	// U counts the pairs in which head lies above base; ties count one half.
	U float64
	// PGreater is the p of "head tends to be larger than base". Beyond 50 values
	// in an arm, 25 when there are ties, it is the normal approximation with tie
	// and continuity correction.
	PGreater float64
}

// MannWhitney is the unpaired test that benchstat makes, one-sided. It is for
// rounds of two machines or two jobs: where base and head share their rounds
// the arms are dependent, and this p is only for comparison.
//
// The p is go-moremath's LocationLess with the arms in the order base, head:
// the one side of that function whose exact tail is right under ties (its
// "greater" takes one whole step off a U that moves in halves).
// Both arms need one value; NaN is refused here because there it never returns.
func MannWhitney(base, head []float64) (MannWhitneyTest, error) {
	if err := requireArms(base, head); err != nil {
		return MannWhitneyTest{}, err
	}
	pairs := float64(len(base)) * float64(len(head))
	test, err := moremath.MannWhitneyUTest(base, head, moremath.LocationLess)
	switch {
	case errors.Is(err, moremath.ErrSamplesEqual):
		// Every labelling gives this U, so it is certain.
		return MannWhitneyTest{U: pairs / 2, PGreater: 1}, nil
	case err != nil:
		return MannWhitneyTest{}, err
	}
	// The sum of the exact tail can round above 1.
	return MannWhitneyTest{U: pairs - test.U, PGreater: min(1, test.P)}, nil
}

func requireArms(base, head []float64) error {
	if err := require(1, base); err != nil {
		return fmt.Errorf("base: %w", err)
	}
	if err := require(1, head); err != nil {
		return fmt.Errorf("head: %w", err)
	}
	return nil
}

// rankSumU returns Σ over pairs of 1[head > base] + ½ 1[head = base]; both arms are
// sorted.
func rankSumU(base, head []float64) float64 {
	below, notAbove, twice := 0, 0, 0
	for _, v := range head {
		for below < len(base) && base[below] < v {
			below++
		}
		for notAbove < len(base) && base[notAbove] <= v {
			notAbove++
		}
		twice += below + notAbove
	}
	return float64(twice) / 2
}

// rankSumVariance is the permutation variance of U with tie term Σ(t³ − t)
// (Lehmann, Nonparametrics, 1975, chapter 1).
func rankSumVariance(n, m int, ties float64) float64 {
	pairs, all := float64(n)*float64(m), float64(n+m)
	return pairs / 12 * (all + 1 - ties/(all*(all-1)))
}

// tieTerm returns Σ(t³ − t) over the groups of t equal values of two sorted samples
// together.
func tieTerm(x, y []float64) float64 {
	sum := 0.0
	for len(x) > 0 || len(y) > 0 {
		var v float64
		if len(y) == 0 || len(x) > 0 && x[0] <= y[0] {
			v = x[0]
		} else {
			v = y[0]
		}
		t := 0.0
		for ; len(x) > 0 && x[0] == v; x = x[1:] {
			t++
		}
		for ; len(y) > 0 && y[0] == v; y = y[1:] {
			t++
		}
		sum += t*t*t - t
	}
	return sum
}
