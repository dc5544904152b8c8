package compare

import (
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// leastSlices is the fewest slices of each arm and round for the stratified test: with
// four it holds its level as well as with ten, see TestStratifiedHoldsItsLevel, and a
// slow gateway has time for no more.
const leastSlices = 4

// strata are the slices of the pairs, on the log scale where they are values of the
// metric; nil when a round has too few.
func (p paired) strata(m bench.Metric) []stats.Stratum {
	scale := logs
	if m.InShares() {
		scale = shares
	}
	all := make([]stats.Stratum, len(p.pairs))
	for i, pair := range p.pairs {
		for _, r := range pair.rows {
			s, ok := slicesOf(r.Base.Slices[m], r.Head.Slices[m], scale)
			if !ok {
				return nil
			}
			all[i] = append(all[i], s)
		}
	}
	return all
}

// slicesOf takes a round's slices; ok is false when there are too few or the scale
// does not have one.
func slicesOf(base, head []float64, scale func([]float64) ([]float64, bool)) (s stats.Slices, ok bool) {
	if len(base) < leastSlices || len(head) < leastSlices {
		return stats.Slices{}, false
	}
	if s.Base, ok = scale(base); !ok {
		return stats.Slices{}, false
	}
	s.Head, ok = scale(head)
	return s, ok
}

func logs(values []float64) ([]float64, bool) {
	all := make([]float64, len(values))
	for i, v := range values {
		if !(v > 0) || math.IsInf(v, 1) {
			return nil, false
		}
		all[i] = math.Log(v)
	}
	return all, true
}

func shares(values []float64) ([]float64, bool) {
	return values, !slices.ContainsFunc(values, func(v float64) bool { return !(v >= 0 && v <= 1) })
}

// mirrored swaps the arms.
func mirrored(strata []stats.Stratum) []stats.Stratum {
	all := make([]stats.Stratum, len(strata))
	for i, stratum := range strata {
		for _, s := range stratum {
			all[i] = append(all[i], stats.Slices{Base: s.Head, Head: s.Base})
		}
	}
	return all
}

// unCentred is the U of a test whose T is Σ(U_r − nm/2).
func unCentred(t float64, strata []stats.Stratum) float64 {
	for _, stratum := range strata {
		for _, s := range stratum {
			t += float64(len(s.Base)) * float64(len(s.Head)) / 2
		}
	}
	return t
}

// dispersion collects the stratified tests of all scenarios that are alike.
type dispersion map[kind]struct {
	worse, better []*stats.Stratified
	ratios        []float64 // of differences between machines, see spread
}

// kind is what over-dispersion depends on. A stream that waits for its backend's
// pauses has hardly any of the luck of a process in it.
type kind struct {
	metric bench.Metric
	paced  bool
}

func (c candidate) kind() kind { return kind{c.metric, c.paced} }

func (d dispersion) add(c candidate) {
	of := d[c.kind()]
	if c.worse != nil {
		of.worse, of.better = append(of.worse, c.worse), append(of.better, c.better)
	}
	if ratio, ok := c.machines.ratio(); ok {
		of.ratios = append(of.ratios, ratio)
	}
	d[c.kind()] = of
}

// shrunkP is the p of a test, with the over-dispersion that the others of all show.
func shrunkP(of *stats.Stratified, all []*stats.Stratified) float64 {
	others := make([]stats.Stratified, 0, len(all))
	for _, s := range all {
		if s != of {
			others = append(others, *s)
		}
	}
	return of.P(stats.PooledDispersion(others))
}
