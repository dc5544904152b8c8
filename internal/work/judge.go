package work

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Judge says what changed in the work of requests, by a policy. faster says whether head
// is surely faster in a scenario: more work that nobody waits for is reported alone.
func Judge(rule bench.WorkRule, all []bench.Work, faster func(scenario string) bool) (changes []bench.WorkChange) {
	rule = rule.Settled()
	if rule.Rule == bench.BehaviourOff {
		return nil
	}
	changes = Compare(all, rule.Limit)
	for i := range changes {
		switch c := &changes[i]; {
		case c.Outcome != bench.Regression:
		case rule.Rule == bench.BehaviourReported:
			c.Outcome = bench.Pass
			c.Text += "; reported only, by gate.instructions"
		case c.What == bench.Instructions && faster(c.Scenario):
			c.Outcome = bench.Pass
			c.Text += "; and yet it is faster, so this is reported only"
		}
	}
	return changes
}

// Reasons are those of a regression by the work of requests: one for all scenarios in
// which the same has grown.
func Reasons(changes []bench.WorkChange) (all []string) {
	at := map[string]int{}
	more := map[string]int{}
	for _, c := range changes {
		if c.Outcome != bench.Regression {
			continue
		}
		if _, known := at[c.What]; known {
			more[c.What]++
			continue
		}
		at[c.What] = len(all)
		all = append(all, fmt.Sprintf("%s: %s", c.Scenario, c.Text))
	}
	for what, n := range more {
		all[at[what]] += fmt.Sprintf(", and in %d more", n)
	}
	return all
}
