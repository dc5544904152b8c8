package session

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/gating"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/mockllm"
	"github.com/org/proxy-bench-action/internal/trial"
)

// next says what to measure after the run so far, of which the result is the last
// part; false when that is all.
type next func(*bench.Run, trial.Result) (trial.Settings, bool)

// measure drives the gateways by a trial with these settings and then by those
// that next asks for, until it asks for none. With an error the Run holds the
// rounds that were complete before it.
func (s *Session) measure(ctx context.Context, settings trial.Settings, next next) (run bench.Run, _ error) {
	began := s.Now()
	defer func() { run.Spent = s.spent(s.Now().Sub(began)) }()
	for stage := 1; ; stage++ {
		settings.Arms, settings.Seed = s.arms(), s.Config.Measure.Seed
		plan, err := trial.NewSchedule(settings)
		if err != nil {
			return run, host.Usage(err)
		}
		if stage == 1 {
			for _, note := range s.jobs.Raised {
				s.Log.Say("%s", note)
			}
			run = s.describe(ctx, plan)
		}
		result, seen, err := s.execute(ctx, plan, began)
		gating.Add(&run, plan.Stage, result)
		addBackend(&run, seen)
		run.Work, run.Counting = s.work, s.counting
		run.Rewrites, run.Facts, run.Timelines = s.rewrites, behaviour.Facts(s.exchanges), exchange.Timelines(s.exchanges)
		run.Elapsed = s.Now().Sub(run.Started).Seconds()
		if err != nil {
			return run, err
		}
		again, more := next(&run, result)
		if !more {
			return run, nil
		}
		again.Done, again.Warmth, again.Costs = result.Done, result.Warmth, result.Costs
		settings = again
	}
}

// once is the next of a measurement with a single stage.
func once(*bench.Run, trial.Result) (trial.Settings, bool) { return trial.Settings{}, false }

// spent is where the time of a measurement went that has taken so long: all but its
// exchanges is timing.
func (s *Session) spent(all time.Duration) *bench.Spent {
	var looks time.Duration
	for _, took := range s.looks {
		looks += took
	}
	return &bench.Spent{Counting: s.countedIn.Seconds(), Behaviours: looks.Seconds(), Timing: (all - looks).Seconds()}
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

// execute runs one plan of a measurement that began then, and leaves no gateway
// behind. It also returns what the mock
// has seen until then, without what the search for advice asks for.
func (s *Session) execute(ctx context.Context, plan trial.Schedule, began time.Time) (trial.Result, mockllm.Stats, error) {
	defer host.Undisturbed()()
	r := s.newRig()
	r.patience = s.patience // what hung in an earlier stage is not waited for as long again
	result, err := trial.Run(ctx, plan, r, s.Now, func(p trial.Progress) {
		p.Elapsed = s.Now().Sub(began)
		s.Log.Progress(p)
	})
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
	stopping := s.Now()
	err = errors.Join(err, r.stop(context.WithoutCancel(ctx)))
	result.Costs.Stopped(s.Now().Sub(stopping))
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
