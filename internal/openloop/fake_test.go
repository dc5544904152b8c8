package openloop

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/pace"
)

// station is a world with a clock of its own: every arm serves one request at a
// time, in the order of their starts, for a time drawn from an exponential
// distribution. With Poisson arrivals that is M/M/1, whose time in the system is
// exponential with the rate μ − λ.
type station struct {
	time    time.Time
	rng     *rand.Rand
	mean    map[bench.Arm]time.Duration // of a service
	lag     time.Duration               // of every start
	busy    float64                     // share of the time that the client uses
	opened  []string                    // arms, in order
	starts  [][]time.Duration
	failing map[bench.Arm]float64 // share of the requests
	onOpen  func(n int) error
}

func newStation(seed uint64, mean time.Duration) *station {
	return &station{
		time: time.Unix(0, 0), rng: rand.New(rand.NewPCG(seed, 7)), busy: 0.1,
		mean:    map[bench.Arm]time.Duration{bench.Direct: 10 * time.Microsecond, bench.Base: mean, bench.Head: mean},
		failing: map[bench.Arm]float64{},
	}
}

// kneeOf is the rate at which the p99 of M/M/1 is the bound: 1 % of the requests
// take longer than ln(100)/(μ − λ).
func kneeOf(mean, bound time.Duration) float64 {
	return 1/mean.Seconds() - math.Log(100)/bound.Seconds()
}

func (f *station) now() time.Time { return f.time }

func (f *station) Window(ctx context.Context, arm bench.Arm, _ bench.Scenario, starts []time.Duration, length time.Duration) (bench.OpenLoopSlice, error) {
	f.opened, f.starts = append(f.opened, string(arm)), append(f.starts, starts)
	if f.onOpen != nil {
		if err := f.onOpen(len(f.opened)); err != nil {
			return bench.OpenLoopSlice{}, err
		}
	}
	if err := ctx.Err(); err != nil {
		return bench.OpenLoopSlice{}, err
	}
	saw := bench.OpenLoopSlice{Slice: bench.Slice{Errors: map[bench.ErrorClass]int{}}}
	free := time.Duration(0)
	for _, at := range starts {
		free = max(at+f.lag, free) + time.Duration(f.rng.ExpFloat64()*float64(f.mean[arm]))
		saw.Lag = append(saw.Lag, int64(f.lag))
		if f.rng.Float64() < f.failing[arm] {
			saw.Slice.Errors[bench.ErrStatus]++
			continue
		}
		saw.Slice.Observations = append(saw.Slice.Observations, bench.Observation{Last: int64(free - at), FirstEvent: bench.Absent})
	}
	saw.Slice.Elapsed = max(free, length)
	saw.Slice.ClientCPU = time.Duration(f.busy * float64(saw.Slice.Elapsed))
	f.time = f.time.Add(saw.Slice.Elapsed)
	return saw, nil
}

var one = bench.Scenario{Mode: bench.JSON, Concurrency: 10, BodyBytes: 100}

// closed are the rounds of a closed loop with this throughput.
func closed(arm bench.Arm, perSecond float64) []bench.Round {
	return []bench.Round{{Round: 1, Arm: arm, Scenario: one.ID(), Metrics: map[bench.Metric]float64{bench.Throughput: perSecond}}}
}

func kneeSettings(seed uint64) Settings {
	return Settings{
		Scenarios: []bench.Scenario{one}, Gateways: []bench.Arm{bench.Head}, Arrivals: pace.Poisson,
		Window: 2 * time.Second, Knee: true, Budget: time.Hour, Seed: seed, Closed: closed(bench.Head, 1000),
	}
}

func run(t *testing.T, settings Settings, f *station) Result {
	t.Helper()
	got, err := Run(t.Context(), settings, f, f.now, func(Progress) {})
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func only(t *testing.T, knees []bench.Knee) bench.Knee {
	t.Helper()
	if len(knees) != 1 {
		t.Fatalf("%d knees, want one", len(knees))
	}
	return knees[0]
}

func placed(windows []bench.Window, places []int) []bench.Window {
	var all []bench.Window
	for _, i := range slices.Sorted(slices.Values(places)) {
		all = append(all, windows[i])
	}
	return all
}
