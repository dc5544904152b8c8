// Package recordtest has a run for the tests of the packages that save one.
package recordtest

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// SSE10 is a scenario to measure.
var SSE10 = bench.Scenario{Mode: bench.SSE, Concurrency: 10, BodyBytes: 10 << 10}

// Run has every combination of the scenarios and arms in each round, with
// values around 1 ms and a gateway that adds a tenth.
func Run(rounds int, scenarios ...bench.Scenario) bench.Run {
	rng := rand.New(rand.NewPCG(1, uint64(rounds)))
	arms := []bench.Arm{bench.Direct, bench.Base, bench.Head}
	run := bench.Run{
		Schema:      bench.RunSchema,
		Tool:        bench.Tool{Name: "proxy-bench", Version: "v1.0.0", Go: "go1.26"},
		Commit:      bench.Commit{SHA: "0123456789abcdef", Ref: "main"},
		Started:     time.Date(2026, 3, 1, 12, 0, 0, 123456789, time.UTC),
		Environment: bench.Environment{CPUModel: "A CPU <of> \"some\" kind", CPUs: 2, MemoryBytes: 8 << 30, Variables: map[string]string{"a": "1", "A": "2"}},
		Plan: bench.Plan{
			API: "responses", Arms: arms, Rounds: rounds, SlicesPer: 10, SliceMin: 0.01, Budget: 240, Restart: 1, WarmUp: 20,
			Answer: map[string]any{"latency": map[string]any{"kind": "none", "KIND": []any{map[string]any{}}}, "chunks": 20.0}, Fingerprint: "f00d",
		},
		Seed:     1<<64 - 1,
		Rounds:   []bench.Round{},
		Validity: bench.Validity{Complete: true, Foreign: -0.001, Ceiling: map[string]float64{}},
	}
	for _, s := range scenarios {
		run.Scenarios = append(run.Scenarios, bench.Cell{ID: s.ID(), Scenario: s})
		run.Validity.Ceiling[s.ID()] = 1e4
		for r := range rounds {
			for i, arm := range arms {
				run.Rounds = append(run.Rounds, round(rng, s, r+1, i, arm))
			}
		}
	}
	return run
}

func round(rng *rand.Rand, s bench.Scenario, number, process int, arm bench.Arm) bench.Round {
	value := func() float64 {
		v := 1e-3 * (1 + 0.2*rng.Float64())
		if arm != bench.Direct {
			v *= 1.1
		}
		return v
	}
	r := bench.Round{
		Round: number, Stage: bench.Screen, Scenario: s.ID(), Arm: arm, Process: min(process, 1) * number, Requests: 1000,
		Metrics: map[bench.Metric]float64{bench.Throughput: 1 / value(), bench.BurstMax: 3},
		Omitted: map[bench.Metric]string{bench.LatencyP99: "needs 368 requests, has 120"},
		Slices:  map[bench.Metric][]float64{},

		Distribution: map[bench.Metric][]float64{},
	}
	if number == 1 {
		r.Errors = map[bench.ErrorClass]int{bench.ErrTimeout: 1}
	}
	for _, m := range everyPercentile {
		r.Metrics[m] = value()
	}
	for _, m := range typical {
		for range 10 {
			r.Slices[m] = append(r.Slices[m], value())
		}
		quantiles := make([]float64, summary.Levels)
		for i := range quantiles {
			quantiles[i] = value()
		}
		slices.Sort(quantiles)
		r.Distribution[m] = quantiles
	}
	return r
}

var (
	typical         = []bench.Metric{bench.LatencyTypical, bench.FirstEventTypical, bench.TotalTypical}
	everyPercentile = []bench.Metric{
		bench.LatencyTypical, bench.LatencyP50, bench.LatencyP95,
		bench.FirstEventTypical, bench.FirstEventP50, bench.FirstEventP95,
		bench.TotalTypical, bench.TotalP50, bench.TotalP95,
	}
)
