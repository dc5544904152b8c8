package session

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/mockllm"
	"github.com/org/proxy-bench-action/internal/trial"
)

// memoryLimit bounds the heap while the collector is off: beyond it the
// collector runs all the same.
const memoryLimit = 128 << 20

// measure drives the gateways by a trial with these settings and then by those
// that next asks for, until it asks for none. With an error the Run holds the
// rounds that were complete before it.
func (s *Session) measure(ctx context.Context, settings trial.Settings, next func(*bench.Run) (trial.Settings, bool)) (bench.Run, error) {
	var run bench.Run
	for stage := 1; ; stage++ {
		settings.Arms, settings.Seed = s.arms(), s.Config.Measure.Seed
		plan, err := trial.NewSchedule(settings)
		if err != nil {
			return run, host.Usage(err)
		}
		if stage == 1 {
			for _, note := range s.jobs.raised {
				s.Log.Say("%s", note)
			}
			run = s.describe(ctx, plan)
		}
		result, seen, err := s.execute(ctx, plan)
		addStage(&run, result)
		addBackend(&run, seen)
		run.Rewrites = s.rewrites
		run.Elapsed = s.Now().Sub(run.Started).Seconds()
		if err != nil {
			return run, err
		}
		again, more := next(&run)
		if !more {
			return run, nil
		}
		again.Done, again.Warmth = result.Done, result.Warmth
		settings = again
	}
}

// once is the next of a measurement with a single stage.
func once(*bench.Run) (trial.Settings, bool) { return trial.Settings{}, false }

// addStage adds the result of a further stage to a run.
func addStage(run *bench.Run, r trial.Result) {
	first := len(run.Rounds) == 0
	run.Rounds = append(run.Rounds, r.Rounds...)
	run.WarmUps = append(run.WarmUps, r.WarmUps...)
	for _, u := range r.Unmeasured {
		addUnmeasured(run, u)
	}
	v := &run.Validity
	if first {
		*v = r.Validity
		run.Plan.Restart = r.Restart
		return
	}
	v.Complete = v.Complete && r.Validity.Complete
	v.Incomplete = r.Validity.Incomplete
	v.Steal, v.Foreign = max(v.Steal, r.Validity.Steal), max(v.Foreign, r.Validity.Foreign)
	v.VoidRounds += r.Validity.VoidRounds
	v.Throttled += r.Validity.Throttled
	for _, warning := range r.Validity.Warnings {
		v.Warnings = append(v.Warnings, "second stage: "+warning)
	}
	for id, ceiling := range r.Validity.Ceiling {
		if _, known := v.Ceiling[id]; !known {
			v.Ceiling[id] = ceiling
		}
	}
}

// addUnmeasured adds what an arm could not do in a stage to what it could not before.
func addUnmeasured(run *bench.Run, u bench.Unmeasured) {
	for i := range run.Unmeasured {
		if old := &run.Unmeasured[i]; old.Scenario == u.Scenario && old.Arm == u.Arm {
			old.Rounds = append(old.Rounds, u.Rounds...)
			old.Requests, old.Failed = old.Requests+u.Requests, old.Failed+u.Failed
			return
		}
	}
	run.Unmeasured = append(run.Unmeasured, u)
}

// undisturbed keeps the runtime from doing anything by itself while something is
// measured, until what it returns is called.
func undisturbed() (restore func()) {
	// The runtime follows changes of the CPU quota unless it is told a number.
	runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	percent, limit := debug.SetGCPercent(-1), debug.SetMemoryLimit(memoryLimit)
	return func() {
		debug.SetGCPercent(percent)
		debug.SetMemoryLimit(limit)
	}
}

// countersTime is how long the mock may take to tell its counters at the end.
const countersTime = time.Second

// backend has the mock's counters so far; zeros if it does not say.
func (s *Session) backend(ctx context.Context) mockllm.Stats {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), countersTime)
	defer cancel()
	seen, err := s.mock.Stats(ctx)
	if err != nil {
		return mockllm.Stats{}
	}
	return seen
}

// promptsCut ends the warning about prompts that lost their end on their way.
const promptsCut = "reached the backend without the end of the prompt: a gateway cuts or drops it, or asks by itself"

// addBackend adds what the mock has seen since it was started, in the place of what
// it had seen before.
func addBackend(run *bench.Run, seen mockllm.Stats) {
	run.Unserved = seen.Unserved
	v := &run.Validity
	v.Warnings = slices.DeleteFunc(v.Warnings, func(w string) bool { return strings.HasSuffix(w, promptsCut) })
	if seen.Truncated > 0 {
		v.Warnings = append(v.Warnings, fmt.Sprintf("%d of %d requests %s", seen.Truncated, seen.Answers, promptsCut))
	}
}

// execute runs one plan and leaves no gateway behind. It also returns what the mock
// has seen until then, without what the search for advice asks for.
func (s *Session) execute(ctx context.Context, plan trial.Schedule) (trial.Result, mockllm.Stats, error) {
	defer undisturbed()()
	r := s.newRig()
	result, err := trial.Run(ctx, plan, r, s.Now, s.Log.Progress)
	s.Log.EndProgress()
	seen := s.backend(ctx)
	var failure *trial.Failure
	failed := errors.As(err, &failure)
	if failed {
		// The requests may have failed because it had just died; not those that it
		// has answered.
		if dead := r.died(failure.Arm, mayBeDead(failure.Class)); dead != nil {
			err, failed = fmt.Errorf("%s %s: %w", failure.Arm, failure.Scenario, dead), false
		}
	}
	var asked string
	var advice []string
	if failed && r.running[failure.Arm] != nil {
		asked, advice = s.advise(ctx, r.running[failure.Arm])
	}
	// A context that has ended must not cut the gateways' time to stop short.
	err = errors.Join(err, r.stop(context.WithoutCancel(ctx)))
	if p := r.stopped[bench.Head]; p != nil {
		s.output = p.Output()
	}
	if failed {
		drive := &DriveError{Err: err, Asked: asked, Advice: advice}
		if p := r.stopped[failure.Arm]; p != nil {
			drive.Output = p.Output()
		}
		err = drive
	}
	return result, seen, err
}

// DriveError is the error of a gateway that lives and answers wrongly.
type DriveError struct {
	Err    error
	Output []string // the gateway's last lines
	Asked  string   // method and URL; empty when that is not known
	Advice []string // what to change, one line each; may be empty
}

func (e *DriveError) Unwrap() error { return e.Err }

func (e *DriveError) Error() string {
	text := e.Err.Error()
	if e.Asked != "" {
		text += "\n  asked: " + e.Asked
	}
	if len(e.Output) > 0 {
		text += "\n  last output:\n    | " + strings.Join(e.Output, "\n    | ")
	}
	advice := e.Advice
	if len(advice) == 0 {
		advice = []string{"run proxy-bench check, and read the gateway's output"}
	}
	return text + "\n  what to do: " + strings.Join(advice, "\n    ")
}
