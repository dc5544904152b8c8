package verdict

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
)

// Stored is the evidence when base could not be run again.
type Stored struct {
	Scenarios  []bench.Scenario
	Base, Head compare.Side
	// History holds for each of Scenarios the figures of earlier runs of main,
	// see [compare.History] for the primary metric of its mode. With ten of
	// them they decide instead of Base.
	History [][]float64
	// Unable are the failures of head in scenarios that the base could do.
	Unable []bench.Unmeasured
	// Doubt, such as another CPU model, allows no more than inconclusive; empty
	// without one.
	Doubt string
}

// storedMargin is the least share of the latency by which head has to lie
// above a base from another machine: what differs between machines beyond the
// direct path is 2 to 3 %.
const storedMargin = 0.15

// marginShare is the margin as a share of the threshold.
const marginShare = 1.5

// DecideStored makes the verdict from numbers of another job, by the primary
// metric of each mode and by Holm over all scenarios at α, in one stage. Against
// a single run nothing passes: not being over a wide margin shows little.
func DecideStored(p bench.Policy, e Stored) bench.Verdict {
	v := bench.Verdict{
		Schema: bench.VerdictSchema,
		Rule:   bench.Rule{Alpha: p.Alpha, Delta: bench.Delta, Threshold: p.Threshold, Floor: p.Floor, Level: p.Alpha},
		Warnings: []string{
			"compared with stored numbers: base was measured in another job, so small changes are not seen",
		},
		Scenarios: []bench.ScenarioVerdict{},
	}
	v.Comparisons = storedComparisons(p, e)
	adjustAll(&v)
	for i := range v.Comparisons {
		c := &v.Comparisons[i]
		judgeStored(c, p.Alpha, e.Doubt)
		v.Scenarios = append(v.Scenarios, bench.ScenarioVerdict{Scenario: c.Scenario, Outcome: c.Outcome, Reason: fmt.Sprintf("%s %s", c.Metric, c.Reason)})
	}
	for i, s := range v.Scenarios {
		for _, u := range e.Unable {
			if u.Scenario == s.Scenario && s.Outcome != bench.Regression {
				v.Scenarios[i] = ofUnable(u, len(e.Head.Rounds.Rows(s.Scenario)) > 0)
			}
		}
	}
	d := decision{verdict: v}
	d.conclude()
	return d.verdict
}

func storedComparisons(p bench.Policy, e Stored) []bench.Comparison {
	primary := func(s bench.Scenario) bench.Metric { return s.Mode.Primary() }
	long := len(e.History) == len(e.Scenarios) && len(e.Scenarios) > 0
	for _, runs := range e.History {
		long = long && len(runs) >= compare.LeastHistory
	}
	var all []bench.Comparison
	if long {
		all = compare.History(e.Scenarios, primary, e.History, e.Head, bench.Delta)
	}
	for i, s := range e.Scenarios {
		g, _ := gateOf(p, s, primary(s))
		if !long {
			all = append(all, compare.Stored(s, primary(s), e.Base, e.Head, func(h float64) float64 {
				return max(storedMargin, marginShare*g.threshold*h)
			}))
		}
		g.apply(p.Floor, &all[i])
		if !long && all[i].Share != nil {
			all[i].Limit = new(max(*all[i].Limit, storedMargin, marginShare*g.threshold**all[i].Share))
		}
	}
	return all
}

// adjustAll writes Holm's adjustment over everything that has a p.
func adjustAll(v *bench.Verdict) {
	for _, dir := range directions {
		family := holm(v.Comparisons, dir, func(c bench.Comparison) bool { return c.P != nil })
		v.Rule.Hypotheses = len(family)
		for i := range v.Comparisons {
			c := &v.Comparisons[i]
			if p, tried := family[keyOf(*c)]; tried && (dir == worse || dir.over(*c.Shift) > 0) {
				c.PAdjusted = &p
			}
		}
	}
}

func judgeStored(c *bench.Comparison, alpha float64, doubt string) {
	c.Outcome = bench.Inconclusive
	if c.P == nil {
		return
	}
	if doubt == "" {
		doubt = c.Reason // of the comparison: the direct path moved
	}
	dir := worse
	if worse.over(*c.Shift) < 0 {
		dir = better
	}
	over := *c.PAdjusted <= alpha && dir.over(*c.Shift) > tau(*c.Limit)
	text := fmt.Sprintf("%s, %s, %s, %d rounds, compared with stored numbers", changeText(*c), limitText(*c), pText(*c, dir), c.Rounds)
	switch {
	case doubt != "":
		c.Reason = fmt.Sprintf("%s: %s", doubt, text)
	case over:
		c.Outcome, c.Reason = dir.outcome(), text
	case c.Method == bench.MethodHistory && cleared(*c):
		c.Outcome, c.Reason = bench.Pass, text+", "+clearText(*c)
	default:
		c.Reason = "neither a regression nor a pass is shown: " + text
	}
}
