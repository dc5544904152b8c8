package session

import (
	"context"
	"errors"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/attempt"
	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/gating"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/openloop"
	"github.com/org/proxy-bench-action/internal/trial"
)

// Result is what a gate has come to.
type Result struct {
	Run     bench.Run
	Base    Base
	Verdict bench.Verdict
	Notes   []string // for the report
	// Identity is that of the gateway, for the baseline; nil: it is not known.
	Identity *baseline.Identity
}

// Gate builds head, chooses a base, measures both and decides. With an error the
// run holds what was measured before it, marked incomplete.
func (s *Session) Gate(ctx context.Context, from BaseSources) (r Result, err error) {
	defer func() { err = s.ended(ctx, &r.Run, err) }()
	if err := s.enoughFiles(2, false); err != nil {
		return r, err
	}
	if err := s.own(&from); err != nil {
		return r, err
	}
	head := side{Recipe: s.Config.Gateway}
	c := choice{Session: s, BaseSources: from, began: s.Now()}
	if err := s.build(ctx, bench.Head, head); err != nil {
		return r, err
	}
	s.sides[bench.Head] = head
	defer func() { err = errors.Join(err, c.close(ctx)) }()
	if r.Base, err = c.choose(ctx); err != nil {
		return r, err
	}
	if r, err = s.beside(ctx, r.Base, from); err != nil || s.shard() || !suspected(r) {
		return r, err
	}
	return c.again(ctx, r)
}

// beside measures head beside a base and decides.
func (s *Session) beside(ctx context.Context, base Base, from BaseSources) (r Result, err error) {
	r.Base = base
	same := false
	if r.Base.side != nil {
		s.sides[bench.Base] = *r.Base.side
		if how := s.difference(ctx, r.Base, from.Config); how != "" {
			s.Log.Say("base and head count as two programs: %s", how)
		} else if same = true; !s.Config.Measure.Same {
			r.Run, err = s.unmeasured(ctx, r.Base)
			s.decide(&r)
			return r, err
		} else {
			s.Log.Say("base and head are the same program, and are measured all the same")
		}
	}
	s.Log.Group("measure, in at most " + s.Config.Measure.TimeBudget.String())
	r.Run, err = s.gateRun(ctx, r.Base, from.Attempts)
	r.Run.SameProgram = same
	err = s.harm(r, err)
	if err == nil {
		r.Run, r.Notes = from.Attempts.Pool(r.Run)
		for _, note := range r.Notes {
			s.Log.Say("%s", note)
		}
	}
	s.Log.EndGroup()
	if err != nil {
		return r, err
	}
	s.decide(&r)
	return r, nil
}

// Sides says what Measure drives beside the direct path, and what it does after
// the rounds.
type Sides struct {
	Base     *bench.Recipe      // nil: only head
	OpenLoop *openloop.Settings // nil: no open loop
}

// Measure builds head, and base if there is one, and drives them: in rounds,
// and by an open loop if one is asked for. With an error the run holds what was
// measured before it, marked incomplete.
func (s *Session) Measure(ctx context.Context, what Sides) (run bench.Run, err error) {
	defer func() { err = s.ended(ctx, &run, err) }()
	if err := s.buildSides(ctx, what); err != nil {
		return run, err
	}
	settings := s.settings()
	if settings.Budget, err = s.counted(ctx, settings.Budget); err != nil {
		return run, err
	}
	run, err = s.measure(ctx, settings, once)
	if err == nil && what.OpenLoop != nil {
		err = s.openLoop(ctx, &run, *what.OpenLoop)
	}
	return run, err
}

// buildSides takes what is driven for the sides, and builds them.
func (s *Session) buildSides(ctx context.Context, what Sides) error {
	s.sides[bench.Head] = side{Recipe: s.Config.Gateway}
	if what.Base != nil {
		s.sides[bench.Base] = side{Recipe: *what.Base}
	}
	gateways := s.arms()[1:]
	if err := s.enoughFiles(len(gateways), what.OpenLoop != nil); err != nil {
		return err
	}
	for _, arm := range gateways {
		if err := s.build(ctx, arm, s.sides[arm]); err != nil {
			return err
		}
	}
	return nil
}

// MeasureTwice builds head and drives it as base and as head, for as many process
// pairs as given if a share of the time budget has room for them. With an error the
// run holds what was measured before it, marked incomplete.
func (s *Session) MeasureTwice(ctx context.Context, pairs int, share float64) (run bench.Run, err error) {
	defer func() { err = s.ended(ctx, &run, err) }()
	if err := s.enoughFiles(2, false); err != nil {
		return run, err
	}
	same := side{Recipe: s.Config.Gateway}
	if err := s.build(ctx, bench.Head, same); err != nil {
		return run, err
	}
	s.sides[bench.Base], s.sides[bench.Head] = same, same
	s.Config.Gate.Behaviour, s.Config.Gate.Behaviours = bench.BehaviourOff, nil // a pool is of rounds alone
	p := gating.Pool{Gate: gating.Gate{Policy: s.Config.Gate.Policy, Now: s.Now, Say: s.Log.Say}, Pairs: pairs, Share: share}
	return s.measure(ctx, p.Begin(s.settings()), p.Next)
}

// settings are those of the configuration.
func (s *Session) settings() trial.Settings {
	m := s.Config.Measure
	return trial.Settings{Scenarios: s.Config.Scenarios(), Rounds: m.Rounds, Budget: m.TimeBudget}
}

// ended replaces errors after a cancellation by [host.ErrInterrupted], and marks
// a run that ended with an error as incomplete.
func (s *Session) ended(ctx context.Context, run *bench.Run, err error) error {
	if err != nil && ctx.Err() != nil {
		err = host.ErrInterrupted
	}
	if err != nil && run.Schema != "" {
		run.Validity.Complete = false
		run.Validity.Incomplete, _, _ = strings.Cut(err.Error(), "\n")
	}
	return err
}

// harm says what head answers wrongly and the base rightly. That is a finding for the
// verdict, also where it is all scenarios and ended the measurement with an error: it
// returns the errors that are none, such as that a gateway died.
func (s *Session) harm(r Result, err error) error {
	if failure, ok := errors.AsType[*trial.Failure](err); err != nil && (!ok || failure.Arm == bench.Direct) {
		return err
	}
	found := slices.DeleteFunc(slices.Clone(r.Run.Unmeasured), func(u bench.Unmeasured) bool {
		return u.Arm != bench.Head || !baseCan(r, u.Scenario)
	})
	for _, u := range found {
		s.Log.Say("head fails in %s, where base does not: %d of %d requests, %s", u.Scenario, u.Failed, u.Requests, u.Why())
	}
	switch {
	case len(found) == 0:
		return err
	case err != nil:
		s.Log.Say("%v", err)
	case len(s.output) > 0:
		s.Log.Say("last output of head:\n  | %s", strings.Join(s.output, "\n  | "))
	}
	return nil
}

// baseCan says whether the base, if there is one, does a scenario.
func baseCan(r Result, scenario string) bool {
	switch {
	case r.Base.side != nil:
		return !slices.ContainsFunc(r.Run.Unmeasured, func(u bench.Unmeasured) bool { return u.Arm == bench.Base && u.Scenario == scenario })
	case r.Base.Stored != nil:
		return r.Base.Stored.Run.Measured(scenario, bench.Head)
	}
	return false
}

// gateRun measures step by step what the decision asks for.
func (s *Session) gateRun(ctx context.Context, base Base, attempts attempt.Attempts) (bench.Run, error) {
	policy := s.Config.Gate.Policy
	settings := s.gateSettings()
	left, err := s.counted(ctx, settings.Budget)
	if err != nil {
		return bench.Run{}, err
	}
	settings.Budget = left
	next := once
	if base.side != nil {
		g := gating.Gate{Policy: policy, Now: s.Now, Say: s.Log.Say, Stage: s.Log.Stage, WithEarlier: withEarlier(base, attempts), Aside: s.aside}
		s.spread(&g)
		settings, next = g.Begin(settings), g.Next
	}
	run, err := s.measure(ctx, settings, next)
	run.Policy = &policy
	if base.Info != (bench.BaseInfo{}) {
		run.Base = &base.Info
	}
	return run, err
}

// withEarlier adds the rounds of earlier attempts to what has been measured so far.
func withEarlier(base Base, attempts attempt.Attempts) func(bench.Run) bench.Run {
	return func(run bench.Run) bench.Run {
		run.Base = &base.Info
		run, _ = attempts.Pool(run) // what cannot be added is said at the end
		return run
	}
}
