package verdict

import (
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
)

// Evidence is everything that a decision is made from.
type Evidence struct {
	Scenarios []bench.Scenario
	Rounds    []bench.Round // of base, head and direct, of both stages
	Seed      uint64        // of the choice among a group's members
}

// EvidenceOf takes it from a Run in which base and head were measured side by
// side.
func EvidenceOf(run bench.Run) Evidence {
	e := Evidence{Rounds: run.Rounds, Seed: run.Seed}
	for _, cell := range run.Scenarios {
		e.Scenarios = append(e.Scenarios, cell.Scenario)
	}
	return e
}

// analysis is the evidence laid out for one policy.
type analysis struct {
	Policy
	Evidence
	screen, fresh compare.Table
}

func analyse(p Policy, e Evidence) analysis {
	return analysis{
		Policy: p, Evidence: e,
		screen: compare.Join(e.Rounds, bench.Screen),
		fresh:  compare.Join(e.Rounds, bench.Confirm),
	}
}

// gated lists the metrics of a scenario that can be regressions.
func (a analysis) gated(s bench.Scenario) []bench.Metric {
	var all []bench.Metric
	for _, g := range a.gates(s) {
		all = append(all, g.metric)
	}
	return all
}

// shown is gated, then every other metric that was measured.
func (a analysis) shown(s bench.Scenario) []bench.Metric {
	all := a.gated(s)
	for _, m := range compare.Metrics(a.Rounds, s.ID()) {
		if _, gated := a.gateOf(s, m); !gated {
			all = append(all, m)
		}
	}
	return all
}

// judged writes the policy's part into comparisons of the scenarios' metrics.
func (a analysis) judged(all []bench.Comparison) []bench.Comparison {
	scenario := make(map[string]bench.Scenario, len(a.Scenarios))
	for _, s := range a.Scenarios {
		scenario[s.ID()] = s
	}
	for i := range all {
		if g, ok := a.gateOf(scenario[all[i].Scenario], all[i].Metric); ok {
			a.apply(g, &all[i])
		}
	}
	return all
}
