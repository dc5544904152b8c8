package session

import (
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
	"github.com/org/proxy-bench-action/internal/history"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// Report is what renderers are given of a gate: its result, and what it knows
// beside the rounds. failOn lists the outcomes that fail the gate, flags what has
// to be added to a gate that repeats this one.
func (g Result) Report(failOn []bench.Outcome, flags []string) report.Report {
	gate := []string{"proxy-bench", "gate"}
	if base := g.Run.Base; base != nil && base.SHA != "" {
		gate = append(gate, "--base-ref", base.SHA)
	}
	if g.Verdict.SameProgram {
		gate = append(gate, "--measure-same")
	}
	c := report.Context{FailOn: failOn, Reproduce: strings.Join(append(gate, flags...), " "), Notes: slices.Clone(g.Notes)}
	if g.Base.Notes != "" && g.Base.Info.Source == "" {
		c.Notes = append(c.Notes, g.Base.Notes)
	}
	if note := compare.Toolchains(g.Run); note != "" {
		c.Notes = append(c.Notes, note)
	}
	if stored := g.Base.Stored; stored != nil {
		c.History = historyPoints(history.Alike(stored.History, g.Run))
		c.ChangePoints = changePoints(stored.History, g.Run)
		if note := compare.Doubt(stored.Run, g.Run); note != "" {
			if g.Base.Info.Source != bench.SourceStored {
				note += "; both builds were measured here, alike, so the baseline's gateway is used and only its numbers and the history of main are not comparable"
			}
			c.Notes = append(c.Notes, note)
		}
	}
	return report.Report{Run: g.Run, Verdict: g.Verdict, Context: c}
}

func historyPoints(entries []history.Entry) []report.HistoryPoint {
	var all []report.HistoryPoint
	for _, e := range entries {
		p := report.HistoryPoint{SHA: e.SHA, Started: e.Started, CPUModel: e.CPUModel, Overhead: map[string]map[bench.Metric]float64{}}
		for scenario, values := range e.Scenarios {
			p.Overhead[scenario] = map[bench.Metric]float64{}
			for m, v := range values {
				p.Overhead[scenario][m] = v.Overhead
			}
		}
		all = append(all, p)
	}
	return all
}

// changePoints are where main has drifted by more than the policy would let a
// single pull request.
func changePoints(entries []history.Entry, run bench.Run) []history.ChangePoint {
	if run.Policy == nil {
		return nil
	}
	p := *run.Policy
	scenarios := map[string]bench.Scenario{}
	for _, cell := range run.Scenarios {
		scenarios[cell.ID] = cell.Scenario
	}
	limit := func(scenario string, m bench.Metric) history.Limit {
		return history.Limit{Share: verdict.ThresholdOf(p, scenarios[scenario], m), Floor: p.Floor}
	}
	return history.Drift(entries, history.NewEntry(run), limit)
}
