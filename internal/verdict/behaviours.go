package verdict

import (
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/behaviour/changes"
	"github.com/org/proxy-bench-action/internal/bench"
)

// behaviours are what changed in what the gateways do, by the policy, and by which of
// it improvements of speed are none: who answers from a cache is faster.
func (a analysis) behaviours() (all []bench.BehaviourChange, lost string) {
	for _, c := range changes.Compare(a.Facts) {
		rule := a.RuleOf(c.Behaviour)
		if rule == bench.BehaviourOff {
			continue
		}
		if c.Outcome == bench.Regression && rule == bench.BehaviourReported {
			c.Outcome = bench.Pass
			c.Text += "; reported only, by gate.behaviour"
		}
		all = append(all, c)
		if lost == "" && changes.LosesWork(c) {
			lost = "head " + c.Text
		}
	}
	return all, lost
}

// unlooked is what is not known of what the gateways do.
func (a analysis) unlooked() []string {
	if why := changes.Unknown(a.Facts); why != "" && a.LooksAtBehaviour() {
		return []string{why}
	}
	return nil
}

// lostWork takes back what got better beside work that is lost.
func (d *decision) lostWork() {
	if d.lost == "" {
		return
	}
	for i := range d.verdict.Comparisons {
		if c := &d.verdict.Comparisons[i]; c.Outcome == bench.Improvement {
			c.Outcome, c.Reason = bench.Pass, fmt.Sprintf("no improvement, since %s; %s", d.lost, c.Reason)
		}
	}
	for i := range d.verdict.Groups {
		if g := &d.verdict.Groups[i]; g.Outcome == bench.Improvement {
			g.Outcome, g.Reason = bench.Pass, fmt.Sprintf("no improvement, since %s; %s", d.lost, g.Reason)
		}
	}
}

// harmful are the reasons of a regression by behaviour, one for all cases of each.
func (d *decision) harmful() (all []string) {
	var names []bench.BehaviourName
	more := map[bench.BehaviourName][]string{}
	for _, c := range d.verdict.Behaviours {
		switch {
		case c.Outcome != bench.Regression:
		case slices.Contains(names, c.Behaviour):
			more[c.Behaviour] = append(more[c.Behaviour], c.Case)
		default:
			names, all = append(names, c.Behaviour), append(all, "head "+c.Text)
		}
	}
	for i, name := range names {
		if cases := more[name]; len(cases) > 0 {
			all[i] += ", and " + strings.Join(cases, ", ")
		}
	}
	return all
}
