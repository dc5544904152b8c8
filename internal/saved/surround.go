package saved

import (
	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
	"github.com/org/proxy-bench-action/internal/history"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// Surround adds to a report's context what a run was compared in: the history of main,
// out of the baseline if there is one, and what differs of the two builds or jobs beside
// the change.
func Surround(c *report.Context, run bench.Run, stored *baseline.Baseline) {
	if note := compare.Toolchains(run); note != "" {
		c.Notes = append(c.Notes, note)
	}
	if stored == nil {
		return
	}
	c.History = historyPoints(history.Alike(stored.History, run))
	c.ChangePoints = changePoints(stored.History, run)
	if note := compare.Doubt(stored.Run, run); note != "" {
		if run.Base == nil || run.Base.Source != bench.SourceStored {
			note += "; both builds were measured here, alike, so that only the baseline's numbers and the history of main are not compared"
		}
		c.Notes = append(c.Notes, note)
	}
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
