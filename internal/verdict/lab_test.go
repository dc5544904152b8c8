package verdict

import (
	"math"
	"math/rand/v2"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// lab measures what a change does, in all gated metrics but a p95. The zero change is
// none.
type lab struct {
	suite  []bench.Scenario
	direct float64 // seconds; 0: 100 µs
	sd     float64 // of a slice; 0: 0.05
	luck   float64 // SD of what all rounds of a process have

	latency, cpu, memory func(s bench.Scenario) float64 // factor of head; nil: 1
	// stall is what head adds to the mean of a slice and to no typical value, seconds.
	stall float64
}

// wide has two modes, two sizes and three concurrencies: groups of six and more.
func wide() []bench.Scenario {
	var all []bench.Scenario
	for _, s := range suite() {
		for _, c := range []int{1, 10, 50} {
			s.Concurrency = c
			all = append(all, s)
		}
	}
	return all
}

func factor(f func(bench.Scenario) float64, arm bench.Arm, s bench.Scenario) float64 {
	if f == nil || arm != bench.Head {
		return 1
	}
	return f(s)
}

// pairs measures process pairs of some scenarios, nil for all, with the numbers first
// to last.
func (l lab) pairs(seed uint64, stage bench.Stage, first, last int, scenarios []string) []bench.Round {
	if l.direct == 0 {
		l.direct = 100e-6
	}
	if l.sd == 0 {
		l.sd = 0.05
	}
	rng := rand.New(rand.NewPCG(seed, uint64(first)))
	var all []bench.Round
	for n := first; n <= last; n++ {
		luck := map[bench.Arm]float64{bench.Base: l.luck * rng.NormFloat64(), bench.Head: l.luck * rng.NormFloat64()}
		for _, s := range l.suite {
			if scenarios == nil || slices.Contains(scenarios, s.ID()) {
				all = append(all, l.round(rng, n, stage, s, luck)...)
			}
		}
	}
	return all
}

func (l lab) round(rng *rand.Rand, n int, stage bench.Stage, s bench.Scenario, luck map[bench.Arm]float64) []bench.Round {
	drift := 0.2 * rng.NormFloat64()
	var all []bench.Round
	for _, arm := range []bench.Arm{bench.Direct, bench.Base, bench.Head} {
		r := bench.Round{
			Round: n, Process: n, Stage: stage, Scenario: s.ID(), Arm: arm, Requests: 200,
			Metrics: map[bench.Metric]float64{}, Slices: map[bench.Metric][]float64{},
		}
		own := luck[arm] + l.sd/3*rng.NormFloat64()
		put := func(m bench.Metric, level, add float64) {
			for range 10 {
				v := level*math.Exp(drift+own+l.sd*rng.NormFloat64()) + add
				r.Slices[m] = append(r.Slices[m], v)
				r.Metrics[m] += v / 10
			}
		}
		level, add := l.direct, 0.0
		if arm != bench.Direct {
			level += 100e-6 * factor(l.latency, arm, s)
		} else {
			r.Process = 0
		}
		if arm == bench.Head {
			add = l.stall
		}
		put(s.Mode.Primary(), level, 0)
		put(s.Mode.Metric(bench.AtLastByte, bench.Mean), 1.1*level, add)
		if s.Mode == bench.SSE {
			put(bench.FirstEventTypical, 0.7*level, 0)
			put(bench.FirstDeltaTypical, 0.75*level, 0)
		}
		r.Metrics[bench.Throughput] = 1 / r.Metrics[s.Mode.Metric(bench.AtLastByte, bench.Mean)]
		if arm != bench.Direct {
			drift /= 2
			put(bench.CPUPerRequest, 120e-6*factor(l.cpu, arm, s), 0)
			r.Metrics[bench.RSSPeak] = 40e6 * factor(l.memory, arm, s) * math.Exp(0.02*rng.NormFloat64())
			drift *= 2
		}
		all = append(all, r)
	}
	return all
}

// upTo is room for a number of process pairs in all, whatever their scenarios.
func upTo(pairs int, steps *[]Step) Room {
	return func([]string) int {
		left := pairs
		for _, s := range *steps {
			left -= s.Pairs
		}
		return left
	}
}

// within makes a gate that has room for so many process pairs.
func (l lab) within(seed uint64, e Evidence, pairs int) (v bench.Verdict, steps []Step) {
	e.Scenarios, e.Seed = l.suite, seed
	room, done := upTo(pairs, &steps), 0
	v = InSteps(policy, e, room, func(s Step) []bench.Round {
		steps = append(steps, s)
		done += s.Pairs
		return l.pairs(seed, s.Look.Stage, done-s.Pairs+1, done, s.Scenarios)
	})
	return v, steps
}

func constant(factor float64) func(bench.Scenario) float64 { return everywhere(factor) }
