package calibrate

import (
	"context"
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
	"github.com/org/proxy-bench-action/internal/summary"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// LeastRounds is how many rounds resampling needs: fewer have too few
// different labellings, and their spread is hardly known.
const LeastRounds = 8

// Options say what is resampled.
type Options struct {
	Policy bench.Policy
	// GateRounds is how many rounds a gate screens with; its fresh rounds are
	// those that the screening asks for.
	GateRounds int
	// Trials is the number of gates of unchanged code; each change is tried in a
	// quarter as many. With no regression in 400 the interval ends at 0.95 %, just
	// below the default alpha; they take one core less than a minute in 24 scenarios.
	Trials int
	Seed   uint64
}

// Estimate calibrates from the screening rounds of a run in which base and
// head were the same build. Its error says what the run lacks; ctx ends it
// early with the context's error. It uses all processors.
func Estimate(ctx context.Context, run bench.Run, o Options) (bench.Calibration, error) {
	if o.Trials < 1 || o.GateRounds < 1 {
		return bench.Calibration{}, fmt.Errorf("%d trials of gates with %d rounds: at least 1 of each", o.Trials, o.GateRounds)
	}
	e := verdict.EvidenceOf(run)
	p, err := newPool(e, o.Policy)
	if err != nil {
		return bench.Calibration{}, err
	}
	s := sampler{pool: p, Options: o}
	c := bench.Calibration{
		Schema: bench.CalibrationSchema, Tool: run.Tool, Commit: run.Commit,
		Started: run.Started, Environment: run.Environment,
		Policy: o.Policy, Seed: o.Seed,
		Rounds: len(p.rounds), GateRounds: o.GateRounds,
		Difference: compare.At(bench.Screen, summary.NewIndex(p.all())).Group("all", "", p.scenarios, bench.Delta),
	}
	if c.FalseAlarms, err = s.rate(ctx, change{}, o.Trials); err != nil {
		return bench.Calibration{}, err
	}
	for _, where := range []bench.Where{bench.Everywhere, bench.OneScenario} {
		for _, share := range []float64{0.05, 0.10, 0.20} {
			rate, err := s.rate(ctx, change{share, where}, max(1, o.Trials/4))
			if err != nil {
				return bench.Calibration{}, err
			}
			c.Power = append(c.Power, bench.Power{Change: share, Where: where, Rate: rate})
		}
	}
	if c.Noise, c.Carried, err = s.carry(ctx); err != nil {
		return bench.Calibration{}, err
	}
	if c.Drift, err = p.drift(); err != nil {
		return bench.Calibration{}, err
	}
	c.Warnings = warnings(c)
	return c, nil
}

// sameLevel is the p below which base and head are not taken for one build.
const sameLevel = 0.001

// warnings are reasons to doubt the estimate.
func warnings(c bench.Calibration) []string {
	var all []string
	if c.Rounds < c.GateRounds {
		all = append(all, fmt.Sprintf("a gate has %d rounds, and these were drawn from only %d: measure longer for a better estimate", c.GateRounds, c.Rounds))
	}
	if d := c.Difference; d.P != nil && d.PBetter != nil && min(*d.P, *d.PBetter) < sameLevel {
		all = append(all, fmt.Sprintf("head differs from base by %+.1f %% over all scenarios: were they the same build? What is between them counts as noise here", 100**d.Shift))
	}
	return all
}

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
	e := verdict.Evidence{Scenarios: s.scenarios, Seed: rng.Uint64(), Pairs: s.GateRounds}
	drawn := 0
	return verdict.InSteps(s.Policy, e, verdict.Unlimited, func(step verdict.Step) []bench.Round {
		at := slot{stage: step.Look.Stage, first: drawn + 1, count: step.Pairs, only: step.Scenarios}
		drawn += step.Pairs
		return s.draw(rng, at, slower, covered)
	}).Outcome
}
