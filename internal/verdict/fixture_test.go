package verdict

import (
	"math"
	"math/rand/v2"

	"github.com/org/proxy-bench-action/internal/bench"
)

var policy = bench.DefaultPolicy()

// suite is small, so that a test is quick: two modes, two sizes.
func suite() []bench.Scenario {
	var all []bench.Scenario
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		for _, body := range []int{100, 10 << 10} {
			all = append(all, bench.Scenario{Mode: mode, Concurrency: 10, BodyBytes: body})
		}
	}
	return all
}

// change is the factor of head in a scenario.
type change func(s bench.Scenario) float64

func unchanged(bench.Scenario) float64 { return 1 }

func everywhere(factor float64) change { return func(bench.Scenario) float64 { return factor } }

func inOne(factor float64) change {
	return func(s bench.Scenario) float64 {
		if s.ID() == "json/c10/100B" {
			return factor
		}
		return 1
	}
}

// measure makes rounds of 200 µs base and 100 µs direct latency: first to last
// of a stage, sd the noise of a slice, the rounds' own a third of it.
func measure(seed uint64, stage bench.Stage, first, last int, sd float64, head change) []bench.Round {
	rng := rand.New(rand.NewPCG(seed, uint64(first)))
	var all []bench.Round
	for r := first; r <= last; r++ {
		for _, s := range suite() {
			drift := 0.2 * rng.NormFloat64()
			for _, arm := range []bench.Arm{bench.Direct, bench.Base, bench.Head} {
				level, own := 200e-6, sd/3*rng.NormFloat64()
				switch arm {
				case bench.Direct:
					level /= 2
				case bench.Head:
					level *= head(s)
				}
				slices := make([]float64, 10)
				sum := 0.0
				for i := range slices {
					slices[i] = level * math.Exp(drift+own+sd*rng.NormFloat64())
					sum += slices[i] / float64(len(slices))
				}
				round := bench.Round{
					Round: r, Stage: stage, Scenario: s.ID(), Arm: arm, Requests: 200,
					Metrics: map[bench.Metric]float64{s.Mode.Primary(): sum, bench.Throughput: 1 / sum},
					Slices:  map[bench.Metric][]float64{s.Mode.Primary(): slices},
				}
				if s.Mode == bench.SSE {
					round.Metrics[bench.FirstEventTypical] = 0.7 * sum
				}
				if arm != bench.Direct {
					round.Metrics[bench.CPUPerRequest] = 100e-6 * math.Exp(own)
				}
				all = append(all, round)
			}
		}
	}
	return all
}

// both measures both stages of everything.
func both(seed uint64, sd float64, head change) Evidence {
	return Evidence{
		Scenarios: suite(), Seed: seed,
		Rounds: append(measure(seed, bench.Screen, 1, 15, sd, head), measure(seed, bench.Confirm, 16, 55, sd, head)...),
	}
}

func screened(seed uint64, sd float64, head change) Evidence {
	return Evidence{Scenarios: suite(), Seed: seed, Rounds: measure(seed, bench.Screen, 1, 15, sd, head)}
}

func outcomeOf(v bench.Verdict, scenario string) bench.Outcome {
	for _, s := range v.Scenarios {
		if s.Scenario == scenario {
			return s.Outcome
		}
	}
	return ""
}

// altered applies f to a copy of every round.
func altered(e Evidence, f func(r *bench.Round)) Evidence {
	rounds := make([]bench.Round, len(e.Rounds))
	for i, r := range e.Rounds {
		metrics := make(map[bench.Metric]float64, len(r.Metrics))
		for m, v := range r.Metrics {
			metrics[m] = v
		}
		slices := make(map[bench.Metric][]float64, len(r.Slices))
		for m, v := range r.Slices {
			slices[m] = append([]float64(nil), v...)
		}
		r.Metrics, r.Slices = metrics, slices
		f(&r)
		rounds[i] = r
	}
	e.Rounds = rounds
	return e
}

func swapped(e Evidence) Evidence {
	return altered(e, func(r *bench.Round) {
		switch r.Arm {
		case bench.Base:
			r.Arm = bench.Head
		case bench.Head:
			r.Arm = bench.Base
		}
	})
}

// foundIn is what the screening finds.
func foundIn(p bench.Policy, e Evidence) Found { return analyse(p, e).screening().found }
