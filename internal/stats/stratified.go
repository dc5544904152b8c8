package stats

import (
	"fmt"
	"math"
	"slices"
)

// Stratum holds the slices of one round: the log of each slice's value, of
// base and of head. Level and drift of the round cancel, since values are only
// compared within it.
type Stratum struct {
	Base, Head []float64
}

// priorDF is the weight, in degrees of freedom, of the over-dispersion that
// all scenarios share against the one that a scenario shows itself: with 15
// rounds its own variance is known to ±38 % only.
const priorDF = 60

// Stratified is what one scenario contributes to the stratified test. It has
// no p yet: that needs [PooledDispersion] over all scenarios.
type Stratified struct {
	// T is Σ(U_r − nm/2), U_r the Mann-Whitney count of head above base.
	T float64
	// V is the permutation variance of T, corrected for ties.
	V float64
	// Dispersion is φ_s: the variance of U_r − nm/2 between rounds over its mean
	// permutation variance. Above 1, the slices of a round are not independent:
	// they share its processes.
	Dispersion float64
	// DF is the degrees of freedom of Dispersion, rounds less one; 0 when V is
	// 0, and Dispersion then says nothing.
	DF int
	// Rounds is the number of strata.
	Rounds int
}

// StratifiedMannWhitney compares base and head within each stratum (van
// Elteren 1960, strata weighted equally) with head lowered by margin, which is
// ln(1 + δ). It needs two strata, each with a value in both arms.
//
// For the other direction swap the arms of every stratum.
//
// The permutation variance is nm/12·(N + 1 − Σ(t³−t)/(N(N−1))). The tie term
// matters only where a clock is so coarse that slices are equal; without it V
// is too large then, and the test blind.
func StratifiedMannWhitney(strata []Stratum, margin float64) (Stratified, error) {
	if len(strata) < 2 {
		return Stratified{}, fmt.Errorf("%d rounds, need 2: %w", len(strata), ErrTooFew)
	}
	s := Stratified{Rounds: len(strata)}
	centred := make([]float64, len(strata))
	for r, stratum := range strata {
		head, err := stratum.lowered(margin)
		if err != nil {
			return Stratified{}, fmt.Errorf("round %d: %w", r, err)
		}
		n, m := len(stratum.Base), len(head)
		all := slices.Concat(stratum.Base, head)
		slices.Sort(all)
		centred[r] = rankSumU(stratum.Base, head) - float64(n)*float64(m)/2
		s.T += centred[r]
		s.V += rankSumVariance(n, m, tieTerm(all))
	}
	if s.V <= 0 {
		return s, nil
	}
	mean, sum := s.T/float64(s.Rounds), 0.0
	for _, u := range centred {
		sum += (u - mean) * (u - mean)
	}
	s.DF = s.Rounds - 1
	s.Dispersion = sum / float64(s.DF) / (s.V / float64(s.Rounds))
	return s, nil
}

// lowered returns a copy of the head with margin taken off, both arms checked.
func (s Stratum) lowered(margin float64) ([]float64, error) {
	head := make([]float64, len(s.Head))
	for i, v := range s.Head {
		head[i] = v - margin
	}
	return head, requireArms(s.Base, head)
}

// PooledDispersion returns φ̄, the mean over-dispersion of all scenarios, each
// weighted by its degrees of freedom (a plain mean when all have the same
// rounds). Where no scenario has any, it is ErrTooFew.
func PooledDispersion(scenarios []Stratified) (float64, error) {
	sum, df := 0.0, 0
	for _, s := range scenarios {
		sum += float64(s.DF) * s.Dispersion
		df += s.DF
	}
	if df == 0 {
		return 0, fmt.Errorf("over-dispersion of %d scenarios without variance: %w", len(scenarios), ErrTooFew)
	}
	return sum / float64(df), nil
}

// P returns the one-sided p of "head above base", given φ̄ of
// [PooledDispersion]: the over-dispersion of the scenario is shrunk towards it
// with 60 degrees of freedom, is never taken below 1, and p is Student's t with
// the degrees of freedom of both. A φ̄ that is NaN gives NaN.
func (s Stratified) P(pooled float64) float64 {
	if s.V <= 0 {
		return 1 // all equal: every labelling gives this T
	}
	total := float64(priorDF + s.DF)
	phi := max(1, (priorDF*pooled+float64(s.DF)*s.Dispersion)/total)
	return StudentTSF(s.T/math.Sqrt(phi*s.V), total)
}
