package calibrate

import (
	"math"
	"math/rand/v2"

	"github.com/org/proxy-bench-action/internal/bench"
)

var policy = bench.DefaultPolicy()

// levels are the SDs that rounds are made with, on the log scale.
type levels struct {
	process float64 // of a fresh process, per arm and scenario
	slice   float64
	round   float64 // of everything in a round, common to all
	slope   float64 // of everything, per round
	sharing int     // rounds that share a process pair; 0: 1
}

const slicesPer = 10

func small() []bench.Scenario {
	return []bench.Scenario{
		{Mode: bench.JSON, Concurrency: 1, BodyBytes: 100},
		{Mode: bench.SSE, Concurrency: 10, BodyBytes: 1 << 10},
	}
}

func full() []bench.Scenario {
	var all []bench.Scenario
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		for _, c := range []int{1, 10, 50} {
			for _, body := range []int{100, 1 << 10, 10 << 10, 100 << 10} {
				all = append(all, bench.Scenario{Mode: mode, Concurrency: c, BodyBytes: body})
			}
		}
	}
	return all
}

// measured makes a run of one build as base and head: 200 µs of latency, half of
// it overhead.
func measured(seed uint64, suite []bench.Scenario, n int, l levels) bench.Run {
	rng := rand.New(rand.NewPCG(seed, 1))
	run := bench.Run{Schema: bench.RunSchema, Plan: bench.Plan{Arms: []bench.Arm{bench.Direct, bench.Base, bench.Head}}}
	for _, s := range suite {
		run.Scenarios = append(run.Scenarios, bench.Cell{ID: s.ID(), Scenario: s})
	}
	luck := make(map[string]float64) // of the running processes
	for r := 1; r <= n; r++ {
		fresh := (r-1)%max(1, l.sharing) == 0
		level := l.slope*float64(r) + l.round*rng.NormFloat64()
		for _, s := range suite {
			for _, arm := range []bench.Arm{bench.Direct, bench.Base, bench.Head} {
				of := s.ID() + string(arm)
				if fresh || arm == bench.Direct {
					luck[of] = l.process * rng.NormFloat64()
				}
				made := round(rng, r, s, arm, level+luck[of], l)
				if arm != bench.Direct {
					made.Process = (r-1)/max(1, l.sharing) + 1
				}
				run.Rounds = append(run.Rounds, made)
			}
		}
	}
	return run
}

func round(rng *rand.Rand, number int, s bench.Scenario, arm bench.Arm, level float64, l levels) bench.Round {
	r := bench.Round{
		Round: number, Stage: bench.Screen, Scenario: s.ID(), Arm: arm, Requests: 200,
		Metrics: map[bench.Metric]float64{}, Slices: map[bench.Metric][]float64{},
	}
	typical := map[bench.Metric]bench.Metric{bench.LatencyTypical: bench.LatencyP95}
	if s.Mode == bench.SSE {
		typical = map[bench.Metric]bench.Metric{bench.TotalTypical: bench.TotalP95, bench.FirstEventTypical: bench.FirstEventP95}
	}
	at := math.Log(200e-6) + level
	if arm == bench.Direct {
		at -= math.Ln2
	}
	for _, m := range []bench.Metric{bench.LatencyTypical, bench.FirstEventTypical, bench.TotalTypical, bench.CPUPerRequest} {
		tail, isClock := typical[m]
		if !isClock && (m != bench.CPUPerRequest || arm == bench.Direct) {
			continue
		}
		// The round's value is the geometric mean, so that its SD is known.
		logs, sum := make([]float64, slicesPer), 0.0
		for i := range logs {
			v := at + l.slice*rng.NormFloat64()
			sum += v
			logs[i] = math.Exp(v)
		}
		r.Slices[m], r.Metrics[m] = logs, math.Exp(sum/slicesPer)
		if isClock {
			r.Metrics[tail] = 2 * math.Exp(at+3*l.slice*rng.NormFloat64())
		}
	}
	// What else is gated has one value for each round.
	for _, m := range bench.Metrics(func(d bench.Description) bool { return d.Gate == bench.Gated && d.In(s.Mode) }) {
		if _, has := r.Metrics[m]; !has && (m.IsClock() || arm != bench.Direct) {
			r.Metrics[m] = math.Exp(at)
		}
	}
	return r
}
