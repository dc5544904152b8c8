package simulate

import (
	"cmp"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/calibrate"
)

// What a round of a scenario looks like: cycles of two slices of each gateway, and of
// the direct arm in every other one.
const (
	cycles          = 5
	slicesOfGateway = 2 * cycles
	slicesOfDirect  = 2 * ((cycles + 1) / 2)
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
	change         Change
	suite          []bench.Scenario
	patterns       map[string][]pattern
	residual       map[string]float64 // of the machine on the proxied path, per scenario
	layout         map[string]float64 // of head, log scale
	round, process int
	budget         float64 // of timing, seconds

	keeps  bool                               // all requests, in pooled, for rules that pool them
	pooled map[bench.Arm]map[string][]float64 // by scenario
}

// newJob starts a job on a machine of its own.
func newJob(l Level, c Change, rng *rand.Rand) *job {
	if c.gateway.latency == 0 {
		c.gateway = reference
	}
	if c.gateway.lucky {
		l = l.lucky(l.Name)
	}
	timing := cmp.Or(c.Timing, budget)
	j := &job{
		machine: newMachine(l, rng), change: c, budget: timing, suite: c.gateway.plan(timing), patterns: make(map[string][]pattern),
		residual: make(map[string]float64), layout: make(map[string]float64),
		pooled: map[bench.Arm]map[string][]float64{bench.Base: {}, bench.Head: {}},
	}
	residual, layout := l.Residual*rng.NormFloat64(), c.common*rng.NormFloat64()
	for _, s := range j.suite {
		j.patterns[s.ID()] = patternsOf(l, c.gateway.requests(s))
		j.residual[s.ID()] = residual + l.Residual*rng.NormFloat64()
		j.layout[s.ID()] = layout + c.jitter*rng.NormFloat64()
	}
	return j
}

// Rounds are n rounds of unchanged code at a level, with the suite they are of.
func Rounds(l Level, seed uint64, n int) ([]bench.Scenario, []bench.Round) {
	return RoundsOf(l, Change{}, seed, n)
}

// RoundsOf are the rounds of some process pairs with a change.
func RoundsOf(l Level, c Change, seed uint64, pairs int) ([]bench.Scenario, []bench.Round) {
	j := newJob(l, c, source(seed, l, c, 0))
	return j.suite, j.stage(bench.Screen, pairs, j.suite)
}

// left is for how many process pairs of some scenarios there is time.
func (j *job) left(scenarios []bench.Scenario) int {
	return j.change.gateway.pairs(scenarios, j.budget-j.now)
}

// named are the scenarios of some names; nil: all.
func (j *job) named(ids []string) []bench.Scenario {
	if ids == nil {
		return j.suite
	}
	return slices.DeleteFunc(slices.Clone(j.suite), func(s bench.Scenario) bool { return !slices.Contains(ids, s.ID()) })
}

// luck is what a process is given once, log scale.
type luck struct {
	speed  float64
	memory float64
	own    map[string]float64 // of its speed, per scenario
}

func (j *job) luck(scenarios []bench.Scenario) luck {
	l := luck{j.Process * j.rng.NormFloat64(), memorySD * j.rng.NormFloat64(), make(map[string]float64, len(scenarios))}
	for _, s := range scenarios {
		l.own[s.ID()] = j.ProcessScenario * j.rng.NormFloat64()
	}
	return l
}

// stage measures some scenarios with fresh process pairs.
func (j *job) stage(stage bench.Stage, pairs int, scenarios []bench.Scenario) []bench.Round {
	var all []bench.Round
	order := slices.Clone(scenarios)
	for range pairs {
		j.process++
		j.pass(j.change.gateway.start)
		process := map[bench.Arm]luck{bench.Base: j.luck(scenarios), bench.Head: j.luck(scenarios)}
		for range j.change.gateway.rounds {
			j.round++
			j.rng.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
			for _, s := range order {
				for _, r := range j.turn(s, process) {
					r.Round, r.Stage = j.round, stage
					if r.Arm != bench.Direct {
						r.Process = j.process
					}
					all = append(all, r)
				}
			}
		}
	}
	return all
}

// turn measures one scenario of a round in mirrored cycles.
func (j *job) turn(s bench.Scenario, process map[bench.Arm]luck) []bench.Round {
	j.pass(j.change.gateway.settling(s))
	arms := []*series{j.series(s, bench.Base, process), j.series(s, bench.Head, process), j.series(s, bench.Direct, process)}
	for i := range cycles {
		order := arms
		if i%2 == 1 {
			order = arms[:2]
		}
		order = slices.Clone(order)
		j.rng.Shuffle(len(order), func(a, b int) { order[a], order[b] = order[b], order[a] })
		back := slices.Clone(order)
		slices.Reverse(back)
		for _, one := range append(order, back...) {
			j.pass(j.change.gateway.slice(one.arm, s))
			one.slice(j.machine)
		}
	}
	rounds := make([]bench.Round, len(arms))
	for i, one := range arms {
		rounds[i] = one.reduce(j.machine)
		if j.keeps && one.arm != bench.Direct {
			for _, p := range one.last {
				for n := range p.sorted {
					j.pooled[one.arm][s.ID()] = append(j.pooled[one.arm][s.ID()], p.nth(n))
				}
			}
		}
	}
	tails(arms[0], arms[1], &rounds[0], &rounds[1])
	return rounds
}

// series is an arm of a scenario before its first slice.
func (j *job) series(s bench.Scenario, arm bench.Arm, process map[bench.Arm]luck) *series {
	id, g := s.ID(), j.change.gateway
	one := &series{scenario: s, arm: arm, gateway: g, patterns: j.patterns[id], level: math.Log(g.latency)}
	if arm == bench.Direct {
		one.level += math.Log(1 - g.share)
		return one
	}
	of := process[arm]
	one.own = of.speed + of.own[id] + j.residual[id]
	one.cpu = baseCPU
	one.memory = baseMemory * math.Exp(of.memory+memoryScenarioSD*j.rng.NormFloat64())
	if arm == bench.Head {
		one.level += math.Log(j.change.factor(s, g.share)) + j.layout[id]
		one.cpu *= (1 + j.change.cpu/100) * math.Exp(j.layout[id])
		one.memory *= 1 + j.change.memory/100
		one.stalls, one.failing = j.change.stalls/100, j.change.failing/100
	}
	return one
}

// source is the randomness of one trial.
func source(seed uint64, l Level, c Change, trial int) *rand.Rand {
	return calibrate.Source(seed, l.Name+"/"+c.Name, trial)
}
