package openloop

import (
	"context"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Loader drives one window of an arm: requests of the scenario's mode and body,
// or those of the trace for [Replay], which start when they are due. It returns
// soon after ctx has ended. An error ends the measurement; failed requests are
// counted and are no error.
type Loader interface {
	Window(ctx context.Context, arm bench.Arm, s bench.Scenario, starts []time.Duration, length time.Duration) (bench.OpenLoopSlice, error)
}

// Result is what has been measured.
type Result struct {
	Windows  []bench.Window
	Knees    []bench.Knee
	Warnings []string
}

// Progress is what is measured next.
type Progress struct {
	Scenario bench.Scenario
	Doing    string // "searching the knee", "as asked for"
	Rate     float64
	Windows  int // measured so far
}

// repeats is how many windows of each arm a rate that was asked for gets.
const repeats = 3

// Run searches the knee of each scenario, if it is needed, measures the rates
// that were asked for, and replays the trace. The arms alternate window by window
// with the same starts: direct, then the gateways, then in reverse. progress is
// called before each such turn and must return soon.
//
// When an error or the end of ctx stops it, Run returns the turns that were
// complete.
func Run(ctx context.Context, settings Settings, load Loader, now func() time.Time, progress func(Progress)) (Result, error) {
	if err := settings.Validate(); err != nil {
		return Result{}, fmt.Errorf("settings of the open loop: %w", err)
	}
	e := &execution{settings: settings, load: load, now: now, progress: progress, started: now()}
	for i, s := range settings.Scenarios {
		if err := e.scenario(ctx, i, s); err != nil {
			if ctx.Err() != nil {
				err = context.Cause(ctx)
			}
			return e.out, fmt.Errorf("open loop, %s: %w", Name(s), err)
		}
	}
	if err := e.replay(ctx); err != nil {
		if ctx.Err() != nil {
			err = context.Cause(ctx)
		}
		return e.out, fmt.Errorf("replay: %w", err)
	}
	return e.out, nil
}

// execution is the state of one Run.
type execution struct {
	settings Settings
	load     Loader
	now      func() time.Time
	progress func(Progress)
	started  time.Time
	turns    uint64
	out      Result
}

func (e *execution) scenario(ctx context.Context, i int, s bench.Scenario) error {
	var reference float64 // what shares of the knee are shares of
	if e.settings.needsKnee() {
		// Each scenario has its share of the time, and what the ones before left.
		until := e.started.Add(e.settings.Budget * time.Duration(i+1) / time.Duration(len(e.settings.Scenarios)))
		knees, err := e.knees(ctx, s, until)
		e.out.Knees = append(e.out.Knees, knees...)
		if err != nil {
			return err
		}
		reference = smallestHeld(knees)
	}
	for _, r := range e.settings.Rates {
		rate := r.PerSecond
		if r.OfKnee > 0 {
			if rate = threeDigits(min(r.OfKnee*reference, MostRate)); reference == 0 {
				e.out.Warnings = append(e.out.Warnings, fmt.Sprintf("open loop, %s: no rate of %g × the knee, for no knee was found", Name(s), r.OfKnee))
				continue
			}
		}
		for range repeats {
			e.progress(Progress{Scenario: s, Doing: "as asked for", Rate: rate, Windows: len(e.out.Windows)})
			if _, err := e.turn(ctx, s, rate, e.settings.Window, e.settings.Gateways); err != nil {
				return err
			}
		}
	}
	return nil
}

// smallestHeld is the largest rate that every gateway holds; 0 if one holds none.
func smallestHeld(knees []bench.Knee) float64 {
	least := 0.0
	for i, k := range knees {
		switch {
		case k.Held == nil:
			return 0
		case i == 0 || *k.Held < least:
			least = *k.Held
		}
	}
	return least
}

// turn measures one window of the direct path and one of each gateway, and
// returns their places in the result, direct first.
func (e *execution) turn(ctx context.Context, s bench.Scenario, rate float64, length time.Duration, gateways []bench.Arm) ([]int, error) {
	starts, err := e.settings.Arrivals.Starts(rate, length, e.rng(s))
	if err != nil {
		return nil, err
	}
	like := bench.Window{Mode: s.Mode, BodyBytes: s.BodyBytes, Arrivals: string(e.settings.Arrivals), Rate: rate}
	places, err := e.windows(ctx, s, like, starts, length, gateways)
	if err != nil {
		return nil, fmt.Errorf("at %g/s: %w", rate, err)
	}
	return places, nil
}

// windows measures the arms of a turn, all with these starts; like is what the
// windows have in common.
func (e *execution) windows(ctx context.Context, s bench.Scenario, like bench.Window, starts []time.Duration, length time.Duration, gateways []bench.Arm) ([]int, error) {
	arms := append([]bench.Arm{bench.Direct}, gateways...)
	order := slices.Clone(arms)
	if e.turns++; e.turns%2 == 0 {
		slices.Reverse(order)
	}
	windows := make([]bench.Window, len(arms))
	for _, arm := range order {
		saw, err := e.load.Window(ctx, arm, s, starts, length)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", arm, err)
		}
		w := Reduce(saw, len(starts), length)
		w.Arm, w.Mode, w.BodyBytes, w.Arrivals, w.Rate = arm, like.Mode, like.BodyBytes, like.Arrivals, like.Rate
		windows[slices.Index(arms, arm)] = w
	}
	places := make([]int, len(arms))
	for i := range windows {
		windows[i].Limited = limited(windows[i], windows[0])
		places[i] = len(e.out.Windows)
		e.out.Windows = append(e.out.Windows, windows[i])
	}
	return places, nil
}

// rng is the source of one turn's starts.
func (e *execution) rng(s bench.Scenario) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprintf(h, "open %d %s", e.turns, s.ID()) // a hash.Hash never returns an error
	return rand.New(rand.NewPCG(e.settings.Seed, h.Sum64()))
}

// Replay is the scenario whose requests are those of the trace.
var Replay = bench.Scenario{}

// replay measures the trace unchanged, as often as a rate that was asked for.
func (e *execution) replay(ctx context.Context) error {
	if len(e.settings.Trace) == 0 {
		return nil
	}
	length := traceLength(e.settings.Trace)
	for range repeats {
		e.progress(Progress{Scenario: Replay, Doing: "replaying the trace", Windows: len(e.out.Windows)})
		like := bench.Window{Arrivals: "trace"}
		if _, err := e.windows(ctx, Replay, like, e.settings.Trace, length, e.settings.Gateways); err != nil {
			return err
		}
	}
	return nil
}

// traceLength is the time to the last start and one more average distance between
// two starts, so that n requests have n distances.
func traceLength(starts []time.Duration) time.Duration {
	last, n := starts[len(starts)-1], time.Duration(len(starts))
	if n == 1 {
		return max(last, ShortestWindow)
	}
	return max(last+last/(n-1), ShortestWindow)
}
