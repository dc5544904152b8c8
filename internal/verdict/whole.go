package verdict

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
)

// judgeScenarios takes the gravest outcome of each scenario's metrics and
// errors: regression, inconclusive, improvement, pass.
func (d *decision) judgeScenarios() {
	for _, s := range d.Scenarios {
		d.verdict.Scenarios = append(d.verdict.Scenarios, d.scenario(s.ID()))
	}
}

func (d *decision) scenario(id string) bench.ScenarioVerdict {
	for _, o := range []bench.Outcome{bench.Regression, bench.Inconclusive, bench.Improvement, bench.Pass} {
		for _, e := range d.verdict.Errors {
			if e.Scenario == id && e.Outcome == o && o != bench.Pass {
				return bench.ScenarioVerdict{Scenario: id, Outcome: o, Reason: e.Reason}
			}
		}
		for _, c := range d.verdict.Comparisons {
			if c.Scenario == id && c.Gated && c.Outcome == o && (o != bench.Inconclusive || d.counts(c)) {
				return bench.ScenarioVerdict{Scenario: id, Outcome: o, Reason: fmt.Sprintf("%s %s", c.Metric, c.Reason)}
			}
		}
	}
	return bench.ScenarioVerdict{Scenario: id, Outcome: bench.Inconclusive, Reason: "no gated metric was measured"}
}

// counts tells whether an inconclusive comparison leaves its scenario
// inconclusive. A metric beyond the typical values does when it was a suspect,
// not when it is merely too noisy to be cleared.
func (d *decision) counts(c bench.Comparison) bool {
	return c.Metric.IsJudged() || d.suspicion[worse].flagged[keyOf(c)] && c.Stage != bench.Confirm
}

// judgeWhole adds the groups and draws everything together.
func (d *decision) judgeWhole() {
	for _, dir := range directions {
		if g := d.judgeGroup(dir); g.Group != "" {
			d.verdict.Groups = append(d.verdict.Groups, g)
		}
	}
	d.conclude()
}

// conclude draws the outcome of the whole from those of its parts.
func (d *decision) conclude() {
	for _, o := range []bench.Outcome{bench.Regression, bench.Inconclusive, bench.Improvement} {
		if reasons := d.reasons(o); len(reasons) > 0 {
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
	d.verdict.Reason = fmt.Sprintf("no regression in %d scenarios, each below twice its threshold", len(d.verdict.Scenarios))
}

// reasons names everything that has an outcome, groups and errors over all
// scenarios included.
func (d *decision) reasons(o bench.Outcome) []string {
	var all []string
	for _, g := range d.verdict.Groups {
		if g.Outcome == o {
			all = append(all, fmt.Sprintf("group %s: %s", g.Group, g.Reason))
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

// judgeGroup judges the group that the screening flagged in a direction; Group
// is empty without one.
func (d *decision) judgeGroup(dir direction) bench.Group {
	level, fresh := d.tried[dir].level, d.tried[dir].group
	if fresh == nil {
		g := d.suspicion[dir].group
		switch {
		case g.Group == "":
		case dir == worse:
			g.Outcome, g.Reason = bench.Inconclusive, "suspect, not measured again: "+groupText(g, dir)
		default:
			g.Outcome, g.Reason = bench.Pass, "possible improvement, not measured again: "+groupText(g, dir)
		}
		return g
	}
	g := *fresh
	switch {
	case g.Shift == nil:
		g.Outcome = bench.Inconclusive
	case dir.groupP(g) <= level && dir.over(*g.Shift) > tau(*g.Limit):
		g.Outcome = dir.outcome()
		g.Reason = fmt.Sprintf("%s ≤ %.2g, %s", groupText(g, dir), level, roundsText(g.Stage, g.Rounds))
	default:
		g.Outcome = bench.Pass
		g.Reason = fmt.Sprintf("not confirmed: %s, level %.2g, %s", groupText(g, dir), level, roundsText(g.Stage, g.Rounds))
	}
	return g
}
