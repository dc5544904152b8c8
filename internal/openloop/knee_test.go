package openloop

import (
	"context"
	"errors"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/pace"
)

// TestKneeHoldsTheTruth on a queue whose knee is known by its formula: the
// interval must hold it for at least nine of ten seeds, and be of some use.
func TestKneeHoldsTheTruth(t *testing.T) {
	for _, c := range []struct {
		name        string
		mean, bound time.Duration
		closed      float64
		window      time.Duration
	}{
		{"1 ms, bound 20 ms", time.Millisecond, 20 * time.Millisecond, 1000, 2 * time.Second},
		{"1 ms, bound 20 ms, begun far below", time.Millisecond, 20 * time.Millisecond, 60, 2 * time.Second},
		{"200 µs, bound 5 ms", 200 * time.Microsecond, 5 * time.Millisecond, 5000, 2 * time.Second},
		// So few requests a second have too few bursts in two.
		{"5 ms, bound 100 ms", 5 * time.Millisecond, 100 * time.Millisecond, 200, 10 * time.Second},
	} {
		t.Run(c.name, func(t *testing.T) {
			const seeds = 20
			truth := kneeOf(c.mean, c.bound)
			right, ratios := 0, 1.0
			for seed := range uint64(seeds) {
				settings := kneeSettings(seed)
				// No two closed loops have the same throughput, and searches that
				// all begin at one rate all try the same ones.
				begin := c.closed * (0.9 + 0.01*float64(seed))
				settings.Bound, settings.Closed, settings.Window = c.bound, closed(bench.Head, begin), c.window
				got := run(t, settings, newStation(seed, c.mean))
				k := only(t, got.Knees)
				if k.Held == nil || k.Missed == nil || k.Ended != "" {
					t.Fatalf("seed %d: %+v", seed, k)
				}
				if *k.Held <= truth && truth <= *k.Missed {
					right++
				} else {
					t.Logf("seed %d: %.0f to %.0f, the truth is %.0f", seed, *k.Held, *k.Missed, truth)
				}
				ratios *= *k.Missed / *k.Held
				if n := len(k.Windows); n < 16 || n > 200 {
					t.Errorf("seed %d: stands on %d windows", seed, n)
				}
			}
			ratio := math.Pow(ratios, 1.0/seeds)
			t.Logf("%d of %d hold %.0f/s; the ends are %.2f apart", right, seeds, truth, ratio)
			if 10*right < 9*seeds || ratio > 1.5 {
				t.Errorf("%d of %d intervals hold the truth, their ends are %.2f apart", right, seeds, ratio)
			}
		})
	}
}

// TestKneeWithoutABoundTakesItFromAWindowAtALowRate: at a tenth of the throughput the
// p99 of M/M/1 is ln(100)/(0.9 μ).
func TestKneeWithoutABoundTakesItFromAWindowAtALowRate(t *testing.T) {
	k := only(t, run(t, kneeSettings(1), newStation(1, time.Millisecond)).Knees)
	base := math.Log(100) / 900
	if k.BoundBase == nil || math.Abs(*k.BoundBase-base) > 0.3*base || math.Abs(k.Bound-5**k.BoundBase) > 1e-6 {
		t.Fatalf("bound %v, p99 at a low rate %v; want five times about %.4f", k.Bound, k.BoundBase, base)
	}
	truth := kneeOf(time.Millisecond, time.Duration(k.Bound*1e9))
	if k.Held == nil || k.Missed == nil || *k.Held > 1.15*truth || *k.Missed < truth/1.15 {
		t.Errorf("%+v is far from %.0f", k, truth)
	}
}

func TestKneeBelowEverything(t *testing.T) {
	settings := kneeSettings(1)
	settings.Bound = time.Millisecond // less than one service takes
	k := only(t, run(t, settings, newStation(1, 10*time.Millisecond)).Knees)
	if k.Held != nil || k.Missed == nil || *k.Missed != lowestRate || k.Ended != "" {
		t.Errorf("%+v, want below %v", k, lowestRate)
	}
}

// TestKneeIsAtLeastWhereTheRigGivesUp, whatever of the rig it is.
func TestKneeIsAtLeastWhereTheRigGivesUp(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*station)
		why    string
	}{
		"mock": {func(f *station) {
			f.mean[bench.Direct], f.mean[bench.Head] = 900*time.Microsecond, 950*time.Microsecond
		}, "the direct path itself"},
		"generator": {func(f *station) {
			f.onOpen = func(n int) error {
				if rate := float64(len(f.starts[n-1])) / 2; rate > 850 {
					f.lag = 30 * time.Millisecond
				} else {
					f.lag = 0
				}
				return nil
			}
		}, "requests were started late"},
		"client": {func(f *station) { f.busy, f.mean[bench.Head] = 0.95, time.Millisecond }, "the client's thread was busy 95 %"},
	} {
		t.Run(name, func(t *testing.T) {
			settings := kneeSettings(3)
			settings.Bound = 20 * time.Millisecond
			f := newStation(3, 300*time.Microsecond)
			c.change(f)
			got := run(t, settings, f)
			k := only(t, got.Knees)
			if k.Held == nil || k.Missed != nil || !strings.Contains(k.Ended, "the rig was the limit: "+c.why) {
				t.Errorf("%+v, want at least some rate because %s", k, c.why)
			}
			if *k.Held < 400 || *k.Held > 1300 {
				t.Errorf("held %v/s", *k.Held)
			}
		})
	}
}

// TestFailuresAreNotFast: a gateway that refuses what it cannot do in time has
// no knee there.
func TestFailuresAreNotFast(t *testing.T) {
	settings := kneeSettings(1)
	settings.Bound = 20 * time.Millisecond
	f := newStation(1, 100*time.Microsecond)
	f.failing[bench.Head] = 0.05
	k := only(t, run(t, settings, f).Knees)
	if k.Held != nil || k.Missed == nil {
		t.Errorf("%+v with 5 %% errors", k)
	}
}

func TestTwoGatewaysAreHeldToOneBound(t *testing.T) {
	settings := kneeSettings(5)
	settings.Gateways = []bench.Arm{bench.Base, bench.Head}
	settings.Rates = []Rate{{OfKnee: 0.5}}
	settings.Closed = append(closed(bench.Base, 1000), closed(bench.Head, 500)...)
	f := newStation(5, time.Millisecond)
	f.mean[bench.Head] = 2 * time.Millisecond
	got := run(t, settings, f)
	if len(got.Knees) != 2 || got.Knees[0].Bound != got.Knees[1].Bound {
		t.Fatalf("%+v", got.Knees)
	}
	base, head := got.Knees[0], got.Knees[1]
	if base.Arm != bench.Base || *head.Missed >= *base.Held {
		t.Errorf("a head that takes twice as long: %v to %v, base %v to %v", *head.Held, *head.Missed, *base.Held, *base.Missed)
	}
	last := got.Windows[len(got.Windows)-1]
	if want := threeDigits(*head.Held / 2); last.Rate != want {
		t.Errorf("half of the knee is %v/s, want that of the slower gateway, %v/s", last.Rate, want)
	}
	for _, w := range placed(got.Windows, head.Windows) {
		if w.Arm == bench.Base {
			t.Error("the head's knee stands on a window of the base")
		}
	}
}

func TestBudgetEndsTheSearch(t *testing.T) {
	settings := kneeSettings(1)
	settings.Bound, settings.Budget = 20*time.Millisecond, 20*time.Second
	f := newStation(1, time.Millisecond)
	k := only(t, run(t, settings, f).Knees)
	if gone := f.time.Sub(time.Unix(0, 0)); gone > settings.Budget+5*time.Second || k.Ended != "the time budget ended the search" {
		t.Errorf("%v gone of %v: %+v", gone, settings.Budget, k)
	}
}

func TestInterruptedSearchKeepsWholeTurns(t *testing.T) {
	ctx, cancel := context.WithCancelCause(t.Context())
	settings := kneeSettings(1)
	settings.Bound = 20 * time.Millisecond
	f := newStation(1, time.Millisecond)
	f.onOpen = func(n int) error {
		if n == 8 { // the second window of the fourth turn
			cancel(errors.New("enough"))
		}
		return nil
	}
	got, err := Run(ctx, settings, f, f.now, func(Progress) {})
	if err == nil || !strings.Contains(err.Error(), "enough") {
		t.Errorf("error %v", err)
	}
	if len(got.Windows) != 6 || len(got.Knees) != 1 || got.Knees[0].Ended == "" {
		t.Errorf("%d windows, knees %+v", len(got.Windows), got.Knees)
	}
}

func TestRatesAsAskedFor(t *testing.T) {
	settings := kneeSettings(1)
	settings.Knee, settings.Arrivals, settings.Rates = false, pace.Evenly, []Rate{{PerSecond: 100}, {PerSecond: 400}}
	f := newStation(1, time.Millisecond)
	got := run(t, settings, f)
	if len(got.Windows) != 2*repeats*2 || len(got.Knees) != 0 {
		t.Fatalf("%d windows, %d knees", len(got.Windows), len(got.Knees))
	}
	if want := "direct head head direct direct head"; strings.Join(f.opened[:6], " ") != want {
		t.Errorf("order %v, want %s", f.opened[:6], want)
	}
	for i, w := range got.Windows {
		want := bench.Window{Arm: []bench.Arm{bench.Direct, bench.Head}[i%2], Rate: []float64{100, 400}[i/6], Offered: []float64{100, 400}[i/6]}
		if w.Arm != want.Arm || w.Rate != want.Rate || math.Abs(w.Offered-want.Offered) > 1 || w.Arrivals != "constant" || w.Seconds != 2 {
			t.Errorf("window %d: %+v", i, w)
		}
	}
}

func TestArmsOfATurnShareTheirStarts(t *testing.T) {
	settings := kneeSettings(1)
	settings.Knee, settings.Rates = false, []Rate{{PerSecond: 100}}
	f := newStation(1, time.Millisecond)
	run(t, settings, f)
	for i := 0; i+1 < len(f.starts); i += 2 {
		if len(f.starts[i]) == 0 || &f.starts[i][0] != &f.starts[i+1][0] {
			t.Errorf("turn %d has two sets of starts", i/2)
		}
		if i > 0 && len(f.starts[i]) == len(f.starts[i-2]) && f.starts[i][0] == f.starts[i-2][0] {
			t.Errorf("turn %d repeats the starts of the one before", i/2)
		}
	}
}

func TestShareOfNoKneeIsLeftOut(t *testing.T) {
	settings := kneeSettings(1)
	settings.Bound, settings.Rates = time.Millisecond, []Rate{{OfKnee: 0.5}}
	got := run(t, settings, newStation(1, 10*time.Millisecond))
	if len(got.Warnings) != 1 || !strings.Contains(got.Warnings[0], "0.5 × the knee") {
		t.Errorf("warnings %q", got.Warnings)
	}
}
