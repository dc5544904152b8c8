package simulate

import (
	"context"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/calibrate"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// Gate is one simulated gate.
type Gate struct {
	Verdict bench.Verdict
	Seconds float64 // simulated
}

// Run makes one whole gate.
func Run(p bench.Policy, l Level, c Change, seed uint64, trial int) Gate {
	j := newJob(l, c, source(seed, l, c, trial), false)
	v := verdict.InStages(p, verdict.Evidence{Scenarios: j.suite, Seed: uint64(trial)}, verdict.ScreenRounds, func(stage bench.Stage, ids []string, n int) []bench.Round {
		return j.stage(stage, n, slices.DeleteFunc(slices.Clone(j.suite), func(s bench.Scenario) bool { return ids != nil && !slices.Contains(ids, s.ID()) }))
	})
	return Gate{Verdict: v, Seconds: j.now}
}

// Many runs gates on all cores and returns their mean time beside their outcomes.
// The result depends on the arguments alone.
func Many(p bench.Policy, l Level, c Change, seed uint64, trials int) (rate bench.Rate, seconds float64) {
	var outcomes []bench.Outcome
	for _, g := range each(trials, func(i int) Gate { return Run(p, l, c, seed, i) }) {
		outcomes = append(outcomes, g.Verdict.Outcome)
		seconds += g.Seconds / float64(trials)
	}
	return calibrate.Count(outcomes), seconds
}

// each is [calibrate.Each] of what nobody stops.
func each[T any](n int, of func(i int) T) []T {
	all, _ := calibrate.Each(context.Background(), n, of)
	return all
}
