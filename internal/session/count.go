package session

import (
	"context"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/count"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/trial"
)

// Count builds head, and base if there is one, and counts what a request costs them.
// Nothing is timed. With an error the run holds what was counted before it, marked
// incomplete.
func (s *Session) Count(ctx context.Context, what Sides, within time.Duration) (run bench.Run, err error) {
	defer func() { err = s.ended(ctx, &run, err) }()
	began := s.Now()
	if err := s.buildSides(ctx, what); err != nil {
		return run, err
	}
	plan, err := trial.NewSchedule(trial.Settings{Arms: s.arms(), Seed: s.Config.Measure.Seed, Scenarios: s.toCount()})
	if err != nil {
		return run, err
	}
	for _, note := range s.jobs.Raised {
		s.Log.Say("%s", note)
	}
	run = s.describe(ctx, plan)
	run.Validity.Complete = true
	err = s.countSurely(ctx, within)
	run.Work, run.Counting = s.work, s.counting
	run.Elapsed = s.Now().Sub(began).Seconds()
	return run, err
}

// toCount are the scenarios that are counted: of each mode the smallest and the largest
// body of the suite, one request at a time.
func (s *Session) toCount() (cells []bench.Scenario) {
	for _, mode := range s.Config.Suite.Modes {
		for _, size := range []bench.Size{slices.Min(s.Config.Suite.Body), slices.Max(s.Config.Suite.Body)} {
			cell := bench.Scenario{Mode: mode, Concurrency: 1, BodyBytes: int(size)}
			if !slices.Contains(cells, cell) {
				cells = append(cells, cell)
			}
		}
	}
	return cells
}

// count counts what requests of some scenarios cost the sides, with their n-th processes.
func (s *Session) count(ctx context.Context, process int, cells []bench.Scenario, within time.Duration) error {
	plan := count.Plan{Process: process, Within: within, Tools: count.Find(ctx, s.Sandbox.Program), Say: s.Log.Say}
	for _, scenario := range cells {
		jobs, err := s.jobs.Of(scenario)
		if err != nil {
			return err
		}
		plan.Cells = append(plan.Cells, count.Cell{Scenario: scenario, Jobs: jobs})
	}
	var subjects []count.Subject
	for _, arm := range s.arms()[1:] {
		subjects = append(subjects, count.Subject{
			Arm: arm, Client: s.client(arm),
			Spec: func() (gateway.Spec, error) { return s.spec(arm, s.sides[arm], s.mock, "count") },
		})
	}
	work, counting, err := count.Gateways(ctx, subjects, plan)
	s.work, s.counting = append(s.work, work...), &counting
	return err
}
