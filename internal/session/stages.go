package session

import (
	"cmp"
	"context"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/trial"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// screenBudgetShare is the screening's share of the time budget; the rest is for
// what it finds.
const screenBudgetShare = 0.6

// gateRun measures in stages: all scenarios first, then on fresh rounds what
// the screening found, then what may have become better, if there is time.
func (s *Session) gateRun(ctx context.Context, base Base) (bench.Run, error) {
	budget, policy := s.Config.Measure.TimeBudget, s.Config.Gate.Policy
	settings := s.settings()
	next := once
	if base.side != nil {
		settings.Rounds = cmp.Or(settings.Rounds, verdict.ScreenRounds)
		settings.Budget = time.Duration(screenBudgetShare * float64(budget))
		next = s.confirm(s.Now().Add(budget), policy)
	}
	run, err := s.measure(ctx, settings, next)
	run.Policy = &policy
	if base.Info != (bench.BaseInfo{}) {
		run.Base = &base.Info
	}
	return run, err
}

// confirm asks for fresh rounds of what the screening leaves open, and then of
// what may have improved, until the deadline.
func (s *Session) confirm(deadline time.Time, policy bench.Policy) func(bench.Run) (trial.Settings, bool) {
	stages := 0
	return func(run bench.Run) (trial.Settings, bool) {
		stages++
		found := verdict.Screen(policy, verdict.EvidenceOf(run))
		remaining := deadline.Sub(s.Now())
		settings := trial.Settings{Stage: bench.Confirm, Budget: remaining, Rounds: found.Rounds}
		switch {
		case remaining <= 0:
			return settings, false
		case stages == 1 && len(found.Confirm) > 0:
			s.Log.Say("screened: %s; measuring again on fresh rounds", found.Reason)
			settings.Scenarios = named(run, found.Confirm)
		case stages <= 2 && len(found.Improvements) > 0:
			s.Log.Say("measuring possible improvements again on fresh rounds")
			settings.Scenarios, settings.Rounds = named(run, found.Improvements), verdict.ConfirmRounds
			stages = 2
		default:
			return settings, false
		}
		return settings, true
	}
}

// named finds a run's scenarios by id.
func named(run bench.Run, ids []string) []bench.Scenario {
	var all []bench.Scenario
	for _, id := range ids {
		for _, cell := range run.Scenarios {
			if cell.ID == id {
				all = append(all, cell.Scenario)
			}
		}
	}
	return all
}
