package compare

import (
	"math"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// candidate is a Comparison without its p, which needs the over-dispersion of all
// candidates.
type candidate struct {
	paired
	strata   []stats.Stratum
	margin   float64
	scenario string
	metric   bench.Metric
	paced    bool // the scenario is a paced stream
	stage    bench.Stage
	// worse and better are the stratified tests of the two directions; nil
	// when the slices do not allow them.
	worse, better *stats.Stratified
	machines      *spread // nil: there is one
	luck          float64 // a standard error of what is common to all scenarios, see [Together]
	shownOnly     bool
	// wantsTextbook is Wanted.Textbook.
	wantsTextbook bool
}

func (t Table) candidate(s bench.Scenario, m bench.Metric, delta float64) candidate {
	k := candidateKey{s, m, delta}
	if t.candidates[k] == nil {
		t.candidates[k] = new(t.tested(s, m, delta))
	}
	return *t.candidates[k]
}

// tested makes a candidate with the stratified tests of it.
func (t Table) tested(s bench.Scenario, m bench.Metric, delta float64) candidate {
	c := candidate{paired: t.paired(s.ID(), m), scenario: s.ID(), metric: m, paced: s.Paced, stage: t.stage}
	if len(c.d) == 0 {
		return c
	}
	c.margin = c.paired.margin(delta)
	c.machines = spreadOf(c.d, c.paired.machines(), c.paired.margin(bench.Delta))
	if c.strata = c.paired.strata(m); c.strata == nil {
		return c
	}
	margin := c.margin
	if m.InShares() {
		margin = 0 // it is a share of the value, and means nothing to shares of requests
	}
	up, errUp := stats.StratifiedMannWhitney(c.strata, margin)
	down, errDown := stats.StratifiedMannWhitney(mirrored(c.strata), margin)
	if errUp != nil || errDown != nil {
		return c // one pair, for which only the aligned test is defined
	}
	c.worse, c.better = &up, &down
	if higherIsBetter(m) {
		c.worse, c.better = c.better, c.worse
	}
	return c
}

func higherIsBetter(m bench.Metric) bool {
	d, known := m.Describe()
	return known && d.Better == bench.Higher
}

// comparison fills in the figures.
func (c candidate) comparison(shared dispersion) bench.Comparison {
	out := bench.Comparison{
		Scenario: c.scenario, Metric: c.metric, Stage: c.stage,
		Rounds: len(c.base), Pairs: len(c.pairs), Omitted: c.omitted, Reason: c.reason,
		Base: median(c.base), Head: median(c.head), Direct: median(c.direct),
	}
	out.Share = share(out.Base, out.Direct)
	if len(c.d) == 0 {
		return out
	}
	add := math.Hypot(c.luck, c.machines.error(shared[c.kind()].ratios))
	walsh, _ := stats.WalshAverages(c.d) // with an error it has no estimate either
	estimate, err := walsh.HodgesLehmann(confidence)
	if err != nil || !c.fit(&out, wider(estimate, add)) {
		out.Reason = tooFar
		return out
	}
	if c.paced { // a gateway adds so little to it that shares of that say nothing
		out.Of, out.Change, out.CI = bench.OfValue, out.Shift, out.ShiftCI
	}
	if sd, err := stats.SD(c.d); err == nil {
		out.SD = &sd
	}
	if !c.shownOnly {
		c.machines.fill(&out, add)
		if limits, err := walsh.HodgesLehmann(oneSided); err == nil {
			setLimits(&out, wider(limits, add))
		}
		if c.wantsTextbook {
			out.PTextbook = c.textbook()
		}
	}
	c.test(&out, shared)
	c.widen(&out, estimate.Value, add)
	return out
}

// widen lets the p of both directions admit that machines differ.
func (c candidate) widen(out *bench.Comparison, change, add float64) {
	if higherIsBetter(c.metric) {
		change = -change
	}
	for p, effect := range map[*float64]float64{out.P: change - c.margin, out.PAligned: change - c.margin, out.PBetter: -change - c.margin} {
		if p != nil {
			*p = widerP(*p, effect, add)
		}
	}
}

// textbook is the unpaired p of worse. Peaks have none: memory comes in pages, so that
// some are equal, and the exact test takes 25 ms then for 24 rounds.
func (c candidate) textbook() *float64 {
	low, high := c.base, c.head
	if d, _ := c.metric.Describe(); d.Statistic == bench.Peak {
		return nil
	}
	if higherIsBetter(c.metric) {
		low, high = high, low
	}
	t, err := stats.MannWhitney(low, high)
	if err != nil {
		return nil
	}
	return &t.PGreater
}

// test fills in U and the p: of the stratified test where the slices allow it, else
// of the aligned test. A metric that is only shown gets the aligned p.
func (c candidate) test(out *bench.Comparison, shared dispersion) {
	up, down := c.d, each(c.d, negative)
	if higherIsBetter(c.metric) {
		up, down = down, up
	}
	worse, err := stats.AlignedMannWhitney(up, c.margin)
	if err != nil {
		return // never: d is finite, and there is some
	}
	out.Method, out.P = bench.MethodAligned, &worse.PGreater
	if c.shownOnly {
		return
	}
	if better, err := stats.AlignedMannWhitney(down, c.margin); err == nil {
		out.PBetter = &better.PGreater
	}
	if c.worse == nil {
		out.U = &worse.U
		return
	}
	u := unCentred(c.worse.T, c.strata)
	others := shared[c.kind()]
	pWorse, pBetter := shrunkP(c.worse, others.worse), shrunkP(c.better, others.better)
	if d, _ := c.metric.Describe(); d.Statistic == bench.Mean {
		pWorse, pBetter = either(pWorse, *out.P), either(pBetter, *out.PBetter)
	}
	out.Method, out.U, out.PAligned, out.P, out.PBetter = bench.MethodStratified, &u, out.P, &pWorse, &pBetter
}

// either is the p of two tests of one change of a mean, by Bonferroni. Ranks of
// slices do not see a stall that few slices have, however long, and the means of
// whole rounds do; few process pairs allow no small p of their own, and their
// slices do.
func either(stratified, aligned float64) float64 { return min(1, 2*min(stratified, aligned)) }
