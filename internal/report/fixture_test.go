package report_test

import (
	"maps"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// suite lists every combination, as the default configuration does.
func suite(modes []bench.Mode, concurrencies, bodies []int) []bench.Scenario {
	var all []bench.Scenario
	for _, mode := range modes {
		for _, c := range concurrencies {
			for _, body := range bodies {
				all = append(all, bench.Scenario{Mode: mode, Concurrency: c, BodyBytes: body})
			}
		}
	}
	return all
}

func defaultSuite() []bench.Scenario {
	return suite([]bench.Mode{bench.JSON, bench.SSE}, []int{1, 10, 50}, []int{100, 1 << 10, 10 << 10, 100 << 10})
}

// path is what one request costs on its way: seconds at one at a time, more for
// each byte, and the requests per second that the machine can do of it.
type path struct{ base, perByte, most float64 }

var paths = map[bench.Arm]path{
	bench.Direct: {9.5e-6, 0.15e-9, 230e3},
	bench.Base:   {48e-6, 0.35e-9, 34e3},
	bench.Head:   {50e-6, 0.36e-9, 33e3},
}

// fixture makes a run as a 2-CPU machine gives it: latency at one request,
// throughput up to what the machine can do, Little's law between them, and a
// few percent of noise between rounds.
func fixture(scenarios []bench.Scenario, arms []bench.Arm, rounds int) bench.Run {
	run := bench.Run{
		Schema:  bench.RunSchema,
		Tool:    bench.Tool{Name: "proxy-bench", Version: "v0.1.0", Go: "go1.26.0"},
		Commit:  bench.Commit{SHA: "4f1d2c9be07a5d3386a1c0ffee0123456789abcd", Ref: "refs/heads/main"},
		Started: time.Date(2026, 3, 14, 9, 26, 53, 0, time.UTC),
		Elapsed: 83.4,
		Environment: bench.Environment{
			CPUModel: "AMD EPYC 7763 64-Core Processor", CPUs: 2, MemoryBytes: 8 << 30, Kernel: "6.8.0-1021-azure",
			OS: "linux", Arch: "amd64", GOMAXPROCS: 2, Affinity: "0-1", Load1: 0.42,
			BinarySHA256: map[bench.Arm]string{bench.Head: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"},
		},
		Plan: bench.Plan{
			API: "responses", Arms: arms, Rounds: rounds, SlicesPer: 10, SliceMin: 0.01, Budget: 240, Restart: 1, WarmUp: 20,
			Answer: map[string]any{"chunks": 20, "latency": "0s"}, Fingerprint: "b94d27b9934d3e08",
		},
		Seed:     42,
		Validity: bench.Validity{Complete: true, Steal: 0.002, Foreign: 0.013, Ceiling: map[string]float64{}},
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for _, s := range scenarios {
		run.Scenarios = append(run.Scenarios, bench.Cell{ID: s.ID(), Scenario: s})
		run.Validity.Ceiling[s.ID()] = paths[bench.Direct].throughput(s)
	}
	for n := range rounds {
		for _, s := range scenarios {
			for _, arm := range arms {
				run.Rounds = append(run.Rounds, round(rng, n+1, s, arm))
			}
		}
	}
	return run
}

func (p path) latency(s bench.Scenario) float64 {
	return float64(s.Concurrency) / p.throughput(s)
}

func (p path) throughput(s bench.Scenario) float64 {
	alone := p.base + p.perByte*float64(s.BodyBytes)
	if s.Mode == bench.SSE {
		alone *= 1.6
	}
	return min(float64(s.Concurrency)/alone, p.most*p.base/alone)
}

func round(rng *rand.Rand, n int, s bench.Scenario, arm bench.Arm) bench.Round {
	noise := func(v float64) float64 { return v * (1 + 0.03*rng.NormFloat64()) }
	typical := noise(paths[arm].latency(s))
	r := bench.Round{
		Round: n, Stage: bench.Screen, Scenario: s.ID(), Arm: arm, Requests: 4000,
		Metrics: map[bench.Metric]float64{
			bench.HeadersP50: 0.5 * typical, bench.HeadersP95: 0.7 * typical, bench.HeadersP99: 0.9 * typical,
			bench.FirstByteP50: 0.55 * typical, bench.FirstByteP95: 0.77 * typical, bench.FirstByteP99: typical,
			bench.Throughput:          float64(s.Concurrency) / typical / 1.06,
			bench.UpstreamConnections: 0, bench.Reconnects: 0, bench.ClientCPUShare: 0.31,
		},
		Slices: map[bench.Metric][]float64{s.Mode.Primary(): {typical * 0.98, typical * 1.02}},
	}
	names := []bench.Metric{bench.LatencyTypical, bench.LatencyP50, bench.LatencyP90, bench.LatencyP95, bench.LatencyP99, bench.LatencyMean}
	if s.Mode == bench.SSE {
		names = []bench.Metric{bench.TotalTypical, bench.TotalP50, bench.TotalP90, bench.TotalP95, bench.TotalP99, bench.TotalMean}
		maps.Copy(r.Metrics, map[bench.Metric]float64{
			bench.FirstEventTypical: 0.6 * typical, bench.FirstEventP50: 0.6 * typical, bench.FirstEventP95: 0.9 * typical, bench.FirstEventP99: 1.3 * typical,
			bench.FirstDeltaTypical: 0.62 * typical, bench.FirstDeltaP50: 0.62 * typical, bench.FirstDeltaP95: 0.93 * typical, bench.FirstDeltaP99: 1.4 * typical,
			bench.GapP50: 0.01 * typical, bench.GapP99: 0.05 * typical, bench.TransitP50: 0.3 * typical, bench.TransitP99: 0.6 * typical,
			bench.BurstMax: 6, bench.BurstBytes: 1380,
		})
		r.Slices[bench.FirstEventTypical] = []float64{0.59 * typical, 0.61 * typical}
	}
	for i, factor := range []float64{1, 1.02, 1.3, 1.6, 2.4, 1.06} {
		r.Metrics[names[i]] = factor * typical
	}
	if arm == bench.Direct {
		r.Omitted = map[bench.Metric]string{}
		for _, m := range []bench.Metric{bench.CPUPerRequest, bench.RSSIdle, bench.RSSPeak, bench.RSSAfter} {
			r.Omitted[m] = "no gateway in this arm"
		}
		return r
	}
	r.Process = n
	maps.Copy(r.Metrics, map[bench.Metric]float64{
		bench.CPUPerRequest: noise(0.8 * paths[arm].base), bench.RSSIdle: 11 << 20, bench.RSSPeak: 19<<20 + float64(s.BodyBytes), bench.RSSAfter: 18 << 20,
	})
	r.Slices[bench.CPUPerRequest] = []float64{0.8 * paths[arm].base}
	return r
}

// each changes the rounds for which is holds.
func each(run *bench.Run, is func(bench.Round) bool, change func(*bench.Round)) {
	for i := range run.Rounds {
		if is(run.Rounds[i]) {
			change(&run.Rounds[i])
		}
	}
}

var both = []bench.Arm{bench.Direct, bench.Head}

func small() []bench.Scenario {
	return suite([]bench.Mode{bench.JSON, bench.SSE}, []int{1, 10}, []int{100, 10 << 10})
}

// variants are the runs that every renderer is tested with, by name.
func variants() map[string]bench.Run {
	all := map[string]bench.Run{
		"clean":        fixture(defaultSuite(), both, 10),
		"base":         fixture(defaultSuite(), []bench.Arm{bench.Direct, bench.Base, bench.Head}, 10),
		"one_scenario": fixture(small()[:1], both, 6),
		"no_direct":    fixture(small(), []bench.Arm{bench.Head}, 6),
		"only_direct":  fixture(small(), []bench.Arm{bench.Direct}, 6),
	}

	failing := fixture(small(), both, 6)
	each(&failing, func(r bench.Round) bool { return r.Arm == bench.Head && r.Scenario == "sse/c10/10KB" }, func(r *bench.Round) {
		r.Errors = map[bench.ErrorClass]int{bench.ErrTruncated: 41, bench.ErrTimeout: 1, bench.ErrStatus: 1}
	})
	all["errors"] = failing

	interrupted := fixture(small(), both, 10)
	interrupted.Rounds = interrupted.Rounds[:2*len(small())*len(both)]
	each(&interrupted, func(r bench.Round) bool { return r.Round == 2 }, func(r *bench.Round) {
		r.Void = "stolen CPU time 14.0 %, limit 10 %"
	})
	each(&interrupted, func(r bench.Round) bool { return r.Round == 1 }, func(r *bench.Round) {
		r.Disturbed = "CPU time of other processes 30.0 %, limit 25 %"
	})
	interrupted.Commit.Dirty = true
	interrupted.Validity.Complete = false
	interrupted.Validity.Incomplete = "round 3, dropped: interrupted"
	interrupted.Validity.VoidRounds = 1
	interrupted.Validity.Warnings = []string{
		"void rounds: 1 of 2, the last for: stolen CPU time 14.0 %, limit 10 %",
		"few rounds: 1; fewer than 6 do not show how much rounds differ",
	}
	all["interrupted"] = interrupted

	nothing := fixture(small(), both, 10)
	nothing.Rounds = nil
	nothing.Validity.Ceiling = nil
	nothing.Validity.Complete = false
	nothing.Validity.Incomplete = "round 1, dropped: head json/c1/100B: 20 of 20 requests failed in the warm-up"
	all["no_round"] = nothing

	negative := fixture(append(small(), suite([]bench.Mode{bench.JSON}, []int{50}, []int{100})...), both, 6)
	each(&negative, func(r bench.Round) bool { return r.Arm == bench.Head }, func(r *bench.Round) {
		for _, m := range []bench.Metric{bench.LatencyTypical, bench.TotalTypical, bench.FirstEventTypical} {
			if v, ok := r.Metrics[m]; ok {
				r.Metrics[m] = v / 6
			}
		}
		r.Metrics[bench.Throughput] = 0.99 * negative.Validity.Ceiling[r.Scenario]
	})
	all["negative"] = negative

	short := fixture(small(), both, 6)
	each(&short, func(r bench.Round) bool { return r.Arm == bench.Head && (r.Round > 2 || r.Scenario == "json/c1/100B") }, func(r *bench.Round) {
		r.Requests = 240
		r.Omitted = map[bench.Metric]string{}
		for _, m := range []bench.Metric{bench.LatencyP99, bench.TotalP99, bench.FirstEventP99} {
			if _, ok := r.Metrics[m]; ok {
				delete(r.Metrics, m)
				r.Omitted[m] = "needs 368 requests, has 240"
			}
		}
	})
	all["short"] = short

	slow := fixture(small(), both, 6)
	each(&slow, func(bench.Round) bool { return true }, func(r *bench.Round) {
		for m, v := range r.Metrics {
			if d, _ := m.Describe(); d.Unit == bench.Seconds && m != bench.CPUPerRequest {
				r.Metrics[m] = v + 60e-3
			}
		}
		r.Metrics[bench.Throughput] = 1 / 60e-3
		if strings.Contains(r.Scenario, "/c10/") {
			r.Metrics[bench.Throughput] = 10 / 60e-3
		}
	})
	all["slow_mock"] = slow

	all["open_loop"] = opened(fixture(small(), both, 6))
	all["open_loop_of_two"] = opened(fixture(small()[:1], []bench.Arm{bench.Direct, bench.Base, bench.Head}, 6))
	all["behaviour"] = behaved(fixture(small()[:1], both, 6))
	all["work"] = worked(fixture(small()[:1], []bench.Arm{bench.Direct, bench.Head}, 6), 0, false)
	all["behaviour_of_two"] = behaved(fixture(small()[:1], gates, 6))
	return all
}

// hostile puts s wherever a run holds text.
func hostile(s string) bench.Run {
	run := fixture(small(), both, 2)
	run.Validity.Complete = false
	run.Tool = bench.Tool{Name: s, Version: s, Go: s}
	run.Commit = bench.Commit{SHA: s, Ref: s, Dirty: true}
	run.Environment.CPUModel, run.Environment.Kernel = s, s
	run.Environment.OS, run.Environment.Arch, run.Environment.Affinity = s, s, s
	run.Plan.API, run.Plan.LeftOut = s, []string{s, s}
	run.Validity.Incomplete = s
	run.Unserved = []bench.Unserved{{Method: s, Path: s, Status: 404, Reason: s, Count: 3}}
	run.Validity.Warnings = []string{s}
	for i := range run.Scenarios {
		if run.Scenarios[i].Mode == bench.SSE {
			run.Scenarios[i].Mode = bench.Mode(s)
			run.Scenarios[i].ID = run.Scenarios[i].Scenario.ID()
		}
	}
	run = opened(run)
	run.Facts, run.Timelines = hostileFacts(s), hostileTimelines(s)
	run.Work, run.Counting = hostileWork(s), &bench.Counting{Valgrind: s, Tracer: s, Settings: map[string]string{s: s}, Uncounted: s}
	for i := range run.Windows {
		w := &run.Windows[i]
		w.Mode, w.Arrivals, w.Limited, w.Latency.Omitted = bench.Mode(s), s, s, s
		w.Errors = map[bench.ErrorClass]int{bench.ErrorClass(s): 1}
		if i%2 == 0 {
			w.Arm = bench.Arm(s)
		}
	}
	for i := range run.Knees {
		k := &run.Knees[i]
		k.Arm, k.Mode, k.Arrivals, k.Ended = bench.Arm(s), bench.Mode(s), s, s
	}
	each(&run, func(r bench.Round) bool { return r.Arm == bench.Head && r.Round == 1 }, func(r *bench.Round) {
		delete(r.Metrics, bench.LatencyP99)
		r.Omitted = map[bench.Metric]string{bench.LatencyP99: s}
		r.Errors = map[bench.ErrorClass]int{bench.ErrorClass(s): 1}
		r.Metrics[bench.Metric(s)] = 1
	})
	return run
}
