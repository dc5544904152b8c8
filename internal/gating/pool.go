package gating

import (
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/trial"
)

// Pool is a measurement of process pairs from which a calibration draws its gates. It
// keeps of the suite what a gate with the same time budget would, and shapes its
// rounds alike.
type Pool struct {
	Gate  Gate
	Pairs int // that are wanted
	// Share is the share of the time budget for measuring. Where it has room for few
	// pairs, longShare is: gates of few scenarios are made quickly.
	Share float64
}

const longShare = 0.9

// Begin is the first process pair of what the settings ask of a gate.
func (p *Pool) Begin(s trial.Settings) trial.Settings { return p.Gate.Begin(s) }

// Next is the rest of the process pairs that there is time for; false after them.
func (p *Pool) Next(run *bench.Run, result trial.Result) (trial.Settings, bool) {
	g := &p.Gate
	if g.kept != nil {
		return trial.Settings{}, false
	}
	g.costs = result.Costs
	g.plan(run)
	scenarios, before := g.drivable(*run, nil), pairsOf(*run, bench.Screen)
	budget := p.left(p.Share)
	pairs := g.costs.Pairs(budget, scenarios, g.fit.Cycles, g.fit.Sharing)
	if before+pairs < trial.WantedPairs {
		budget = p.left(longShare)
		pairs = g.costs.Pairs(budget, scenarios, g.fit.Cycles, g.fit.Sharing)
	}
	pairs = min(pairs, p.Pairs-before)
	run.Plan.Rounds = (before + max(0, pairs)) * g.fit.Sharing
	if pairs <= 0 || len(scenarios) == 0 {
		return trial.Settings{}, false
	}
	g.step.Look.Stage = bench.Screen
	s := g.settings(before, pairs, scenarios)
	s.Budget = budget
	return s, true
}

// left is what is left of a share of the time budget.
func (p *Pool) left(share float64) time.Duration {
	g := &p.Gate
	return g.deadline.Sub(g.Now()) - time.Duration((1-share)*float64(g.budget))
}
