package simulate

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/calibrate"
	"github.com/org/proxy-bench-action/internal/config"
)

// What a simulated trial looks like. Overhead is half of the latency, as with
// an instant mock, so that a threshold of 10 % of overhead is 5 % of latency.
const (
	baseLatency   = 200e-6
	overheadShare = 0.5
	baseCPU       = 120e-6

	cycles   = 5  // two slices of each arm
	requests = 20 // in a slice

	sliceTime = 10e-3 // seconds
	gapTime   = 1e-3  // between slices
	turnTime  = 80e-3 // settling, per scenario and round
	startTime = 0.5   // fresh processes, per round

	outlierShare, outlierFactor = 0.01, 5.0
)

// sensitivity to noise grows with the requests in flight.
func sensitivity(s bench.Scenario) float64 {
	switch s.Concurrency {
	case 1:
		return 0.9
	case 10:
		return 1.0
	default:
		return 1.25
	}
}

// job measures rounds on one machine.
type job struct {
	*machine
	suite    []bench.Scenario
	residual map[string]float64                 // of the machine on the proxied path, per scenario
	factor   map[string]float64                 // of head
	pooled   map[bench.Arm]map[string][]float64 // all requests, for rules that pool them
	round    int
}

// newJob starts a job on a machine of its own.
func newJob(l Level, c Change, rng *rand.Rand) *job {
	j := &job{
		machine: newMachine(l, rng), suite: defaultSuite(),
		residual: make(map[string]float64), factor: make(map[string]float64),
		pooled: map[bench.Arm]map[string][]float64{bench.Base: {}, bench.Head: {}},
	}
	common := l.Residual * rng.NormFloat64()
	for _, s := range j.suite {
		j.residual[s.ID()] = common + l.Residual*rng.NormFloat64()
		j.factor[s.ID()] = c.factor(s) * math.Exp(c.jitter*rng.NormFloat64())
	}
	return j
}

// Rounds are n rounds of unchanged code at a level, with the suite they are of.
func Rounds(l Level, seed uint64, n int) ([]bench.Scenario, []bench.Round) {
	j := newJob(l, Change{}, source(seed, l, Change{}, 0))
	return j.suite, j.stage(bench.Screen, n, j.suite)
}

func defaultSuite() []bench.Scenario {
	c, err := config.Load(config.ForMock, config.Sources{})
	if err != nil {
		panic(err) // without a source there are the defaults
	}
	return c.Scenarios()
}

// stage measures n rounds of some scenarios with fresh processes each.
func (j *job) stage(stage bench.Stage, n int, scenarios []bench.Scenario) []bench.Round {
	var all []bench.Round
	for range n {
		j.round++
		j.pass(startTime)
		process := map[bench.Arm]float64{
			bench.Base: j.Process * j.rng.NormFloat64(),
			bench.Head: j.Process * j.rng.NormFloat64(),
		}
		order := slices.Clone(scenarios)
		j.rng.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
		for _, s := range order {
			for _, r := range j.turn(s, process) {
				r.Round, r.Stage = j.round, stage
				all = append(all, r)
			}
		}
	}
	return all
}

// turn measures one scenario of a round in mirrored cycles.
func (j *job) turn(s bench.Scenario, process map[bench.Arm]float64) []bench.Round {
	j.pass(turnTime)
	arms := []bench.Arm{bench.Direct, bench.Base, bench.Head}
	all := make([]*series, len(arms))
	for i, arm := range arms {
		one := &series{mode: s.Mode, arm: arm, level: math.Log(baseLatency), slices: make(map[bench.Metric][]float64, 3)}
		if arm == bench.Direct {
			one.level += math.Log(1 - overheadShare)
		} else {
			one.own = process[arm] + j.ProcessScenario*j.rng.NormFloat64() + j.residual[s.ID()]
		}
		if arm == bench.Head {
			one.level += math.Log(j.factor[s.ID()])
		}
		all[i] = one
	}
	for range cycles {
		order := j.rng.Perm(len(arms))
		back := slices.Clone(order)
		slices.Reverse(back)
		for _, i := range append(order, back...) {
			j.pass(sliceTime + gapTime)
			all[i].slice(j.machine, sensitivity(s))
		}
	}
	rounds := make([]bench.Round, len(arms))
	for i, arm := range arms {
		rounds[i] = all[i].reduce()
		rounds[i].Scenario, rounds[i].Arm = s.ID(), arm
		if arm != bench.Direct {
			j.pooled[arm][s.ID()] = append(j.pooled[arm][s.ID()], all[i].last...)
		}
	}
	return rounds
}

// source is the randomness of one trial.
func source(seed uint64, l Level, c Change, trial int) *rand.Rand {
	return calibrate.Source(seed, l.Name+"/"+c.Name, trial)
}
