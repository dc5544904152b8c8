package calibrate

import (
	"context"
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// change is how head differs from base; the zero value is not at all.
type change struct {
	share float64 // of the latency
	where bench.Where
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
	outcomes, err := Each(ctx, n, func(i int) bench.Outcome { return s.gate(c, slower, i) })
	if err != nil {
		return bench.Rate{}, err
	}
	return Count(outcomes), nil
}

// gate makes one whole gate. It measures all that the screening asks for, as a
// gate in a hurry might not.
func (s sampler) gate(c change, slower pool, trial int) bench.Outcome {
	rng := Source(s.Seed, fmt.Sprintf("%v %s", c.share, c.where), trial)
	covered := c.covers(s.scenarios, trial)
	e := verdict.Evidence{Scenarios: s.scenarios, Seed: rng.Uint64()}
	drawn := 0
	return verdict.InStages(s.Policy, e, s.GateRounds, func(stage bench.Stage, ids []string, n int) []bench.Round {
		at := slot{stage: stage, first: drawn + 1, count: n, only: ids}
		drawn += n
		return s.draw(rng, at, slower, covered)
	}).Outcome
}
