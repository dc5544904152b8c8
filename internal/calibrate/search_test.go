package calibrate

import (
	"errors"
	"math"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Whatever the guess, the smallest change that is found comes out, after a few tries:
// here just 80 % of gates find it and none find the next smaller one.
func TestSearch(t *testing.T) {
	never := func() bool { return false }
	for _, guess := range []float64{0, 0.01, 0.1, 0.35, 4, 99} {
		for i, truth := range changes {
			var tried int
			found, all, err := search(guess, never, func(share float64) (bench.Power, error) {
				tried++
				p := bench.Power{Change: share}
				if share >= truth {
					p.Share = foundShare
				}
				return p, nil
			})
			if err != nil || found == nil || math.Abs(*found/truth-1) > 1e-9 || tried > 9 || len(all) != tried {
				t.Errorf("from %v: %v after %d tries, want %v", guess, found, tried, truth)
			}
			for k := range all[1:] {
				if all[k].Change >= all[k+1].Change {
					t.Errorf("from %v to change %d: tried out of order or twice: %v", guess, i, all)
				}
			}
		}
		if found, _, _ := search(guess, never, func(float64) (bench.Power, error) { return bench.Power{}, nil }); found != nil {
			t.Errorf("from %v: %v found where nothing is", guess, *found)
		}
	}
}

// Half of the gates find 10 % and nine in ten 15 %: the answer is three quarters of
// the way.
func TestSearchInterpolates(t *testing.T) {
	found, _, err := search(0.05, func() bool { return false }, func(share float64) (bench.Power, error) {
		p := bench.Power{Change: share}
		switch {
		case share >= 0.15:
			p.Share = 0.9
		case share >= 0.10:
			p.Share = 0.5
		}
		return p, nil
	})
	if want := 0.10 * math.Pow(1.5, 0.75); err != nil || found == nil || math.Abs(*found-want) > 1e-9 {
		t.Errorf("%v, %v, want %v", found, err, want)
	}
}

func TestSearchEndsInTime(t *testing.T) {
	found, all, err := search(0.5, func() bool { return true }, func(share float64) (bench.Power, error) {
		return bench.Power{Change: share, Rate: bench.Rate{Share: 1}}, nil
	})
	if err != nil || found == nil || *found != all[0].Change || len(all) != fewTries {
		t.Errorf("%v after %v, %v", found, all, err)
	}
	broken := errors.New("broken")
	if _, _, err := search(0.5, nil, func(float64) (bench.Power, error) { return bench.Power{}, broken }); !errors.Is(err, broken) {
		t.Errorf("%v, want %v", err, broken)
	}
}

func TestRoundUp(t *testing.T) {
	for seconds, want := range map[float64]float64{1: 10, 40: 40, 41: 50, 119: 120, 121: 150, 240: 240, 599: 600, 601: 660} {
		if got := roundUp(seconds); got != want {
			t.Errorf("%v s are rounded up to %v, want %v", seconds, got, want)
		}
	}
}

// The scenario with more noise needs more, in proportion; with overhead in one, those
// without are left out.
func TestTargets(t *testing.T) {
	run := measured(1, small(), 12, calm)
	s := sampler{pool: pooled(t, run), Options: options(1)}
	one, two := key{small()[0].ID(), bench.LatencyTypical}, key{small()[1].ID(), bench.TotalTypical}
	targets, of := s.targets(map[key]float64{one: 0.10, two: 0.05})
	if of != bench.OfOverhead || len(targets) != 2 || targets[1].id != one.scenario {
		t.Fatalf("%v of %s", targets, of)
	}
	if ratio := targets[1].share / targets[0].share; ratio < 1.9 || ratio > 2.1 {
		t.Errorf("twice the resolution is %v times the change", ratio)
	}
	for i := range s.gated {
		if s.gated[i].Scenario == one.scenario {
			s.gated[i].Of = bench.OfValue
		}
	}
	if targets, _ := s.targets(map[key]float64{one: 0.10, two: 0.05}); len(targets) != 1 || targets[0].id != two.scenario {
		t.Errorf("%v, want only %v", targets, two)
	}
	if targets, _ := s.targets(nil); targets != nil {
		t.Errorf("%v without a resolution", targets)
	}
}
