package calibrate

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// change is what head does otherwise than base; nothing is the zero value.
type change struct {
	share float64 // of the latency
	where bench.Where
}

var nothing change

// changes are the rows of the power table.
func changes() []change {
	var all []change
	for _, w := range []bench.Where{bench.Everywhere, bench.OneScenario} {
		for _, share := range []float64{0.05, 0.10, 0.20} {
			all = append(all, change{share, w})
		}
	}
	return all
}

// covers tells which scenarios are slower in a trial: with one, each in turn.
func (c change) covers(scenarios []bench.Scenario, trial int) func(id string) bool {
	one := scenarios[trial%len(scenarios)].ID()
	return func(id string) bool {
		return c.where == bench.Everywhere || c.where == bench.OneScenario && id == one
	}
}

// sampler makes gates out of measured rounds.
type sampler struct {
	pool
	Options
}

// rate makes n gates and counts their outcomes.
func (s sampler) rate(ctx context.Context, c change, n int) (bench.Rate, error) {
	slower := s.stretched(c.share)
	outcomes, err := each(ctx, n, func(i int) bench.Outcome { return s.gate(c, slower, i) })
	if err != nil {
		return bench.Rate{}, err
	}
	r := bench.Rate{Gates: n}
	for _, o := range outcomes {
		switch o {
		case bench.Regression:
			r.Regressions++
		case bench.Inconclusive:
			r.Inconclusive++
		}
	}
	r.Share = float64(r.Regressions) / float64(n)
	r.CI = wilson(r.Regressions, n)
	return r, nil
}

// gate makes one whole gate: screening, the fresh rounds that it asks for, and
// the decision. It measures all that it asks for, as a gate in a hurry might
// not, and leaves possible improvements alone.
func (s sampler) gate(c change, slower pool, trial int) bench.Outcome {
	rng := source(s.Seed, fmt.Sprintf("%v %s", c.share, c.where), trial)
	covered := c.covers(s.scenarios, trial)
	e := verdict.Evidence{Scenarios: s.scenarios, Seed: rng.Uint64()}
	e.Rounds = s.draw(rng, slot{stage: bench.Screen, first: 1, count: s.GateRounds}, slower, covered)
	if next := verdict.Screen(s.Policy, e); len(next.Confirm) > 0 {
		again := slot{stage: bench.Confirm, first: s.GateRounds + 1, count: next.Rounds, only: next.Confirm}
		e.Rounds = append(e.Rounds, s.draw(rng, again, slower, covered)...)
	}
	return verdict.Decide(s.Policy, e).Outcome
}

// source is the randomness of one trial.
func source(seed uint64, what string, trial int) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprintf(h, "%s/%d", what, trial) // a hash.Hash never returns an error
	return rand.New(rand.NewPCG(seed, h.Sum64()))
}
