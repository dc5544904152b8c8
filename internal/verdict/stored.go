package verdict

import (
	"fmt"
	"math"

	"github.com/org/proxy-bench-action/internal/behaviour/changes"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
	"github.com/org/proxy-bench-action/internal/stats"
	"github.com/org/proxy-bench-action/internal/work"
)

// The least margins by which head has to lie above a base from another machine, as
// shares of base. A limit that a metric has anyway counts [marginShare] times.
const (
	// storedMargin is for what is divided by the direct path: what differs between
	// machines beyond it has an SD of 2 to 3 %. In the simulation 15 % fails 0.0 to
	// 0.05 % of unchanged gates at an SD of 2 %, and 1.3 % at 3 %.
	storedMargin = 0.15
	// cpuMargin is for CPU time, where nothing cancels the speed of the machine. Two
	// machines of one model differ by an SD of 7 to 21 % there. Where the direct path
	// is more than 25 % slower or faster nothing is decided; this is twice that.
	cpuMargin = 0.50
	// marginShare is the margin as a share of the limit side by side. For memory, which
	// does not depend on the speed of a machine, that is enough.
	marginShare = 1.5
)

// DecideStored makes the verdict from numbers of another job: by every gated metric,
// by Holm over all that is tested at α, in one stage, and by the share of requests
// that fail. Against a single run nothing passes: not being over a wide margin shows
// little.
func DecideStored(p bench.Policy, e Stored) bench.Verdict {
	a := analyse(p, e.evidence())
	d := decision{analysis: a, verdict: bench.Verdict{
		Schema:    bench.VerdictSchema,
		Rule:      bench.Rule{Alpha: p.Alpha, Delta: bench.Delta, Threshold: p.Threshold, Floor: p.Floor, Level: a.level()},
		Warnings:  e.warnings(),
		Scenarios: []bench.ScenarioVerdict{},
	}}
	v := &d.verdict
	v.Behaviours, d.lost = changes.Judge(p, a.Facts)
	v.Warnings = append(v.Warnings, a.unlooked()...)
	v.Work = work.JudgeStored(p.Work, e.Counted)
	v.Comparisons = storedComparisons(p, e)
	v.Rule.Hypotheses = adjustAll(v.Comparisons)
	for i := range v.Comparisons {
		judgeStored(&v.Comparisons[i], v.Rule, e.doubt())
	}
	v.Errors = d.errorRates(func(bench.Stage) bool { return true })
	if e.Unlike != "" {
		excuse(v.Errors, e.Unlike)
	}
	d.lostWork()
	d.judgeScenarios()
	d.conclude()
	return *v
}

// excuse leaves failures open where the runs were asked other things.
func excuse(all []bench.ErrorRate, why string) {
	for i := range all {
		if e := &all[i]; e.Outcome == bench.Regression {
			e.Outcome, e.Reason = bench.Inconclusive, fmt.Sprintf("%s: %s", why, e.Reason)
		}
	}
}

// storedComparisons are those of every gated metric, in the order of the scenarios:
// with the history where it is long enough, else with the one run.
func storedComparisons(p bench.Policy, e Stored) []bench.Comparison {
	known := e.byHistory(p)
	var all []bench.Comparison
	for _, s := range e.Scenarios {
		for _, g := range gates(p, s) {
			c, ok := known[key{s.ID(), g.metric}]
			if !ok {
				c = compare.Stored(s, g.metric, e.Base, e.Head, func(c *bench.Comparison) float64 {
					g.apply(p.Floor, c)
					c.Limit = new(margin(g.metric, *c.Limit))
					return *c.Limit
				})
			}
			if c.Limit == nil {
				g.apply(p.Floor, &c)
			}
			all = append(all, c)
		}
	}
	return all
}

// byHistory are the comparisons with the runs of main.
func (e Stored) byHistory(p bench.Policy) map[key]bench.Comparison {
	var past []compare.Past
	for _, s := range e.Scenarios {
		for _, g := range gates(p, s) {
			if runs := e.History[s.ID()][g.metric]; len(runs) >= compare.LeastHistory {
				past = append(past, compare.Past{Scenario: s, Metric: g.metric, Runs: runs})
			}
		}
	}
	all := make(map[key]bench.Comparison, len(past))
	for _, c := range compare.History(past, e.Head, bench.Delta) {
		all[keyOf(c)] = c
	}
	return all
}

// margin is the share of base by which head has to lie above it, where side by side
// it would be limit.
func margin(m bench.Metric, limit float64) float64 {
	least := storedMargin
	if d, _ := m.Describe(); d.Unit == bench.Seconds && !m.IsClock() {
		least = cpuMargin
	}
	return max(least, marginShare*limit)
}

// adjustAll writes Holm's adjustment over everything that has a p, and returns how
// many that are.
func adjustAll(all []bench.Comparison) int {
	hypotheses := 0
	for _, dir := range directions {
		family := holm(all, dir, nil, func(c bench.Comparison) bool { return c.P != nil })
		hypotheses = len(family)
		for i := range all {
			c := &all[i]
			if p, tried := family[keyOf(*c)]; tried && (dir == worse || dir.over(*c.Shift) > 0) {
				c.PAdjusted = &p
			}
		}
	}
	return hypotheses
}

func judgeStored(c *bench.Comparison, rule bench.Rule, doubt string) {
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
	over := *c.PAdjusted <= rule.Level && dir.over(*c.Shift) > tau(*c.Limit)
	text := fmt.Sprintf("%s, %s, %s, %d processes, compared with stored numbers", changeText(*c), marginText(*c), pText(*c, dir), c.Pairs)
	if doubt == "" && c.Pairs >= LeastPairs && !unreachable(*c, rule) {
		c.Resolution = storedResolution(*c, rule)
	}
	switch {
	case doubt != "":
		c.Reason = fmt.Sprintf("%s: %s", doubt, text)
	case c.Pairs < LeastPairs:
		c.Reason = fmt.Sprintf("%d processes are too few to decide, at least %d do: %s", c.Pairs, LeastPairs, text)
	case over:
		c.Outcome, c.Reason = dir.outcome(), text
	case c.Method == bench.MethodHistory && cleared(*c):
		c.Outcome, c.Reason = bench.Pass, text+", "+clearText(*c)
	case unreachable(*c, rule):
		c.Reason = fmt.Sprintf("a regression could not have been found with %d processes and %d hypotheses: %s", c.Pairs, rule.Hypotheses, text)
	default:
		c.Reason = "neither a regression nor a pass is shown: " + text
	}
}

// storedResolution is the smallest true change that 80 % of such comparisons find. The
// standard error is that of the interval.
func storedResolution(c bench.Comparison, rule bench.Rule) *float64 {
	if c.ShiftCI == nil {
		return nil
	}
	se := (math.Log1p(c.ShiftCI[1]) - math.Log1p(c.ShiftCI[0])) / (2 * stats.NormalQuantile(0.975))
	beyond := tau(*c.Limit)
	if c.Method == bench.MethodHistory {
		beyond = tau(rule.Delta)
	}
	certain, often := stats.NormalQuantile(1-rule.Level/float64(rule.Hypotheses)), stats.NormalQuantile(0.80)
	found := math.Expm1(max(beyond+(certain+often)*se, tau(*c.Limit)+often*se))
	if math.IsInf(found, 0) || math.IsNaN(found) {
		return nil
	}
	return &found
}

// unreachable is true where no difference, however clear, has a p small enough: of
// the C(2n, n) orders of n processes against n, one is the clearest.
func unreachable(c bench.Comparison, rule bench.Rule) bool {
	n := float64(c.Pairs)
	twice, _ := math.Lgamma(2*n + 1)
	once, _ := math.Lgamma(n + 1)
	return c.Method == bench.MethodUnpaired && math.Exp(2*once-twice)*float64(rule.Hypotheses) > rule.Level
}

// marginText is "margin 17.5 %" in the terms of the change.
func marginText(c bench.Comparison) string {
	if c.Method == bench.MethodHistory {
		return limitText(c)
	}
	text := fmt.Sprintf("margin %.3g %%", 100**c.Limit/unit(c))
	if c.Direct == nil {
		text += " (as measured: no direct path to divide by)"
	}
	return text
}
