package stats

import (
	"fmt"
	"math"
	"slices"
)

// Stratum is one process pair: a base and a head process, and the slices of the
// rounds that they shared. However many rounds there are, they share the luck of
// two processes and are one piece of evidence.
type Stratum []Slices

// Slices are those of one round: the log of each slice's value, of base and of
// head. Level and drift of the round cancel, since values are only compared
// within it.
type Slices struct {
	Base, Head []float64
}

// Stratified is what one scenario contributes to the stratified test. It has
// no p yet: that needs [PooledDispersion] of the other scenarios.
type Stratified struct {
	// T is Σ(U_r − nm/2) over all rounds, U_r the Mann-Whitney count of head above
	// base.
	T float64
	// V is the permutation variance of T, corrected for ties.
	V float64
	// Dispersion is φ_s: the variance between strata of their part of T over their
	// mean permutation variance. Above 1, the slices of a stratum are not
	// independent: they share its processes.
	Dispersion float64
	// DF is the degrees of freedom of Dispersion, strata less one; 0 when V is
	// 0, and Dispersion then says nothing.
	DF int
	// Strata is their number.
	Strata int
}

// StratifiedMannWhitney compares base and head within each round (van Elteren
// 1960, rounds weighted equally) with head lowered by margin, which is
// ln(1 + δ). It needs two strata, each with a round and each round with a value
// in both arms.
//
// For the other direction swap the arms of every round.
//
// The permutation variance is nm/12·(N + 1 − Σ(t³−t)/(N(N−1))). The tie term
// matters only where a clock is so coarse that slices are equal; without it V
// is too large then, and the test blind.
func StratifiedMannWhitney(strata []Stratum, margin float64) (Stratified, error) {
	if len(strata) < 2 {
		return Stratified{}, fmt.Errorf("%d strata, need 2: %w", len(strata), ErrTooFew)
	}
	s := Stratified{Strata: len(strata)}
	parts := make([]float64, len(strata))
	for i, stratum := range strata {
		if len(stratum) == 0 {
			return Stratified{}, fmt.Errorf("stratum %d has no round: %w", i, ErrTooFew)
		}
		for r, round := range stratum {
			u, variance, err := round.centred(margin)
			if err != nil {
				return Stratified{}, fmt.Errorf("stratum %d, round %d: %w", i, r, err)
			}
			parts[i] += u
			s.V += variance
		}
		s.T += parts[i]
	}
	if s.V <= 0 {
		return s, nil
	}
	mean, sum := s.T/float64(s.Strata), 0.0
	for _, u := range parts {
		sum += (u - mean) * (u - mean)
	}
	s.DF = s.Strata - 1
	s.Dispersion = sum / float64(s.DF) / (s.V / float64(s.Strata))
	return s, nil
}

// centred returns U − nm/2 with head lowered by margin, and its permutation
// variance.
func (s Slices) centred(margin float64) (u, variance float64, err error) {
	base, head := slices.Clone(s.Base), make([]float64, len(s.Head))
	for i, v := range s.Head {
		head[i] = v - margin
	}
	if err := requireArms(base, head); err != nil {
		return 0, 0, err
	}
	slices.Sort(base)
	slices.Sort(head)
	n, m := len(base), len(head)
	return rankSumU(base, head) - float64(n)*float64(m)/2, rankSumVariance(n, m, tieTerm(base, head)), nil
}

// maxPriorDF is the largest weight, in degrees of freedom, of the over-dispersion
// that other scenarios show against the one that a scenario shows itself: with
// 15 strata its own variance is known to ±38 % only.
const maxPriorDF = 60

// PooledDispersion returns φ̄, the mean over-dispersion of scenarios, each
// weighted by its degrees of freedom (a plain mean when all have the same
// strata), and what it weighs as the prior of another scenario: their summed
// degrees of freedom, but at most 60. More would be claimed than is known where
// few scenarios stand behind it. Where none has any variance, the weight is 0.
func PooledDispersion(scenarios []Stratified) (phi, df float64) {
	sum := 0.0
	for _, s := range scenarios {
		sum += float64(s.DF) * s.Dispersion
		df += float64(s.DF)
	}
	if df == 0 {
		return 0, 0
	}
	return sum / df, min(maxPriorDF, df)
}

// P returns the one-sided p of "head above base", given φ̄ of the other scenarios
// and its weight, see [PooledDispersion]: the over-dispersion of the scenario is
// shrunk towards φ̄, is never taken below 1, and p is Student's t with the degrees
// of freedom of both. A φ̄ that is NaN gives NaN.
func (s Stratified) P(pooled, priorDF float64) float64 {
	if s.V <= 0 {
		return 1 // all equal: every labelling gives this T
	}
	total := priorDF + float64(s.DF)
	phi := max(1, (priorDF*pooled+float64(s.DF)*s.Dispersion)/total)
	return StudentTSF(s.T/math.Sqrt(phi*s.V), total)
}
