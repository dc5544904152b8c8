package gating

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/trial"
)

// plan chooses what fits the budget, and says what does not.
func (g *Gate) plan(run *bench.Run) {
	offer := trial.Offer{Suite: run.Suite(), Costs: g.costs, Budget: g.budget, Left: g.left(), Machines: g.Machines}
	g.kept = slices.Clone(run.Scenarios)
	if g.asked > 0 {
		// Who names a number gets the whole suite, as far as the time goes.
		g.fit = trial.Fit{Cycles: trial.DefaultCycles, Sharing: 1, Pairs: 1 + g.costs.Pairs(offer.Left, offer.Suite, trial.DefaultCycles, 1)}
		g.fit.OneStage = g.OneStage || g.fit.Pairs < g.asked+trial.FewestPairs
		run.Plan.OneStage = g.fit.OneStage
		return
	}
	g.fit = offer.Fit()
	g.fit.OneStage = g.fit.OneStage || g.OneStage
	run.Plan.OneStage, run.Plan.Restart, run.Plan.SlicesPer = g.fit.OneStage, g.fit.Sharing, 2*g.fit.Cycles
	g.leaveOut(run, g.fit.LeftOut)
	if n := len(g.fit.LeftOut); n > 0 {
		g.Say("left out: %d of %d scenarios, for which a time budget of %s has no room: %s; %d process pairs of all of them take about --time-budget=%s",
			n, len(offer.Suite), figures.Length(g.budget.Seconds()), listed(g.fit.LeftOut), trial.WantedPairs, figures.Length(inFull(offer.Takes(trial.WantedPairs, offer.Suite))))
	}
	switch {
	case g.fit.Pairs < offer.Fewest():
		g.tooFew(run, offer)
	case g.fit.OneStage && !g.OneStage:
		g.Say("the time budget has room for %d process pairs, too few for two stages: all of them decide", g.fit.Pairs)
	}
}

// leaveOut drops scenarios from a run, with what the first process pair has shown of
// them; but not those that an arm failed in, which is found already.
func (g *Gate) leaveOut(run *bench.Run, scenarios []bench.Scenario) {
	out := map[string]bool{}
	for _, s := range scenarios {
		id := s.ID()
		g.kept = slices.DeleteFunc(g.kept, func(c bench.Cell) bool { return c.ID == id })
		if slices.ContainsFunc(run.Unmeasured, func(u bench.Unmeasured) bool { return u.Scenario == id }) {
			continue
		}
		out[id] = true
		delete(run.Validity.Ceiling, id)
		run.Plan.LeftOut = append(run.Plan.LeftOut, id)
	}
	run.Scenarios = slices.DeleteFunc(run.Scenarios, func(c bench.Cell) bool { return out[c.ID] })
	run.Rounds = slices.DeleteFunc(run.Rounds, func(r bench.Round) bool { return out[r.Scenario] })
}

// tooFew says what it would take to decide.
func (g *Gate) tooFew(run *bench.Run, o trial.Offer) {
	takes := figures.Length(inFull(o.Takes(o.Fewest(), g.fit.Kept)))
	warning := fmt.Sprintf("time budget: %s has room for %s, since one takes %s, %s of it to start; %d are the fewest that decide, and take --time-budget=%s",
		figures.Length(g.budget.Seconds()), figures.Counted(g.fit.Pairs, "process pair"), tenths(g.costs.Pair(g.fit.Kept, trial.DefaultCycles, 1)), tenths(g.costs.Start()), o.Fewest(), takes)
	run.Validity.Warnings = append(run.Validity.Warnings, warning)
	g.Say("%s", warning)
}

// inFull is a budget with the reserve, in seconds, rounded up to what people would
// write.
func inFull(d time.Duration) float64 {
	d = time.Duration(float64(d) / (1 - reserve))
	unit := 10 * time.Second
	if d > 10*time.Minute {
		unit = time.Minute
	}
	return ((d + unit - 1) / unit * unit).Seconds()
}

func tenths(d time.Duration) time.Duration { return d.Round(100 * time.Millisecond) }

// listed names a few scenarios, and counts the rest.
func listed(all []bench.Scenario) string {
	const named = 4
	var ids []string
	for _, s := range all[:min(named, len(all))] {
		ids = append(ids, s.ID())
	}
	if more := len(all) - len(ids); more > 0 {
		return fmt.Sprintf("%s and %d more", strings.Join(ids, ", "), more)
	}
	return strings.Join(ids, ", ")
}
