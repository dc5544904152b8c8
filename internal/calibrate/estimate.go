package calibrate

import (
	"context"
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
	"github.com/org/proxy-bench-action/internal/summary"
)

// MeasureShare is the share of its time budget for which a calibration measures;
// in the rest it resamples.
const MeasureShare = 0.75

// Options say what is resampled.
type Options struct {
	Policy bench.Policy
	// Pairs is how many process pairs a gate screens with; 0: as many as the method is
	// tuned for. Its fresh ones are those that the screening asks for.
	Pairs  int
	Budget float64 // seconds that a gate has; 0: no limit
	// Trials is the number of gates of unchanged code; each change is tried in a
	// quarter as many. With no regression in 400 the interval ends at 0.95 %, just
	// below the default alpha.
	Trials int
	Seed   uint64
	// Late says whether a share of the time for resampling is over; then fewer gates
	// are made. nil: never.
	Late func(share float64) bool
	// Progress is called now and then with how far it is, by one goroutine; may be nil.
	Progress func(Progress)
}

// Progress is how many of some gates are made.
type Progress struct {
	Doing    string // what is in these gates: "unchanged code"
	Done, Of int
}

// Until which share of the time each part may last, if it has not had all of its
// trials.
const (
	alarmsUntil = 0.40
	oneUntil    = 0.70
	allUntil    = 0.90
	longerUntil = 1.0
)

// Estimate calibrates from the screening rounds of a run in which base and
// head were the same build. Its error says what the run lacks; ctx ends it
// early with the context's error. It uses all processors.
func Estimate(ctx context.Context, run bench.Run, o Options) (bench.Calibration, error) {
	if o.Trials < 1 || o.Pairs < 0 {
		return bench.Calibration{}, fmt.Errorf("%d trials of gates with %d process pairs: at least 1 trial", o.Trials, o.Pairs)
	}
	p, err := newPool(run, o.Policy)
	if err != nil {
		return bench.Calibration{}, err
	}
	s := sampler{pool: p, Options: o, cost: costOf(run)}
	c := bench.Calibration{
		Schema: bench.CalibrationSchema, Tool: run.Tool, Commit: run.Commit,
		Started: run.Started, Environment: run.Environment,
		Policy: o.Policy, Seed: o.Seed,
		Rounds: len(p.numbers), Pairs: len(p.pairs), Gate: s.plan(),
		Difference: compare.At(bench.Screen, summary.NewIndex(p.all())).Group("all", "", p.scenarios, bench.Delta),
	}
	if c.Drift, err = p.drift(); err != nil {
		return bench.Calibration{}, err
	}
	if err := s.resample(ctx, &c); err != nil {
		return bench.Calibration{}, err
	}
	c.Warnings = s.warnings(run, c)
	return c, nil
}

// resample fills in what many gates say.
func (s sampler) resample(ctx context.Context, c *bench.Calibration) (err error) {
	if c.FalseAlarms, err = s.rate(ctx, change{name: "unchanged code"}, s.Trials, alarmsUntil); err != nil {
		return err
	}
	with, err := s.resolutions(ctx, s.Policy)
	if err != nil {
		return err
	}
	without, err := s.resolutions(ctx, s.demanding(0, true))
	if err != nil {
		return err
	}
	scale := 0.0
	if c.Gate.Room == nil || *c.Gate.Room >= c.Gate.Needed {
		if scale, err = s.changes(ctx, c, with); err != nil {
			return err
		}
	}
	c.Noise, c.Carried = s.carry(with, without, scale)
	c.Advice, err = s.advise(ctx, c.Noise, c.Carried, longerUntil)
	return err
}

// changes fills in which changes are found; see inOne for the scale.
func (s sampler) changes(ctx context.Context, c *bench.Calibration, resolutions map[key]float64) (scale float64, err error) {
	targets, of := s.targets(resolutions)
	one, tried, scale, err := s.inOne(ctx, targets, of, oneUntil)
	if err != nil {
		return 0, err
	}
	all, triedInAll, err := s.inAll(ctx, of, allUntil)
	c.Found, c.Power = []bench.Found{one, all}, append(tried, triedInAll...)
	return scale, err
}
