package compare

import (
	"cmp"
	"fmt"
	"math"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// paired is what the rounds say about one metric of one scenario, by process pair.
type paired struct {
	pairs []pair // those with a value of both arms, in the order of their rounds
	// base, head and direct are the values of all rounds of the pairs.
	base, head, direct []float64
	// d is ln(head/base) of each pair, the mean over its rounds or of its peaks; empty
	// when a value is 0 or negative. level is the log of the geometric mean of both.
	d, level []float64
	// toDirect is the log of direct less level, of the pairs that have a direct value;
	// empty when one is 0 or negative.
	toDirect []float64

	reason  string // why d is empty
	omitted int    // rounds without a value of both
}

// pair is one process pair: rounds in which the same two processes were measured.
// It is one piece of evidence, for they share the luck of a start.
type pair struct {
	id   pairID
	rows []summary.Row
}

// pairID tells process pairs of a stage apart.
type pairID struct{ base, head, round int }

// idOf is that of a round. In older files, and where an arm was not measured,
// processes have no number: each round is then a pair of its own.
func idOf(r summary.Row) pairID {
	if r.Base == nil || r.Head == nil || r.Base.Process == 0 || r.Head.Process == 0 {
		return pairID{round: r.Number}
	}
	return pairID{base: r.Base.Process, head: r.Head.Process}
}

// paired are the rounds in which both arms have the metric. Nobody may change its lists.
func (t Table) paired(scenario string, m bench.Metric) paired {
	k := pairedKey{scenario, m}
	if t.pairs[k] == nil {
		t.pairs[k] = new(t.gather(scenario, m))
	}
	return *t.pairs[k]
}

// gather finds them.
func (t Table) gather(scenario string, m bench.Metric) paired {
	var p paired
	var why string
	at := make(map[pairID]int)
	for r := range t.rows(scenario) {
		base, noBase := value(r.Base, bench.Base, m)
		head, noHead := value(r.Head, bench.Head, m)
		if noBase != "" || noHead != "" {
			why = cmp.Or(noBase, noHead)
			p.omitted++
			continue
		}
		id := idOf(r)
		i, known := at[id]
		if !known {
			i = len(p.pairs)
			at[id] = i
			p.pairs = append(p.pairs, pair{id: id})
		}
		p.pairs[i].rows = append(p.pairs[i].rows, r)
		p.base, p.head = append(p.base, base), append(p.head, head)
		if direct, no := value(r.Direct, bench.Direct, m); no == "" {
			p.direct = append(p.direct, direct)
		}
	}
	switch {
	case len(p.pairs) > 0:
		p.ratios(m)
	case why != "":
		p.reason = fmt.Sprintf("no round has both: %s", why)
	case t.void(scenario) > 0:
		p.reason = fmt.Sprintf("all %d rounds are void", t.void(scenario))
	default:
		p.reason = "no round was measured"
	}
	return p
}

// ratios fills d and level. One value without a logarithm omits all of them:
// omitting only its round would select the rounds without a problem.
func (p *paired) ratios(m bench.Metric) {
	d, level := make([]float64, len(p.pairs)), make([]float64, len(p.pairs))
	for i, pair := range p.pairs {
		base, head, without := pair.logs(m)
		if without != nil {
			p.reason = fmt.Sprintf("round %d has a value of 0 or below, which has no ratio", without.Number)
			return
		}
		d[i], level[i] = head-base, head/2+base/2
	}
	p.d, p.level = d, level
	p.directRatios(m)
}

// logs are those of the pair's values: the mean over its rounds, or the largest of a
// peak, of which a process has one. without is a round that has no logarithm.
func (p pair) logs(m bench.Metric) (base, head float64, without *summary.Row) {
	d, _ := m.Describe()
	for i, r := range p.rows {
		b, h := r.Base.Metrics[m], r.Head.Metrics[m]
		if b <= 0 || h <= 0 {
			return 0, 0, &p.rows[i]
		}
		switch b, h = math.Log(b), math.Log(h); {
		case i == 0:
			base, head = b, h
		case d.Statistic == bench.Peak:
			base, head = max(base, b), max(head, h)
		default:
			base, head = base+b, head+h
		}
	}
	if n := float64(len(p.rows)); d.Statistic != bench.Peak {
		base, head = base/n, head/n
	}
	return base, head, nil
}

// directRatios fills toDirect.
func (p *paired) directRatios(m bench.Metric) {
	var all []float64
	for _, pair := range p.pairs {
		sum, n := 0.0, 0
		for _, r := range pair.rows {
			direct, no := value(r.Direct, bench.Direct, m)
			if no != "" {
				continue
			}
			if direct <= 0 {
				return
			}
			sum, n = sum+math.Log(direct)-(math.Log(r.Base.Metrics[m])+math.Log(r.Head.Metrics[m]))/2, n+1
		}
		if n > 0 {
			all = append(all, sum/float64(n))
		}
	}
	p.toDirect = all
}

func each(values []float64, f func(float64) float64) []float64 {
	all := make([]float64, len(values))
	for i, v := range values {
		all[i] = f(v)
	}
	return all
}

func negative(v float64) float64 { return -v }
