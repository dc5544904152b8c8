package compare

import (
	"cmp"
	"fmt"
	"math"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
	"github.com/org/proxy-bench-action/internal/summary"
)

// leastSlices is the fewest slices of each arm and round for the stratified test:
// with fewer its normal approximation within a round is poor.
const leastSlices = 8

// pairs is what the rounds say about one metric of one scenario.
type pairs struct {
	rows               []summary.Row // those with a value of both arms
	base, head, direct []float64
	// d is ln(head/base) of each round; empty when a value is 0 or negative.
	d       []float64
	reason  string // why d is empty
	omitted int    // rounds without a value of both
}

// pairs gathers the rounds in which both arms have the metric.
func (t Table) pairs(scenario string, m bench.Metric) pairs {
	var p pairs
	var why string
	for r := range t.rows(scenario) {
		base, noBase := value(r.Base, bench.Base, m)
		head, noHead := value(r.Head, bench.Head, m)
		if noBase != "" || noHead != "" {
			why = cmp.Or(noBase, noHead)
			p.omitted++
			continue
		}
		p.rows = append(p.rows, r)
		p.base, p.head = append(p.base, base), append(p.head, head)
		if direct, no := value(r.Direct, bench.Direct, m); no == "" {
			p.direct = append(p.direct, direct)
		}
	}
	switch {
	case len(p.rows) > 0:
		p.ratios()
	case why != "":
		p.reason = fmt.Sprintf("no round has both: %s", why)
	case t.void(scenario) > 0:
		p.reason = fmt.Sprintf("all %d rounds are void", t.void(scenario))
	default:
		p.reason = "no round was measured"
	}
	return p
}

// strata are the slices of the rounds on the log scale; nil when a round has too
// few.
func (p pairs) strata(m bench.Metric) []stats.Stratum {
	var all []stats.Stratum
	for _, r := range p.rows {
		s, ok := stratum(r.Base.Slices[m], r.Head.Slices[m])
		if !ok {
			return nil
		}
		all = append(all, s)
	}
	return all
}

// ratios fills d. One value without a logarithm omits all of them: omitting only
// its round would select the rounds without a problem.
func (p *pairs) ratios() {
	d := make([]float64, len(p.rows))
	for i := range d {
		if p.base[i] <= 0 || p.head[i] <= 0 {
			p.reason = fmt.Sprintf("round %d has a value of 0 or below, which has no ratio", p.rows[i].Number)
			return
		}
		d[i] = math.Log(p.head[i]) - math.Log(p.base[i])
	}
	p.d = d
}

// stratum takes the logs of a round's slices; ok is false when there are too
// few or one has no logarithm.
func stratum(base, head []float64) (s stats.Stratum, ok bool) {
	if len(base) < leastSlices || len(head) < leastSlices {
		return stats.Stratum{}, false
	}
	if s.Base, ok = logs(base); !ok {
		return stats.Stratum{}, false
	}
	s.Head, ok = logs(head)
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

// mirrored swaps the arms.
func mirrored(strata []stats.Stratum) []stats.Stratum {
	all := make([]stats.Stratum, len(strata))
	for i, s := range strata {
		all[i] = stats.Stratum{Base: s.Head, Head: s.Base}
	}
	return all
}

func each(values []float64, f func(float64) float64) []float64 {
	all := make([]float64, len(values))
	for i, v := range values {
		all[i] = f(v)
	}
	return all
}

func negative(v float64) float64 { return -v }
