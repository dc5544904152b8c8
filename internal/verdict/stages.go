package verdict

import "github.com/org/proxy-bench-action/internal/bench"

// InStages makes one whole gate from a source of rounds: the screening, the fresh
// rounds that it asks for, and the decision. e has the scenarios and the seed;
// measure returns n rounds of the scenarios named, of all for nil. Possible
// improvements are not measured again.
func InStages(p bench.Policy, e Evidence, screenRounds int, measure func(stage bench.Stage, ids []string, n int) []bench.Round) bench.Verdict {
	e.Rounds = measure(bench.Screen, nil, screenRounds)
	if next := Screen(p, e); len(next.Confirm) > 0 {
		e.Rounds = append(e.Rounds, measure(bench.Confirm, next.Confirm, next.Rounds)...)
	}
	return Decide(p, e)
}
