package session

import (
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/saved"
)

// Report is what renderers are given of a gate: its result, and what it knows
// beside the rounds. failOn lists the outcomes that fail the gate, flags what has
// to be added to a gate that repeats this one.
func (g Result) Report(failOn []bench.Outcome, flags []string) report.Report {
	gate := []string{"proxy-bench", "gate"}
	if base := g.Run.Base; base != nil && base.SHA != "" {
		gate = append(gate, "--base", base.SHA)
	}
	if g.Verdict.SameProgram {
		gate = append(gate, "--measure-same")
	}
	c := report.Context{FailOn: failOn, Reproduce: strings.Join(append(gate, flags...), " "), Notes: slices.Clone(g.Notes)}
	if g.Base.Notes != "" && g.Base.Info.Source == "" {
		c.Notes = append(c.Notes, g.Base.Notes)
	}
	saved.Surround(&c, g.Run, g.Base.Stored)
	return report.Report{Run: g.Run, Verdict: g.Verdict, Context: c}
}
