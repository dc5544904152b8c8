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
	// pairs, longShare is: gates of few scenarios are made quickly. To have as many as
	// decide, it may be all.
	Share float64
}

const longShare = 0.9

// Begin is the first process pair of what the settings ask of a gate.
func (p *Pool) Begin(s trial.Settings) trial.Settings { return p.Gate.Begin(s) }

// Next is further process pairs, as long as there is time for them and they are
// wanted.
func (p *Pool) Next(run *bench.Run, result trial.Result) (trial.Settings, bool) {
	g := &p.Gate
	g.costs = result.Costs
	if g.kept == nil {
		g.plan(run)
		g.step.Look.Stage = bench.Screen
	}
	scenarios, before := g.drivable(*run, nil), pairsOf(*run, bench.Screen)
	if len(scenarios) == 0 {
		return trial.Settings{}, false
	}
	var budget time.Duration
	var pairs int
	for _, until := range []struct {
		share  float64
		enough int
	}{{p.Share, trial.WantedPairs}, {longShare, trial.FewestPairs}, {1, 0}} {
		budget = p.left(until.share)
		pairs = min(g.costs.Pairs(budget, scenarios, g.fit.Cycles, g.fit.Sharing), p.Pairs-before)
		if before+max(0, pairs) >= until.enough {
			break
		}
	}
	run.Plan.Rounds = (before + max(0, pairs)) * g.fit.Sharing
	s := g.settings(before, pairs, scenarios)
	s.Budget = budget
	return s, pairs > 0
}

// left is what is left of a share of the time budget.
func (p *Pool) left(share float64) time.Duration {
	g := &p.Gate
	return g.deadline.Sub(g.Now()) - time.Duration((1-share)*float64(g.budget))
}
