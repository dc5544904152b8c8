package verdict

import (
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
	"github.com/org/proxy-bench-action/internal/summary"
	"github.com/org/proxy-bench-action/internal/work"
)

// Evidence is everything that a decision is made from.
type Evidence struct {
	Scenarios []bench.Scenario
	Rounds    []bench.Round // of base, head and direct, of both stages
	Seed      uint64        // of the choice among a group's members
	Looks     []bench.Look  // made so far, in order
	// Pairs is how many process pairs the screening has; 0: as many as it is tuned for.
	Pairs int
	// OneStage is true where the time has no room for two stages: all process pairs
	// decide.
	OneStage bool
	// Attempt counts the gates of the same two commits whose rounds are here, from 1;
	// 0 is 1. All of them share one alpha.
	Attempt int
	// Budget is the time in seconds that the rounds were measured in; 0: not known.
	Budget float64
	// Unmeasured are the scenarios that are not among Scenarios, because the base or
	// both gateways could not do them.
	Unmeasured []bench.Unmeasured
	// Unable are the failures of head in scenarios that the base can do.
	Unable []bench.Unmeasured
	// Grown is by which share the work of a request grew from base to head, in the
	// scenarios where it was counted: instructions, which neither layout nor caches
	// change. It is the second witness of small changes of groups.
	Grown map[string]float64
	// Counted is what they are from.
	Counted []bench.Work
	// Facts are what exchanges with base and head show.
	Facts []bench.Fact
}

// EvidenceOf takes it from a Run in which base and head were measured side by
// side.
func EvidenceOf(run bench.Run) Evidence {
	e := Evidence{
		Rounds: run.Rounds, Seed: run.Seed, Looks: run.Looks, OneStage: run.Plan.OneStage, Budget: run.Plan.Budget,
		Attempt: 1 + len(run.Earlier), Facts: run.Facts, Counted: run.Work, Grown: work.Grown(run.Work, run.Suite()),
	}
	beside := slices.Contains(run.Plan.Arms, bench.Base) || slices.ContainsFunc(run.Rounds, func(r bench.Round) bool { return r.Arm == bench.Base })
	for _, cell := range run.Scenarios {
		base, head := failuresOf(run, cell.ID, bench.Base), failuresOf(run, cell.ID, bench.Head)
		if base != nil && !run.Measured(cell.ID, bench.Base) {
			e.Unmeasured = append(e.Unmeasured, *base)
			continue
		}
		e.Scenarios = append(e.Scenarios, cell.Scenario)
		if head != nil && beside {
			e.Unable = append(e.Unable, *head)
		}
	}
	return e
}

// failuresOf is what an arm could not do in a scenario; nil when it always could.
func failuresOf(run bench.Run, scenario string, arm bench.Arm) *bench.Unmeasured {
	i := slices.IndexFunc(run.Unmeasured, func(u bench.Unmeasured) bool { return u.Scenario == scenario && u.Arm == arm })
	if i < 0 {
		return nil
	}
	return &run.Unmeasured[i]
}

// analysis is the evidence laid out for one policy.
type analysis struct {
	bench.Policy
	Evidence
	rounds        summary.Index
	screen, fresh compare.Table
	screened      int                       // process pairs of the screening
	named         map[string]bench.Scenario // by id
}

func analyse(p bench.Policy, e Evidence) analysis {
	rounds := summary.NewIndex(e.Rounds)
	a := analysis{
		Policy: p, Evidence: e,
		rounds: rounds,
		screen: compare.At(bench.Screen, rounds),
		fresh:  compare.At(bench.Confirm, rounds),
		named:  make(map[string]bench.Scenario, len(e.Scenarios)),
	}
	a.screened = a.screen.Pairs()
	for _, s := range e.Scenarios {
		a.named[s.ID()] = s
	}
	return a
}

// gated lists the metrics of a scenario that can be regressions.
func (a analysis) gated(s bench.Scenario) compare.Wanted {
	var w compare.Wanted
	for _, g := range gates(a.Policy, s) {
		w.Decide = append(w.Decide, g.metric)
	}
	return w
}

// judges says whether a comparison can leave its scenario inconclusive. One of a
// paced stream never does: there are few of these in a round, and they are there for
// changes that nobody can miss.
func (a analysis) judges(c bench.Comparison) bool {
	return c.Metric.IsJudged() && !a.named[c.Scenario].Paced
}

// all is gated, and every other metric that was measured.
func (a analysis) all(s bench.Scenario) compare.Wanted {
	w := a.gated(s)
	w.Textbook = true
	for _, m := range a.rounds.Metrics(s.ID()) {
		if !slices.Contains(w.Decide, m) {
			w.Show = append(w.Show, m)
		}
	}
	return w
}

// judged writes the policy's part into comparisons of the scenarios' metrics.
func (a analysis) judged(all []bench.Comparison) []bench.Comparison {
	for i := range all {
		if g, ok := gateOf(a.Policy, a.named[all[i].Scenario], all[i].Metric); ok {
			g.apply(a.Floor, &all[i])
		}
	}
	return all
}
