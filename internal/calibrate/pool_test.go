package calibrate

import (
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

func pooled(t *testing.T, run bench.Run) pool {
	t.Helper()
	p, err := newPool(run, policy)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

// Three rounds of each pair, the last of which ended early: they stay together.
func TestRoundsOfAProcessPairStayTogether(t *testing.T) {
	p := pooled(t, measured(1, small(), 29, levels{process: 0.05, slice: 0.05, sharing: 3}))
	if len(p.pairs) != 10 || len(p.numbers) != 29 {
		t.Fatalf("%d pairs of %d rounds, want 10 of 29", len(p.pairs), len(p.numbers))
	}
	for i, rounds := range p.pairs {
		for _, r := range rounds {
			if (r.Round-1)/3 != i {
				t.Errorf("pair %d has round %d of the %s", i, r.Round, r.Arm)
			}
		}
	}
}

// Files without processes have a pair for each round.
func TestOlderFilesHaveAPairARound(t *testing.T) {
	run := measured(1, small(), 12, levels{slice: 0.05, sharing: 3})
	for i := range run.Rounds {
		run.Rounds[i].Process = 0
	}
	if p := pooled(t, run); len(p.pairs) != 12 {
		t.Errorf("%d pairs of 12 rounds", len(p.pairs))
	}
}

// Whatever is drawn, the rounds of a pair are swapped all or none, and each drawn
// pair has a process number of its own, also where one was drawn twice.
func TestDrawSwapsWholePairs(t *testing.T) {
	p := pooled(t, measured(2, small(), 24, levels{process: 0.05, slice: 0.05, sharing: 3}))
	// The base is marked: it says which arm a drawn round was.
	for _, rounds := range p.pairs {
		for i, r := range rounds {
			if r.Arm == bench.Base {
				rounds[i].Retries = 1
			}
		}
	}
	d := drawing{pool: p, rng: rand.New(rand.NewPCG(3, 4)), covered: change{}.covers(0)}
	swaps := make(map[bool]int)
	seen, numbers := make(map[int]bool), make(map[int]int) // of processes; process by round
	for _, pairs := range []int{20, 5, 200} {
		drawn := d.draw(slot{stage: bench.Screen, pairs: pairs})
		swapped := make(map[int]bool) // by process
		for _, r := range drawn {
			if r.Arm == bench.Direct {
				if r.Process != 0 {
					t.Fatalf("the direct path has process %d", r.Process)
				}
				continue
			}
			was := (r.Arm == bench.Base) != (r.Retries == 1)
			if before, known := swapped[r.Process]; known && before != was {
				t.Fatalf("process pair %d is swapped in part", r.Process)
			}
			if process, known := numbers[r.Round]; known && process != r.Process {
				t.Fatalf("round %d is of process pairs %d and %d", r.Round, process, r.Process)
			}
			swapped[r.Process], numbers[r.Round] = was, r.Process
		}
		if len(swapped) != pairs {
			t.Fatalf("%d process pairs for %d", len(swapped), pairs)
		}
		for process, was := range swapped {
			if seen[process] {
				t.Fatalf("process pair %d in two steps", process)
			}
			seen[process] = true
			swaps[was]++
		}
	}
	if swaps[true] < 80 || swaps[false] < 80 {
		t.Errorf("swapped and not: %v of 225", swaps)
	}
}

func TestDrawTakesOnlyWhatIsMeasured(t *testing.T) {
	p := pooled(t, measured(2, small(), 10, calm))
	d := drawing{pool: p, rng: rand.New(rand.NewPCG(3, 4)), covered: change{}.covers(0)}
	for _, r := range d.draw(slot{stage: bench.Confirm, pairs: 5, only: []string{small()[1].ID()}}) {
		if r.Scenario != small()[1].ID() || r.Stage != bench.Confirm {
			t.Errorf("drawn: %s in %s", r.Scenario, r.Stage)
		}
	}
}

// Stretched by a share of the overhead, which is half of the value here: the
// gateways' times are longer by half of it, the direct path's are not.
func TestStretchedByAShareOfTheOverhead(t *testing.T) {
	p := pooled(t, measured(2, small(), 400, levels{slice: 0.02}))
	id := small()[0].ID()
	slower := p.stretched(map[string]float64{id: 0.4})
	for i, rounds := range p.pairs {
		for k, r := range rounds {
			want := 1.0
			if r.Scenario == id && r.Arm != bench.Direct {
				want = 1.2
			}
			got := slower[i][k]
			for m := range r.Metrics {
				if m.IsClock() && math.Abs(got.Metrics[m]/r.Metrics[m]-want) > 0.01 {
					t.Fatalf("%s of %s: %v times longer, want %v", m, r.Arm, got.Metrics[m]/r.Metrics[m], want)
				}
				if !m.IsClock() && got.Metrics[m] != r.Metrics[m] {
					t.Fatalf("%s of %s has changed", m, r.Arm)
				}
			}
			if m := bench.LatencyTypical; len(r.Slices[m]) > 0 && math.Abs(slices.Max(got.Slices[m])/slices.Max(r.Slices[m])-want) > 0.01 {
				t.Fatalf("slices of %s do not fit", r.Arm)
			}
		}
	}
}

// Luck of a process that several rounds share is no false alarm: three rounds a pair
// with ±10 % of luck each, for which rounds that are swapped alone are too small a
// yardstick.
func TestSharedLuckIsNoFalseAlarm(t *testing.T) {
	run := measured(5, small(), 48, levels{process: 0.10, slice: 0.05, sharing: 3})
	s := sampler{pool: pooled(t, run), Options: options(60)}
	if f, err := s.rate(t.Context(), change{}, 60, 1); err != nil || f.Gates != 60 || f.Regressions > 2 {
		t.Errorf("false alarms %+v, %v", f, err)
	}
}

func TestTooFewPairsSayHowLong(t *testing.T) {
	run := measured(6, small(), 5, calm)
	run.Elapsed = 100
	_, err := newPool(run, policy)
	if err == nil || !strings.Contains(err.Error(), "5 of 5 process pairs count") || !strings.Contains(err.Error(), "--time-budget 4m,") {
		t.Errorf("%v, want 5 of 5 process pairs and --time-budget 4m", err)
	}
}

// Paced streams leave no gate open, so that none is drawn from.
func TestPacedStreamsAreNotDrawnFrom(t *testing.T) {
	paced := bench.Scenario{Mode: bench.SSE, Concurrency: 1, BodyBytes: 1 << 10, Paced: true}
	with := pooled(t, measured(1, append(small(), paced), 12, levels{slice: 0.05}))
	if !slices.Equal(with.scenarios, small()) || slices.ContainsFunc(with.all(), func(r bench.Round) bool { return r.Scenario == paced.ID() }) {
		t.Errorf("drawn from %v", with.scenarios)
	}
}
