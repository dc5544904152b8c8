package verdict

import (
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// judgeScenarios takes the gravest outcome of each scenario's metrics and
// errors: regression, inconclusive, improvement, pass.
func (d *decision) judgeScenarios() {
	for _, id := range d.ids {
		d.verdict.Scenarios = append(d.verdict.Scenarios, d.scenario(id))
	}
}

func (d *decision) scenario(id string) bench.ScenarioVerdict {
	out := bench.ScenarioVerdict{Scenario: id}
	take := func(o bench.Outcome, reason string) bool {
		out.Outcome, out.Reason = o, reason
		return true
	}
	rows := slices.DeleteFunc(slices.Clone(d.verdict.Comparisons), func(c bench.Comparison) bool {
		return !c.Gated || c.Scenario != id
	})
	measured := func(o bench.Outcome, counts func(bench.Comparison) bool) bool {
		i := slices.IndexFunc(rows, func(c bench.Comparison) bool { return c.Outcome == o && counts(c) })
		return i >= 0 && take(o, fmt.Sprintf("%s %s", rows[i].Metric, rows[i].Reason))
	}
	errored := func(o bench.Outcome) bool {
		i := slices.IndexFunc(d.verdict.Errors, func(e bench.ErrorRate) bool { return e.Scenario == id && e.Outcome == o })
		return i >= 0 && take(o, d.verdict.Errors[i].Reason)
	}
	every := func(bench.Comparison) bool { return true }
	// A metric beyond the typical values counts when it was a suspect, not when
	// it is merely too noisy to be cleared.
	open := func(c bench.Comparison) bool {
		return c.Metric.IsJudged() || d.flagged[worse][keyOf(c)] && c.Stage != bench.Confirm
	}
	switch {
	case errored(bench.Regression), measured(bench.Regression, every):
	case errored(bench.Inconclusive), measured(bench.Inconclusive, open):
	case measured(bench.Improvement, every):
	case measured(bench.Pass, every):
	default:
		take(bench.Inconclusive, "nothing that is gated was measured")
	}
	return out
}

// judgeWhole adds the groups and draws everything together.
func (d *decision) judgeWhole() {
	for _, dir := range []direction{worse, better} {
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
			d.verdict.Outcome, d.verdict.Reason = o, summed(reasons)
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

// summed is the first reason and how many more there are.
func summed(reasons []string) string {
	if len(reasons) == 1 {
		return reasons[0]
	}
	return strings.TrimSpace(fmt.Sprintf("%s; and %d more", reasons[0], len(reasons)-1))
}

// judgeGroup judges the group that the screening flagged in a direction.
func (d *decision) judgeGroup(dir direction) bench.Group {
	g, fresh := d.groups[dir]
	if !fresh {
		g = d.screening.group[dir]
		if g.Group == "" {
			return g
		}
		g.Outcome, g.Reason = bench.Pass, "possible improvement, not measured again: "+groupText(g, dir)
		if dir == worse {
			g.Outcome, g.Reason = bench.Inconclusive, "suspect, and not measured again: "+groupText(g, dir)
		}
		return g
	}
	switch {
	case g.Shift == nil:
		g.Outcome = bench.Inconclusive
	case dir.groupP(g) <= d.level[dir] && dir.over(*g.Shift) > tau(*g.Limit):
		g.Outcome = dir.outcome()
		g.Reason = fmt.Sprintf("%s ≤ %.2g, %s", groupText(g, dir), d.level[dir], roundsText(g.Stage, g.Rounds))
	default:
		g.Outcome = bench.Pass
		g.Reason = fmt.Sprintf("not confirmed: %s, level %.2g, %s", groupText(g, dir), d.level[dir], roundsText(g.Stage, g.Rounds))
	}
	return g
}
