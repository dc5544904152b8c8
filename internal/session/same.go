package session

import (
	"context"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/program"
	"github.com/org/proxy-bench-action/internal/trial"
)

// difference says how head is another program than base, or may be; empty: it is none.
// Both are sent the requests of head's configuration, and have the same mock.
func (s *Session) difference(ctx context.Context, base Base, config string) string {
	head := s.sides[bench.Head]
	sides := program.Sides{
		Base: base.side.Recipe, Head: head.Recipe, BaseDir: base.side.dir, BaseCommit: base.Info.SHA,
		Config: config, Git: s.Sandbox.Git,
	}
	if base.Info.Source == bench.SourceBundle {
		sides.Unpacked = base.Stored.Bundle
	}
	sides.Carried, sides.CarriedWhy = baseline.Carried(head.Recipe, head.dir)
	return program.Difference(ctx, sides)
}

// unmeasured is the run of a gate that has nothing to measure.
func (s *Session) unmeasured(ctx context.Context, base Base) (bench.Run, error) {
	settings := s.gateSettings()
	settings.Arms, settings.Seed = s.arms(), s.Config.Measure.Seed
	plan, err := trial.NewSchedule(settings)
	if err != nil {
		return bench.Run{}, err
	}
	run := s.describe(ctx, plan)
	run.Policy, run.Base, run.SameProgram = &s.Config.Gate.Policy, &base.Info, true
	run.Plan.Rounds = 0
	run.Validity = bench.Validity{Complete: true, Ceiling: map[string]float64{}}
	run.Elapsed = s.Now().Sub(run.Started).Seconds()
	return run, nil
}
