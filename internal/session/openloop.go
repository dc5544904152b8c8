package session

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/load"
	"github.com/org/proxy-bench-action/internal/openloop"
	"github.com/org/proxy-bench-action/internal/trial"
)

// openConnections is how many requests of a window can be in flight. A gateway
// has one more to the mock for each; twice as many would be the 1024 files that
// a process may have open unless told otherwise.
const openConnections = 256

// openLoop measures an open loop with fresh gateways and adds it to a run. With
// an error the run has what was complete before it.
func (s *Session) openLoop(ctx context.Context, run *bench.Run, plan openloop.Settings) error {
	defer host.Undisturbed()()
	if len(plan.Rates) > 0 || plan.Knee {
		plan.Scenarios = openloop.Scenarios(s.Config.Scenarios())
	}
	plan.Gateways = slices.DeleteFunc(s.arms(), func(a bench.Arm) bool { return a == bench.Direct })
	plan.Trace = s.jobs.Starts()
	plan.Budget, plan.Seed, plan.Closed = s.Config.Measure.TimeBudget, s.Config.Measure.Seed, run.Rounds
	r := s.newRig()
	result, err := s.drive(ctx, r, plan)
	run.Windows, run.Knees = append(run.Windows, result.Windows...), append(run.Knees, result.Knees...)
	run.Validity.Warnings = append(run.Validity.Warnings, result.Warnings...)
	addBackend(run, s.backend(ctx))
	run.Elapsed = s.Now().Sub(run.Started).Seconds()
	// A context that has ended must not cut the gateways' time to stop short.
	return errors.Join(err, r.stop(context.WithoutCancel(ctx)))
}

// openWarmUp bounds the warm-up of one arm in one mode.
const openWarmUp = 5 * time.Second

// drive starts the gateways, warms everything up and measures.
func (s *Session) drive(ctx context.Context, r *rig, plan openloop.Settings) (openloop.Result, error) {
	s.Log.Say("open loop: starting and warming up")
	if err := r.Fresh(ctx, plan.Gateways); err != nil {
		return openloop.Result{}, err
	}
	for _, scenario := range openloop.Scenarios(s.Config.Scenarios()) {
		for _, arm := range s.arms() {
			if _, err := r.WarmUp(ctx, arm, scenario, trial.Burst{Each: trial.DefaultWarmUp, Limit: openWarmUp}); err != nil {
				return openloop.Result{}, fmt.Errorf("open loop, warm-up of %s: %w", arm, err)
			}
		}
	}
	var last openloop.Progress
	return openloop.Run(ctx, plan, openRig{r}, s.Now, func(p openloop.Progress) {
		switch {
		case p.Scenario == last.Scenario && p.Doing == last.Doing && p.Rate == last.Rate:
		case p.Scenario == openloop.Replay:
			s.Log.Say("open loop: %s", p.Doing)
		default:
			s.Log.Say("open loop: %s at %g/s, %s", openloop.Name(p.Scenario), p.Rate, p.Doing)
		}
		last = p
	})
}

// openRig is the rig of an open loop.
type openRig struct{ *rig }

// Window implements openloop.Loader. A window whose answers take longer than the
// time-out of one request after its end is broken off: what is unanswered then
// has run out of time.
func (r openRig) Window(ctx context.Context, arm bench.Arm, s bench.Scenario, starts []time.Duration, length time.Duration) (bench.OpenLoopSlice, error) {
	jobs, err := r.session.jobs.Of(s)
	if err != nil {
		return bench.OpenLoopSlice{}, err
	}
	calls := make([]load.Call, len(starts))
	for i, at := range starts {
		calls[i] = load.Call{At: at, Job: jobs[i%len(jobs)]}
	}
	runtime.GC() // it is off while anything is measured
	limit := length + r.session.Config.Request.Timeout
	bounded, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	before, err := r.Upstream(ctx)
	if err != nil {
		return bench.OpenLoopSlice{}, err
	}
	saw, err := r.clients[arm].OpenLoop(bounded, calls, openConnections)
	if after, uncounted := r.Upstream(ctx); uncounted == nil {
		saw.Upstream = after.Requests - before.Requests
	} else {
		saw.Upstream = -1
	}
	switch {
	case err != nil && ctx.Err() == nil && bounded.Err() != nil:
		breakOff(&saw, len(calls), limit)
	case err != nil:
		return saw, err
	}
	if len(saw.Errors) > 0 {
		err = r.died(arm, len(saw.Observations) == 0)
		if err == nil && arm == bench.Direct && len(saw.Observations) == 0 {
			err = fmt.Errorf("the mock answered none of %d requests; the first failure: %s", len(calls), saw.FirstError)
		}
		return saw, err
	}
	return saw, nil
}

// breakOff counts what a window that was broken off has left unanswered.
func breakOff(saw *bench.OpenLoopSlice, calls int, after time.Duration) {
	unanswered := calls - len(saw.Observations) - saw.Failures
	for _, n := range saw.Errors {
		unanswered -= n
	}
	if unanswered > 0 {
		if saw.Errors == nil {
			saw.Errors = map[bench.ErrorClass]int{}
			saw.FirstError = "no complete answer before the window was broken off"
		}
		saw.Errors[bench.ErrTimeout] += unanswered
	}
	saw.Elapsed = after
}
