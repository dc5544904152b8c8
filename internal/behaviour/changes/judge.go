package changes

import (
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Judge says what changed in what the gateways do, by a policy, and by which of it
// improvements of speed are none: who answers from a cache is faster. lost is empty where
// no work is lost.
func Judge(p bench.Policy, facts []bench.Fact) (all []bench.BehaviourChange, lost string) {
	for _, c := range Compare(facts) {
		rule := p.RuleOf(c.Behaviour)
		if rule == bench.BehaviourOff {
			continue
		}
		if c.Outcome == bench.Regression && rule == bench.BehaviourReported {
			c.Outcome = bench.Pass
			c.Text += "; reported only, by gate.behaviour"
		}
		all = append(all, c)
		if lost == "" && LosesWork(c) {
			lost = "head " + c.Text
		}
	}
	return all, lost
}

// Reasons are those of a regression by behaviour, one for all cases of each.
func Reasons(changes []bench.BehaviourChange) (all []string) {
	var names []bench.BehaviourName
	more := map[bench.BehaviourName][]string{}
	for _, c := range changes {
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
