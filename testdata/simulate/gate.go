package simulate

import (
	"context"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/calibrate"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// leastOfTwoStages is the fewest process pairs that are shared by a screening and
// fresh ones; where fewer fit, all of them decide.
const leastOfTwoStages = 18

// Gate is one simulated gate.
type Gate struct {
	Verdict bench.Verdict
	Seconds float64 // simulated, of timing
}

// OneGate makes the gate of a trial. The same arguments give the same gate.
func OneGate(l Level, c Change, seed uint64, trial int) Gate {
	return newJob(l, c, source(seed, l, c, trial)).gate(trial)
}

// gate makes the gate of a trial on one machine.
func (j *job) gate(trial int) Gate {
	e := verdict.Evidence{Scenarios: j.suite, Seed: uint64(trial)}
	if j.change.Counted {
		e.Grown = map[string]float64{}
		for _, s := range j.suite {
			e.Grown[s.ID()] = j.change.factor(s, j.change.gateway.share) - 1
		}
	}
	room := func(ids []string) int { return j.left(j.named(ids)) }
	if pairs := room(nil); pairs < leastOfTwoStages {
		e.OneStage, e.Pairs = true, pairs
	}
	v := verdict.InSteps(bench.DefaultPolicy(), e, room, func(step verdict.Step) []bench.Round {
		return j.stage(step.Look.Stage, step.Pairs, j.named(step.Scenarios))
	})
	return Gate{v, j.now}
}

// Gates makes gates on all cores.
func Gates(l Level, c Change, seed uint64, trials int) []Gate {
	return each(trials, func(i int) Gate { return OneGate(l, c, seed, i) })
}

// each is [calibrate.Each] of what nobody stops.
func each[T any](n int, of func(i int) T) []T {
	all, _ := calibrate.Each(context.Background(), n, of)
	return all
}
