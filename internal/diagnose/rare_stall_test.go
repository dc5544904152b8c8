package diagnose

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// machine delays some requests of every arm by an exponential time, and twice as
// many of a gateway, which has to be scheduled as well.
type machine struct {
	share float64
	mean  float64 // seconds
}

var (
	idleMachine   = machine{0.0002, 3e-3}
	busyMachine   = machine{0.005, 6e-3}
	loadedMachine = machine{0.02, 15e-3}
)

// stallRun has rounds that are reduced from requests, as those of a trial are. A
// share of the head's requests takes stall seconds longer; backend is what the mock
// takes.
func stallRun(seed uint64, on machine, backend, share, stall float64) bench.Run {
	rng := rand.New(rand.NewPCG(seed, 21))
	var suite []bench.Scenario
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		for _, c := range []int{1, 10, 50} {
			for _, body := range []int{100, 10 << 10} {
				suite = append(suite, bench.Scenario{Mode: mode, Concurrency: c, BodyBytes: body})
			}
		}
	}
	run := bench.Run{Scenarios: cells(suite)}
	for n := 1; n <= 15; n++ {
		for _, s := range suite {
			for _, arm := range []bench.Arm{bench.Direct, bench.Base, bench.Head} {
				level, delayed := 30e-6, on.share
				if arm != bench.Direct {
					level, delayed = 200e-6, 2*on.share
				}
				level *= math.Pow(float64(s.Concurrency), 0.65)
				slice := bench.Slice{Elapsed: time.Second}
				for range 400 {
					took := backend + level*math.Exp(0.35*rng.NormFloat64())
					if rng.Float64() < delayed {
						took += on.mean * rng.ExpFloat64()
					}
					if arm == bench.Head && rng.Float64() < share {
						took += stall
					}
					ns := int64(took * 1e9)
					slice.Observations = append(slice.Observations, bench.Observation{
						Headers: ns - 20_000, FirstByte: ns - 10_000, FirstEvent: ns - 5000, FirstDelta: ns - 5000, Last: ns,
					})
				}
				r := summary.Round(s, []bench.Slice{slice}, summary.Usage{})
				r.Round, r.Stage, r.Scenario, r.Arm, r.Process = n, bench.Screen, s.ID(), arm, n
				run.Rounds = append(run.Rounds, r)
			}
		}
	}
	return run
}

func named(all []bench.Diagnosis, name bench.DiagnosisName) (d bench.Diagnosis, ok bool) {
	for _, d := range all {
		if d.Name == name {
			return d, true
		}
	}
	return bench.Diagnosis{}, false
}

// A stall of 40 ms in a few of a thousand requests up to one of twenty has its
// name, and no other one.
func TestRareStallOf40ms(t *testing.T) {
	for _, on := range []machine{idleMachine, busyMachine} {
		for _, backend := range []float64{0, 5e-3} {
			for i, share := range []float64{0.002, 0.003, 0.01, 0.03, 0.05} {
				all := Run(stallRun(uint64(i), on, backend, share, 40e-3))
				d, ok := named(all, RareStall.Name)
				if !ok || d.Change != bench.ChangeNew || !strings.Contains(d.Seen, "the slowest request took 4") {
					t.Errorf("%v of the requests on %+v, backend %v s: %+v", share, on, backend, all)
				}
				if _, ok := named(all, DelayedACK.Name); ok {
					t.Errorf("%v of the requests on %+v, backend %v s, is also a delayed ACK: %+v", share, on, backend, all)
				}
			}
		}
	}
}

// On unchanged code nothing is said of stalls and acknowledgements, whatever the
// machine does.
func TestNoStallOfTheMachine(t *testing.T) {
	for _, on := range []machine{idleMachine, busyMachine, loadedMachine} {
		for seed := range uint64(4) {
			for _, backend := range []float64{0, 5e-3} {
				all := Run(stallRun(100+seed, on, backend, 0, 0))
				for _, name := range []bench.DiagnosisName{RareStall.Name, DelayedACK.Name} {
					if d, ok := named(all, name); ok {
						t.Errorf("seed %d on %+v, backend %v s: %+v", seed, on, backend, d)
					}
				}
			}
		}
	}
}

// A stall of 3 ms is in no figure of a busy machine to be told from it, and one
// that both gateways have is not new.
func TestRareStallThatIsNone(t *testing.T) {
	if d, ok := named(Run(stallRun(1, idleMachine, 0, 0.01, 3e-3)), RareStall.Name); ok {
		t.Errorf("3 ms: %+v", d)
	}
	run := stallRun(2, idleMachine, 0, 0.01, 40e-3)
	other := stallRun(3, idleMachine, 0, 0.01, 40e-3)
	for i := range run.Rounds {
		if run.Rounds[i].Arm == bench.Head {
			run.Rounds[i-1] = other.Rounds[i] // of the base
			run.Rounds[i-1].Arm = bench.Base
		}
	}
	if d, ok := named(Run(run), RareStall.Name); !ok || d.Change != bench.ChangeKept {
		t.Errorf("in both: %+v", d)
	}
}
