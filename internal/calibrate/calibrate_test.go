package calibrate

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

var calm = levels{process: 0.01, slice: 0.05, round: 0.1}

func options(trials int) Options {
	return Options{Policy: policy, Pairs: 15, Trials: trials, Seed: 1}
}

func estimate(t *testing.T, run bench.Run, o Options) bench.Calibration {
	t.Helper()
	c, err := Estimate(t.Context(), run, o)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func contains(all []string, part string) bool {
	return slices.ContainsFunc(all, func(s string) bool { return strings.Contains(s, part) })
}

// What the rounds were made with comes out again, also where two rounds share their
// processes. 400 process pairs know an SD to ±3.5 %, so that 15 % is four standard
// errors.
func TestNoiseIsSplitBySource(t *testing.T) {
	for _, sharing := range []int{1, 2} {
		n := 400 * sharing
		l := levels{process: 0.04, slice: 0.15, round: 0.2, slope: 0.001, sharing: sharing}
		p := pooled(t, measured(1, small(), n, l))
		near := func(what string, got, want, tolerance float64) {
			t.Helper()
			if math.Abs(got-want) > tolerance {
				t.Errorf("%d rounds a pair, %s: %.4f, want %.4f", sharing, what, got, want)
			}
		}
		for _, s := range small() {
			n := p.noise(s.ID(), s.Mode.Primary())
			process := math.Sqrt2 * l.process
			between := math.Hypot(process, l.slice*math.Sqrt(2./float64(slicesPer*sharing)))
			near("between", *n.Between, between, 0.15*between)
			near("within", *n.Within, l.slice, 0.15*l.slice)
			near("process", *n.Process, process, 0.15*process)
		}
		d, err := p.drift()
		if err != nil {
			t.Fatal(err)
		}
		near("slope", d.PerRound, l.slope, 0.0004)
		// The trend adds the variance of a uniform distribution as wide as it is.
		trend := l.slope * float64(n) / math.Sqrt(12)
		near("level", d.SD, math.Hypot(l.round, trend), 0.15*math.Hypot(l.round, trend))
		near("autocorrelation", d.Autocorrelation, trend*trend/(trend*trend+l.round*l.round), 0.15)
	}
}

// Swapping the labels of everything changes nothing: the noise is the same to
// the last digits, and on a calm machine no gate of either cries wolf.
func TestSwappedRunCalibratesTheSame(t *testing.T) {
	run := measured(2, small(), 20, calm)
	mirror := run
	mirror.Rounds = append([]bench.Round{}, run.Rounds...)
	for i := range mirror.Rounds {
		mirror.Rounds[i].Arm = swapped[mirror.Rounds[i].Arm]
	}
	a, b := estimate(t, run, options(12)), estimate(t, mirror, options(12))
	for i := range a.Noise {
		x, y := a.Noise[i], b.Noise[i]
		if math.Abs(*x.Between-*y.Between) > 1e-12 {
			t.Errorf("%s %s: between %v and %v", x.Scenario, x.Metric, *x.Between, *y.Between)
		}
		if (x.Within == nil) != (y.Within == nil) || x.Within != nil && math.Abs(*x.Within-*y.Within) > 1e-12 {
			t.Errorf("%s %s: slices differ", x.Scenario, x.Metric)
		}
	}
	if a.FalseAlarms != b.FalseAlarms || a.FalseAlarms.Regressions != 0 {
		t.Errorf("false alarms %+v and %+v", a.FalseAlarms, b.FalseAlarms)
	}
	if math.Abs(a.Drift.PerRound-b.Drift.PerRound) > 1e-12 {
		t.Errorf("drift %v and %v", a.Drift.PerRound, b.Drift.PerRound)
	}
}

func TestSeedAloneDecides(t *testing.T) {
	run := measured(3, small(), 12, levels{process: 0.05, slice: 0.2})
	o := options(8)
	first, again := estimate(t, run, o), estimate(t, run, o)
	if !reflect.DeepEqual(first, again) {
		t.Error("the same seed gives two answers")
	}
	o.Seed++
	if other := estimate(t, run, o); reflect.DeepEqual(first.Noise, other.Noise) {
		t.Error("another seed draws the same")
	}
}

// A calm machine finds what a noisy one cannot, and neither cries wolf. The calm one
// leaves the settings as they are, the noisy one names its scenarios.
func TestWhatIsFoundFollowsNoise(t *testing.T) {
	quiet := estimate(t, measured(4, small(), 30, calm), options(20))
	noisy := estimate(t, measured(4, small(), 30, levels{process: 0.2, slice: 0.4}), options(20))
	for name, c := range map[string]bench.Calibration{"quiet": quiet, "noisy": noisy} {
		if c.FalseAlarms.Gates != 20 || c.FalseAlarms.Regressions > 2 {
			t.Errorf("%s: false alarms %+v", name, c.FalseAlarms)
		}
		for _, p := range c.Power {
			if p.Gates != 5 {
				t.Errorf("%s: %+v", name, p)
			}
		}
	}
	for i, f := range quiet.Found {
		if f.Of != bench.OfOverhead || f.Change == nil || *f.Change > 0.25 {
			t.Fatalf("quiet: %+v", f)
		}
		if n := noisy.Found[i]; n.Where != f.Where || n.Change != nil && *n.Change <= *f.Change {
			t.Errorf("noisy: %+v, quiet: %+v", n, f)
		}
	}
	one := quiet.Found[0]
	if one.WorstChange == nil || *one.WorstChange < *one.Change || one.Worst == "" {
		t.Errorf("worst: %+v", one)
	}
	typical := func(c bench.Calibration) bench.Carried { return c.Carried[0] }
	if q, n := typical(quiet), typical(noisy); q.Carried != q.Scenarios || n.Carried != 0 || n.Least != nil && *n.Least <= *q.Least {
		t.Errorf("carried: %+v on a quiet machine, %+v on a noisy one", q, n)
	}
	if a := quiet.Advice; a.Noisy != nil || a.Budget != nil {
		t.Errorf("quiet: advice %+v", a)
	}
	if a := noisy.Advice; len(a.Noisy) != 2 {
		t.Errorf("noisy: advice %+v", a)
	}
}

// A gate without time for enough process pairs learns which budget has it.
func TestLongerBudgetHelps(t *testing.T) {
	run := timed(measured(4, small(), 40, levels{process: 0.03, slice: 0.15}), 10)
	o := options(60)
	o.Pairs, o.Budget = 0, 90
	short := estimate(t, run, o)
	if len(short.Advice.Noisy) != 2 || short.Advice.Budget == nil {
		t.Fatalf("advice %+v", short.Advice)
	}
	o.Budget = *short.Advice.Budget
	if long := estimate(t, run, o); len(long.Advice.Noisy) > 0 {
		t.Errorf("with %v s: advice %+v", o.Budget, long.Advice)
	}
}

// Least is what it says: under a policy with that limit, the gate's own
// resolution is twice the limit.
func TestLeastLimitIsHalfOfWhatIsFound(t *testing.T) {
	p := pooled(t, measured(5, small(), 30, levels{process: 0.03, slice: 0.1}))
	first := func(policy bench.Policy) bench.Noise {
		s := sampler{pool: p, Options: options(1)}
		s.Policy = policy
		with, err := s.resolutions(t.Context(), policy)
		if err != nil {
			t.Fatal(err)
		}
		without, err := s.resolutions(t.Context(), s.demanding(0, true))
		if err != nil {
			t.Fatal(err)
		}
		noise, _ := s.carry(with, without, 1)
		return noise[0]
	}
	least := *first(policy).Least
	tight := policy
	tight.Floor = 0
	tight.Thresholds = []bench.Threshold{{Metric: p.gated[0].Metric, Share: least / 0.5}} // half is overhead
	again := first(tight)
	twice := math.Expm1(2 * math.Log1p(least))
	if math.Abs(*again.Resolution-twice) > 0.05*twice {
		t.Errorf("limit %v: %v is found, want %v", least, *again.Resolution, twice)
	}
}

func TestInputThatCannotCalibrate(t *testing.T) {
	spoil := func(n int, edit func(*bench.Round) bool) bench.Run {
		run := measured(6, small(), n, calm)
		var kept []bench.Round
		for _, r := range run.Rounds {
			if edit(&r) {
				kept = append(kept, r)
			}
		}
		run.Rounds = kept
		return run
	}
	for want, run := range map[string]bench.Run{
		"no rounds of a base":      spoil(10, func(r *bench.Round) bool { return r.Arm != bench.Base }),
		"1 of 1 process pairs":     spoil(1, func(*bench.Round) bool { return true }),
		"0 of 10 process pairs":    spoil(10, func(r *bench.Round) bool { r.Void = "restarted"; return true }),
		"0 of 9 process pairs":     spoil(9, func(r *bench.Round) bool { return r.Arm != bench.Head }),
		"0 of 0 process pairs":     spoil(9, func(r *bench.Round) bool { r.Stage = bench.Confirm; return true }),
		"the run has no rounds of": {},
	} {
		if _, err := Estimate(t.Context(), run, options(1)); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%v, want %q", err, want)
		}
	}
	if _, err := Estimate(t.Context(), measured(6, small(), 10, calm), options(0)); err == nil {
		t.Error("no trials are no error")
	}
}

func TestStopsWithItsContext(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Estimate(ctx, measured(7, small(), 10, calm), options(100)); !errors.Is(err, context.Canceled) {
		t.Errorf("%v, want %v", err, context.Canceled)
	}
}

// One scenario void, one metric 0: they are not carried, with a reason, and
// the rest is.
func TestGapsHaveReasons(t *testing.T) {
	run := measured(8, small(), 20, calm)
	for i := range run.Rounds {
		r := &run.Rounds[i]
		if r.Scenario == small()[1].ID() {
			r.Void = "restarted"
		} else if r.Arm == bench.Head {
			r.Metrics[bench.CPUPerRequest] = 0
		}
	}
	for _, n := range estimate(t, run, options(4)).Noise {
		gap := n.Scenario == small()[1].ID() || n.Metric == bench.CPUPerRequest
		if gap == (n.Reason == "") || gap && (n.Carried || n.Resolution != nil) {
			t.Errorf("%+v", n)
		}
	}
}
