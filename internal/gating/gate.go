package gating

import (
	"fmt"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/trial"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// Gate is a gate that is measured in steps. The first process pair shows what one
// costs; from that the plan is made. It counts as the first of the first step.
type Gate struct {
	Policy bench.Policy
	Now    func() time.Time
	Say    func(format string, args ...any) // a line for people
	Stage  func(title string)               // what is measured next, in a line; nil: it is said
	// WithEarlier adds the rounds of earlier attempts to a run, which decide with its
	// own; nil without any.
	WithEarlier func(bench.Run) bench.Run
	// Aside is how long what is none of the rounds will still take; nil for nothing.
	Aside func() time.Duration
	// OneStage lets all process pairs decide, whatever there is time for: those of a
	// shard, which are not looked at before all shards are there. Machines measure the
	// same as this one, itself among them; 0: there is no other.
	OneStage bool
	Machines int

	asked    int           // process pairs of the screening, by configuration; 0: as the plan has it
	budget   time.Duration // of all steps
	deadline time.Time

	fit   trial.Fit
	costs trial.Costs
	step  verdict.Step // that was measured last; zero before the first
	kept  []bench.Cell // that are driven
	first int          // process pairs of the part before the first step
}

// Begin is the first process pair of what the settings ask for.
func (g *Gate) Begin(s trial.Settings) trial.Settings {
	g.asked, g.budget, g.deadline = s.Rounds, s.Budget, g.Now().Add(s.Budget)
	s.Rounds, s.Step, s.Scout, s.Machines = 1, true, g.asked == 0, g.Machines
	return s
}

// reserve is the share of the budget that is not planned with: a step may take longer
// than those before it.
const reserve = 1.0 / 40

// left is the time for further process pairs.
func (g *Gate) left() time.Duration {
	left := g.deadline.Sub(g.Now()) - time.Duration(reserve*float64(g.budget))
	if g.Aside != nil {
		left -= g.Aside()
	}
	return left
}

// Next notes the look at the last step and says what to measure next.
func (g *Gate) Next(run *bench.Run, result trial.Result) (trial.Settings, bool) {
	g.costs = result.Costs
	if g.kept == nil {
		g.plan(run)
		g.first = pairsOf(*run, bench.Screen)
	} else if more, fits := g.more(run); fits {
		return more, true
	} else {
		g.looked(run)
	}
	for {
		e := g.evidence(*run)
		e.Pairs = g.asked
		step, more := verdict.Next(g.Policy, e, g.room)
		if !more {
			return trial.Settings{}, false
		}
		pairs, before := step.Pairs, pairsOf(*run, step.Look.Stage)
		if len(run.Looks) == 0 {
			// Where one stage decides, the first process pair is of that stage too.
			for i := range run.Rounds {
				run.Rounds[i].Stage = step.Look.Stage
			}
			pairs, before = pairs-g.first, g.first
		}
		g.step = step
		scenarios := g.drivable(*run, step.Scenarios)
		if len(scenarios) == 0 {
			return trial.Settings{}, false
		}
		if step.Look.Stage == bench.Screen {
			run.Plan.Rounds = (before + max(0, pairs)) * g.fit.Sharing
		}
		if pairs <= 0 {
			g.looked(run)
			if step.AllDecide() && !run.Plan.OneStage {
				run.Plan.OneStage = true
				g.Say("screened: %s; no time is left to measure again: all process pairs decide", step.Reason)
			}
			continue
		}
		g.say(step, before, pairs, len(scenarios), len(run.Looks))
		return g.settings(before, pairs, scenarios), true
	}
}

// evidence is what decides so far.
func (g *Gate) evidence(run bench.Run) verdict.Evidence {
	if g.WithEarlier != nil {
		run = g.WithEarlier(run)
	}
	return verdict.EvidenceOf(run)
}

// more is further process pairs of the only stage, when those before took less time
// than was planned for.
func (g *Gate) more(run *bench.Run) (trial.Settings, bool) {
	scenarios := g.drivable(*run, nil)
	pairs := g.costs.Pairs(g.left(), scenarios, g.fit.Cycles, g.fit.Sharing)
	if !g.fit.OneStage || g.asked > 0 || pairs == 0 || len(scenarios) == 0 {
		return trial.Settings{}, false
	}
	g.step.Look.Pairs += pairs
	run.Plan.Rounds += pairs * g.fit.Sharing
	return g.settings(pairsOf(*run, g.step.Look.Stage), pairs, scenarios), true
}

// settings are those of a number of process pairs of the step, beside those before.
func (g *Gate) settings(before, pairs int, scenarios []bench.Scenario) trial.Settings {
	budget := g.deadline.Sub(g.Now())
	if g.step.Look.Stage == bench.Screen && !g.fit.OneStage {
		// Replacing void rounds must not take the time of fresh pairs.
		pair := g.costs.Pair(scenarios, g.fit.Cycles, g.fit.Sharing)
		budget = max(time.Duration(pairs)*pair, budget-trial.FewestPairs*pair)
	}
	return trial.Settings{
		Stage: g.step.Look.Stage, Rounds: pairs * g.fit.Sharing, Sharing: g.fit.Sharing, Cycles: g.fit.Cycles,
		Budget: budget, Scenarios: scenarios, Step: true, Before: before,
	}
}

// looked notes the look at the process pairs that there are now: a step can end with
// fewer than it was to have.
func (g *Gate) looked(run *bench.Run) {
	look := g.step.Look
	look.Pairs = min(look.Pairs, pairsOf(*run, look.Stage))
	run.Looks = append(run.Looks, look)
}

// pairsOf counts the process pairs of a stage that have a round that counts.
func pairsOf(run bench.Run, stage bench.Stage) int {
	seen := map[int]bool{}
	for _, r := range run.Rounds {
		if r.Arm == bench.Head && r.Stage == stage && r.Void == "" {
			seen[r.Process] = true
		}
	}
	return len(seen)
}

// room is for how many process pairs of some scenarios there is time, nil for all. Of
// all, the first one is there already.
func (g *Gate) room(ids []string) int {
	var scenarios []bench.Scenario
	for _, c := range g.kept {
		if ids == nil || slices.Contains(ids, c.ID) {
			scenarios = append(scenarios, c.Scenario)
		}
	}
	n := g.costs.Pairs(g.left(), scenarios, g.fit.Cycles, g.fit.Sharing)
	if g.step.Pairs == 0 {
		n += g.first
	}
	return n
}

// say tells what is measured now, and what for.
func (g *Gate) say(step verdict.Step, before, pairs, scenarios, looks int) {
	what := fmt.Sprintf("process pairs %d to %d of %s", before+1, before+pairs, figures.Counted(scenarios, "scenario"))
	switch {
	case g.fit.OneStage:
		what = "one stage: " + what
	case step.Look.Stage == bench.Screen:
		what = "screening: " + what
	default:
		what = fmt.Sprintf("screened: %s; measuring again on fresh process pairs: %s", step.Reason, what)
	}
	left := max(0, g.deadline.Sub(g.Now()))
	what += fmt.Sprintf(", then look %d (%s gone, at most %s left)", looks+1, (g.budget - left).Round(time.Second), left.Round(time.Second))
	if g.Stage == nil {
		g.Say("%s", what)
		return
	}
	g.Stage(what)
}

// drivable finds scenarios of a run by id, nil for all, without those that an arm could
// not do twice.
func (g *Gate) drivable(run bench.Run, ids []string) []bench.Scenario {
	var all []bench.Scenario
	for _, cell := range g.kept {
		failing := slices.ContainsFunc(run.Unmeasured, func(u bench.Unmeasured) bool { return u.Scenario == cell.ID && trial.GivesUp(u) })
		if !failing && (ids == nil || slices.Contains(ids, cell.ID)) {
			all = append(all, cell.Scenario)
		}
	}
	return all
}
