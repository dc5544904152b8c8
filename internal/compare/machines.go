package compare

import (
	"maps"
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// Machines. How fast a machine is cancels, since base and head of a pair run on one. But a
// change need not be the same everywhere: another cache, another kernel. The process pairs
// of one machine share that, so that many pairs on few machines must not claim more than
// few machines know. A standard error that does not shrink with the pairs is added to that
// of the tests: the standard deviation of changes between machines over the root of the
// number of machines.
//
// Two or three machines do not show that deviation, and Student's t with one degree of
// freedom would let nothing be found. It is taken to be as large as that of code layout,
// [bench.Delta] of the overhead, as if priorMachines machines had shown it, and larger
// where these machines show more. It is never below the prior.
const priorMachines = 10

// disagreeLevel is how unlikely it has to be that machines of one change differ as much
// as they do in one scenario, before that scenario's own deviation counts.
const disagreeLevel = 0.01

// spread is what machines say of one metric of one scenario.
type spread struct {
	machines []int       // in order
	pairs    [][]float64 // differences of each
	// share is Σ n² / N², one over the number of machines if they have equally many pairs.
	share float64
	// prior is the standard deviation of changes that is assumed.
	prior float64
	found *stats.Heterogeneity // nil: nothing can be said
	of    int                  // machines
}

// spreadOf sorts the differences of process pairs by the machine of each; nil on one
// machine.
func spreadOf(all []float64, machines []int, prior float64) *spread {
	by := map[int][]float64{}
	for i, d := range all {
		by[machines[i]] = append(by[machines[i]], d)
	}
	if len(by) < 2 {
		return nil
	}
	s := &spread{prior: prior, of: len(by)}
	for _, machine := range slices.Sorted(maps.Keys(by)) {
		d := by[machine]
		n := float64(len(d)) / float64(len(all))
		s.share += n * n
		s.machines, s.pairs = append(s.machines, machine), append(s.pairs, d)
	}
	if h, err := stats.CochranQ(s.pairs); err == nil {
		s.found = &h
	}
	return s
}

// machines are those of the pairs.
func (p paired) machines() []int {
	all := make([]int, len(p.pairs))
	for i, pair := range p.pairs {
		all[i] = pair.rows[0].Head.Machine
	}
	return all
}

// ratio is the variance of changes between machines, as a multiple of the prior's.
func (s *spread) ratio() (float64, bool) {
	if s == nil || s.found == nil || s.prior <= 0 {
		return 0, false
	}
	return s.found.Between / (s.prior * s.prior), true
}

// error is the standard error that differences between machines add, given the ratios
// that all scenarios of the metric show. 0 on one machine.
func (s *spread) error(ratios []float64) float64 {
	if s == nil {
		return 0
	}
	shown := 0.0
	for _, r := range ratios {
		shown += r / float64(len(ratios))
	}
	if own, ok := s.ratio(); ok && s.found.P <= disagreeLevel {
		shown = max(shown, own)
	}
	df := float64(s.of - 1)
	variance := max(1, (priorMachines+df*shown)/(priorMachines+df))
	return s.prior * math.Sqrt(variance*s.share)
}

// widerP is a one-sided p with a standard error added to that of the test: effect is by
// how much the estimate is beyond the margin, in the direction of the test. No effect
// is surer than machines differ.
func widerP(p, effect, add float64) float64 {
	if add == 0 || p >= 0.5 || effect <= 0 {
		return p
	}
	z := -stats.NormalQuantile(p)
	if math.IsInf(z, 1) {
		return stats.NormalSF(effect / add)
	}
	return stats.NormalSF(z / math.Sqrt(1+z*z*add*add/(effect*effect)))
}

// wider is an estimate with its interval widened by a further standard error.
func wider(e stats.Estimate, add float64) stats.Estimate {
	z := -stats.NormalQuantile((1 - e.Confidence) / 2)
	if add == 0 || math.IsNaN(z) || math.IsInf(z, 0) {
		return e
	}
	e.Low = e.Value - math.Hypot(e.Value-e.Low, z*add)
	e.High = e.Value + math.Hypot(e.High-e.Value, z*add)
	return e
}

// fill writes what machines say into a comparison.
func (s *spread) fill(out *bench.Comparison, add float64) {
	if s == nil {
		return
	}
	out.MachineSE = add
	for i, d := range s.pairs {
		shift := bench.MachineShift{Machine: s.machines[i], Pairs: len(d)}
		if e, err := stats.HodgesLehmannPaired(d, confidence); err == nil && !math.IsInf(math.Expm1(e.High), 1) {
			shift.Shift = new(math.Expm1(e.Value))
			if e.Confidence >= confidence {
				shift.CI = &bench.Interval{math.Expm1(e.Low), math.Expm1(e.High)}
			}
		}
		out.Machines = append(out.Machines, shift)
	}
	if s.found != nil {
		out.Disagree = &bench.Disagreement{Q: s.found.Q, DF: s.found.DF, P: s.found.P}
	}
}
