package verdict

import (
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/behaviour/changes"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/work"
)

// judgeScenarios takes the gravest outcome of each scenario's metrics and
// errors: regression, inconclusive, improvement, pass.
func (d *decision) judgeScenarios() {
	for _, s := range d.Scenarios {
		d.verdict.Scenarios = append(d.verdict.Scenarios, d.scenario(s.ID()))
	}
}

func (d *decision) scenario(id string) bench.ScenarioVerdict {
	open := "no gated metric was measured"
	for _, o := range []bench.Outcome{bench.Regression, bench.Inconclusive, bench.Improvement, bench.Pass} {
		for _, u := range d.unable() {
			if u.Scenario == id && u.Outcome == o {
				return u
			}
		}
		for _, e := range d.verdict.Errors {
			if e.Scenario == id && e.Outcome == o && o != bench.Pass {
				return bench.ScenarioVerdict{Scenario: id, Outcome: o, Reason: e.Reason}
			}
		}
		for _, c := range d.verdict.Comparisons {
			if c.Scenario != id || !c.Gated || c.Outcome != o {
				continue
			}
			open = fmt.Sprintf("%s %s", c.Metric, c.Reason)
			if o != bench.Inconclusive || d.counts(c) {
				return bench.ScenarioVerdict{Scenario: id, Outcome: o, Reason: open}
			}
		}
	}
	if d.named[id].Paced {
		return bench.ScenarioVerdict{Scenario: id, Outcome: bench.Pass, Reason: "no regression is shown, and that is enough for a paced stream: " + open}
	}
	return bench.ScenarioVerdict{Scenario: id, Outcome: bench.Inconclusive, Reason: open}
}

// counts tells whether an inconclusive comparison leaves its scenario
// inconclusive. A metric beyond those that judge does when it looks like a regression
// still, not when it is merely too noisy to be cleared.
func (d *decision) counts(c bench.Comparison) bool {
	if d.named[c.Scenario].Paced { // unless nothing is decided about speed
		return d.pairs() < LeastPairs
	}
	return c.Metric.IsJudged() || d.suspect(c) || c.Shift != nil && c.Pairs >= LeastPairs &&
		(d.OneStage || c.Stage == bench.Confirm && d.suspicion[worse].flagged[keyOf(c)]) && flags(c, worse, screenLevel, 1)
}

// pairs is how many process pairs there are, of the scenario that has most.
func (d *decision) pairs() int { return max(d.screened, d.fresh.Pairs()) }

// judgeWhole adds the groups and draws everything together.
func (d *decision) judgeWhole() {
	for _, dir := range directions {
		d.judgeGroups(dir)
	}
	d.lostWork()
	if n := d.pairs(); n > 0 && n < LeastPairs {
		d.few = d.tooFew(n)
	}
	d.conclude()
}

// judgeGroups judges the groups that were tried in a direction, or else suspected. Of
// one stage, in which many are tried, those that say nothing are not kept.
func (d *decision) judgeGroups(dir direction) {
	t, kept := d.tried[dir], &d.verdict.Groups
	for i, g := range t.groups {
		judged, note := d.judgeGroup(g, dir, t.groupPs[i], t.groupLevel)
		if note {
			d.verdict.Notes = append(d.verdict.Notes, bench.Note{Group: g.Group, Metric: g.Metric, Text: judged.Reason})
		}
		if note || !d.OneStage || judged.Outcome == bench.Inconclusive || judged.Outcome == dir.outcome() {
			*kept = append(*kept, judged)
		}
	}
	if d.OneStage || len(t.groups) > 0 {
		return
	}
	for _, g := range d.suspicion[dir].groups {
		switch {
		case dir == better:
			g.Outcome, g.Reason = bench.Pass, "possible improvement, not measured again: "+groupText(g, dir)
		case g.ShiftCI != nil && worse.over(g.ShiftCI[1]) < tau(*g.Limit):
			g.Outcome, g.Reason = bench.Pass, "not measured again, below the limit: "+groupText(g, dir)
		default:
			g.Outcome, g.Reason = bench.Inconclusive, "suspect, not measured again: "+groupText(g, dir)
		}
		*kept = append(*kept, g)
	}
}

// conclude draws the outcome of the whole from those of its parts.
func (d *decision) conclude() {
	for _, o := range []bench.Outcome{bench.Regression, bench.Inconclusive, bench.Improvement} {
		reasons := d.reasons(o)
		if o == bench.Inconclusive && d.few != "" {
			reasons = []string{d.few}
		}
		if len(reasons) > 0 {
			d.verdict.Outcome, d.verdict.Reason = o, reasons[0]
			if more := len(reasons) - 1; more > 0 {
				d.verdict.Reason += fmt.Sprintf("; and %d more", more)
			}
			return
		}
	}
	if len(d.verdict.Scenarios) == 0 {
		d.verdict.Outcome, d.verdict.Reason = bench.Inconclusive, "there is no scenario"
		return
	}
	d.verdict.Outcome = bench.Pass
	each := "each"
	if slices.ContainsFunc(d.Scenarios, func(s bench.Scenario) bool { return s.Paced }) {
		each = "each but the paced streams"
	}
	d.verdict.Reason = fmt.Sprintf("no regression in %d scenarios, %s below twice its threshold", len(d.verdict.Scenarios), each)
}

// reasons names everything that has an outcome: what head does, groups and errors over
// all scenarios, and scenarios.
func (d *decision) reasons(o bench.Outcome) []string {
	var all []string
	if o == bench.Regression {
		all = append(changes.Reasons(d.verdict.Behaviours), work.Reasons(d.verdict.Work)...)
	}
	for _, g := range d.verdict.Groups {
		if g.Outcome == o {
			all = append(all, fmt.Sprintf("%s: %s", groupName(g), g.Reason))
		}
	}
	for _, e := range d.verdict.Errors {
		if e.Scenario == "" && e.Outcome == o {
			all = append(all, "all scenarios: "+e.Reason)
		}
	}
	for _, s := range d.verdict.Scenarios {
		if s.Outcome == o {
			all = append(all, fmt.Sprintf("%s: %s", s.Scenario, s.Reason))
		}
	}
	return all
}

// groupName is "group 10KB", with the metric where it is not the primary one.
func groupName(g bench.Group) string {
	name := "group " + g.Group
	if d, known := g.Metric.Describe(); known {
		name += ", " + d.Label
	}
	return name
}
