package verdict

import (
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/behaviour/changes"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
	"github.com/org/proxy-bench-action/internal/stats"
)

// Decide makes the verdict from all rounds of a side-by-side trial. The stage
// of each round is in the Round itself, and the looks are in the evidence, so that a
// saved result decides itself again, byte for byte.
func Decide(p bench.Policy, e Evidence) bench.Verdict {
	a := analyse(p, e)
	d := decision{analysis: a, verdict: bench.Verdict{
		Schema:      bench.VerdictSchema,
		Rule:        bench.Rule{Alpha: p.Alpha, Delta: bench.Delta, Threshold: p.Threshold, Floor: p.Floor, OneStage: e.OneStage},
		Scenarios:   []bench.ScenarioVerdict{},
		Comparisons: []bench.Comparison{},
	}}
	if len(e.Unable) == 0 && !slices.ContainsFunc(e.Rounds, func(r bench.Round) bool { return r.Arm == bench.Base }) {
		d.verdict.Outcome, d.verdict.Reason = bench.NoBaseline, "no round of a base was measured"
		return d.verdict
	}
	for _, u := range e.Unmeasured {
		d.verdict.Warnings = append(d.verdict.Warnings, fmt.Sprintf("not compared: the base cannot do %s: %s", u.Scenario, u.Why()))
	}
	d.screening = a.screening()
	d.verdict.Rule.ScreenRounds, d.verdict.Rule.FreshRounds = a.screen.Rounds(), a.fresh.Rounds()
	d.verdict.Behaviours, d.lost = changes.Judge(p, e.Facts)
	d.verdict.Warnings = append(d.verdict.Warnings, a.unlooked()...)
	d.verdict.Errors = d.errorRates(func(bench.Stage) bool { return true })
	d.compare(a.all)
	d.countedWork()
	d.judgeScenarios()
	d.judgeWhole()
	return d.verdict
}

// decision is a verdict in the making.
type decision struct {
	analysis
	screening
	verdict bench.Verdict
	early   bool // another look can follow
	tried   map[direction]trial
	// onlyBetter are the scenarios that were measured again for a possible improvement
	// and nothing else, onlyMember those that were for a group and nothing else.
	onlyBetter, onlyMember map[string]bool
	// contrary is what got worse in a scenario that may have improved.
	contrary map[string]string
	// common is how far the scenarios moved together, on the log scale, by the metric
	// of groups.
	common map[bench.Metric]float64
	// few says that there are too few process pairs for any verdict on speed.
	few string
	// lost is the work that head leaves out, for which it is faster; empty for none.
	lost string
}

// compare makes and judges the rows of the metrics that are wanted.
func (d *decision) compare(wanted func(bench.Scenario) compare.Wanted) {
	d.onlyBetter, d.onlyMember = make(map[string]bool), make(map[string]bool)
	found := d.screening.found
	for _, id := range found.Improvements {
		d.onlyBetter[id] = true
	}
	for _, id := range found.Members {
		d.onlyMember[id] = !slices.Contains(found.Suspects, id) && !slices.Contains(found.Unclear, id)
	}
	screen := d.judged(d.screen.SideBySide(d.Scenarios, bench.Delta, wanted))
	d.common = d.commonShifts(screen)
	fresh := d.judged(d.fresh.SideBySide(d.Scenarios, bench.Delta, wanted, d.screen))
	together, shared := compare.TogetherOf(d.screen, d.fresh, d.Scenarios)
	for i, c := range screen {
		if d.fresh.Has(c.Scenario) && (fresh[i].Pairs >= LeastPairs || c.Pairs < LeastPairs) {
			c = fresh[i]
		} else if d.isOpen(c) && shared && !d.OneStage {
			c = d.apart(together, c)
		}
		d.verdict.Comparisons = append(d.verdict.Comparisons, c)
	}
	d.tryHypotheses()
	d.withdraw(screen)
	for i := range d.verdict.Comparisons {
		d.judge(&d.verdict.Comparisons[i])
	}
	d.contradicted()
	d.lostWork()
}

// isOpen says whether the screening has left a scenario open that nobody measured again.
func (d *decision) isOpen(c bench.Comparison) bool {
	return !d.fresh.Has(c.Scenario) && c.Gated && c.Shift != nil && d.judges(c) && (!cleared(c) || d.suspicion[worse].flagged[keyOf(c)])
}

// apart is a comparison of the screening less the luck that its processes had in all
// scenarios, as far as the fresh pairs of others show it.
func (d *decision) apart(all compare.Together, c bench.Comparison) bench.Comparison {
	if less, ok := all.Compare(d.named[c.Scenario], c.Metric, bench.Delta); ok && less.Shift != nil {
		return d.judged([]bench.Comparison{less})[0]
	}
	return c
}

// withdraw takes back the fresh rounds of scenarios that the screening had cleared and
// in which they show nothing: to have looked for an improvement, or to have stood for
// a group, must not cost a scenario its verdict.
func (d *decision) withdraw(screen []bench.Comparison) {
	shows := make(map[string]bool)
	for _, c := range d.verdict.Comparisons {
		if d.holds(c, better) || d.holds(c, worse) {
			shows[c.Scenario] = true
		}
	}
	for i, c := range screen {
		if (d.onlyBetter[c.Scenario] || d.onlyMember[c.Scenario]) && !shows[c.Scenario] {
			d.verdict.Comparisons[i] = c
		}
	}
}

// judge writes the outcome of one comparison and its reason.
func (d *decision) judge(c *bench.Comparison) {
	k := keyOf(*c)
	switch {
	case !c.Gated:
		c.Outcome = bench.Shown
		return
	case c.Shift == nil:
		c.Outcome = bench.Inconclusive
		return
	case c.Pairs < LeastPairs:
		c.Outcome, c.Reason = bench.Inconclusive, fmt.Sprintf("%s: %s, %s", d.tooFew(c.Pairs), changeText(*c), limitText(*c))
		return
	}
	if smallest, lost := d.tried[worse].lost[k]; lost {
		c.Outcome = bench.Inconclusive
		c.Reason = fmt.Sprintf("%s: %s, %s", unreachableText(c.Pairs, smallest, d.tried[worse].level), changeText(*c), limitText(*c))
		return
	}
	c.Resolution = d.resolution(*c)
	for _, dir := range directions {
		adjusted, tried := d.tried[dir].family[k]
		if tried && (dir == worse || d.suspicion[better].flagged[k]) {
			c.PAdjusted = &adjusted
		}
		if d.holds(*c, dir) {
			c.Outcome = dir.outcome()
			c.Reason = fmt.Sprintf("%s, %s, %s ≤ %.2g, %s", changeText(*c), limitText(*c), pText(*c, dir), d.tried[dir].level, pairsText(c.Stage, c.Pairs))
			return
		}
	}
	figures := fmt.Sprintf("%s, %s, %s", changeText(*c), clearText(*c), pairsText(c.Stage, c.Pairs))
	switch {
	case d.suspect(*c):
		c.Outcome = bench.Inconclusive
		c.Reason = fmt.Sprintf("suspect, %s: %s, %s, p %.2g", d.notAgain(c.Scenario), changeText(*c), limitText(*c), worse.p(*c))
	case cleared(*c):
		c.Outcome, c.Reason = bench.Pass, figures
		if d.suspicion[better].flagged[k] {
			c.Reason = "possible improvement: " + figures
		}
	default:
		c.Outcome, c.Reason = bench.Inconclusive, figures
	}
}

// suspect is true for what the screening flagged and nothing measured again: unless
// twice the limit is excluded, which is a pass for what was not flagged, and either
// its estimate is within the limit or members of its group, drawn at random, have
// stood for it.
func (d *decision) suspect(c bench.Comparison) bool {
	return !d.OneStage && c.Stage != bench.Confirm && d.suspicion[worse].flagged[keyOf(c)] &&
		!(cleared(c) && (worse.over(*c.Shift) <= tau(*c.Limit) || d.represented(c)))
}

// represented says whether a group was tried that a comparison is a part of.
func (d *decision) represented(c bench.Comparison) bool {
	if len(d.tried[worse].groups) == 0 {
		return false
	}
	return slices.ContainsFunc(d.suspicion[worse].groups, func(g bench.Group) bool {
		return slices.Contains(g.Members, c.Scenario) && (g.Metric == c.Metric || g.Metric == "" && d.judges(c))
	})
}

// notAgain is why a suspect has no fresh rounds that count.
func (d *decision) notAgain(scenario string) string {
	if d.fresh.Has(scenario) {
		return pairsAre(bench.Confirm, d.fresh.Pairs()) + " too few to confirm it"
	}
	return "not measured again"
}

// contradicted takes back improvements of scenarios that got worse where it hurts: a
// typical value can improve because slow requests became slower still.
func (d *decision) contradicted() {
	d.contrary = make(map[string]string)
	for _, c := range d.verdict.Comparisons {
		if c.Shift == nil || d.named[c.Scenario].Paced { // whose mean is its backend's
			continue
		}
		mean := c.Metric == d.named[c.Scenario].Mode.Metric(bench.AtLastByte, bench.Mean) && *c.Shift > 0
		if mean || c.Metric == bench.Throughput && *c.Shift < 0 {
			label, _ := c.Metric.Describe()
			d.contrary[c.Scenario] = fmt.Sprintf("%s got worse: %s", label.Label, percent(*c.Shift))
		}
	}
	for i := range d.verdict.Comparisons {
		c := &d.verdict.Comparisons[i]
		if why := d.contrary[c.Scenario]; why != "" && c.Outcome == bench.Improvement && c.Metric.IsClock() {
			c.Outcome, c.Reason = bench.Pass, fmt.Sprintf("no improvement, since %s; %s", why, c.Reason)
		}
	}
}

// resolution is the smallest shift found with 80 % power in all stages; with the
// level of the family that was tried, or of a full one.
func (d *decision) resolution(c bench.Comparison) *float64 {
	if c.SD == nil {
		return nil
	}
	tried := d.tried[worse]
	last := stats.Stage{Pairs: ConfirmRounds, Level: tried.level / max(maxSuspects, float64(len(tried.family))), Limit: tau(*c.Limit)}
	if d.OneStage || c.Stage == bench.Confirm {
		last.Pairs, last.Level = c.Pairs, tried.level/max(1, float64(len(tried.family)))
	}
	stages := []stats.Stage{last}
	if !d.OneStage {
		screened := max(1, d.screened)
		stages = append(stages, stats.Stage{Pairs: screened, Level: screenLevel, Limit: screenShare * tau(*c.Limit)})
	}
	share, err := stats.Resolution(c.Deviation(), compare.Margin(bench.Delta, c.Share), 0.80, stages...)
	if err != nil {
		return nil
	}
	return &share
}

// together is how far a comparison of fresh pairs and the screening's of the same moved
// on average over all pairs, on the log scale. It may keep a suspicion alive and accuse
// of nothing: ten fresh pairs alone gave up one in eight changes of a tenth where
// processes have much luck.
func (s screening) together(c bench.Comparison) float64 {
	was := s.before[keyOf(c)]
	if was.Shift == nil {
		return worse.over(*c.Shift)
	}
	n, before := float64(c.Pairs), float64(was.Pairs)
	return (n*worse.over(*c.Shift) + before*worse.over(*was.Shift)) / (n + before)
}

// settled says whether further looks would change nothing: a regression is found, or
// nothing that is measured again looks like one any more and all of it is clear.
func (a analysis) settled(s screening) bool {
	d := decision{analysis: a, screening: s, early: true}
	d.compare(a.gated)
	if d.finds() {
		return true
	}
	for _, c := range d.verdict.Comparisons {
		if !slices.Contains(s.found.Confirm, c.Scenario) || !c.Gated || c.Shift == nil {
			continue
		}
		hopeful := s.suspicion[worse].flagged[keyOf(c)] && (flags(c, worse, openLevel, openShare) || s.together(c) > tau(*c.Limit))
		if hopeful || a.judges(c) && c.Outcome == bench.Inconclusive {
			return false
		}
	}
	t := d.tried[worse]
	for i, g := range t.groups {
		judged, note := d.judgeGroup(g, worse, t.groupPs[i], t.groupLevel)
		hopeful := g.Shift != nil && worse.groupP(g) < openLevel && worse.over(*g.Shift) > flagShare*tau(*g.Limit)
		if note { // unless it may be a regression still
			hopeful = worse.over(g.ShiftCI[1]) > tau(*g.Limit)
		}
		if hopeful || judged.Outcome == bench.Inconclusive {
			return false
		}
	}
	return true
}
