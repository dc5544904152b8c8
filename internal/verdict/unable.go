package verdict

import (
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// leastFailing is in how many rounds head has to fail in a scenario that it could do
// in others: one can be a bad moment.
const leastFailing = 2

// ofUnable judges a scenario in which head failed and the base did not; measured
// says whether head could do it in some round. No figures have to be compared for
// that: what nobody gets an answer from is worse than slow.
func ofUnable(u bench.Unmeasured, measured bool) bench.ScenarioVerdict {
	v := bench.ScenarioVerdict{Scenario: u.Scenario, Outcome: bench.Regression}
	what := fmt.Sprintf("%d of %d requests failed, %s", u.Failed, u.Requests, u.Why())
	switch {
	case !measured:
		v.Reason = "head cannot do it and the base can: " + what
	case len(u.Rounds) >= leastFailing:
		v.Reason = fmt.Sprintf("head could not do it in %d rounds and the base could: %s", len(u.Rounds), what)
	default:
		v.Outcome = bench.Inconclusive
		v.Reason = fmt.Sprintf("head could not do it in one round and could in others: %s", what)
	}
	return v
}

// unable judges what head failed at.
func (a analysis) unable() []bench.ScenarioVerdict {
	var all []bench.ScenarioVerdict
	for _, u := range a.Unable {
		measured := slices.ContainsFunc(a.Rounds, func(r bench.Round) bool { return r.Scenario == u.Scenario && r.Arm == bench.Head })
		all = append(all, ofUnable(u, measured))
	}
	return all
}
