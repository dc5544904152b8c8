package report

import (
	"slices"
	"sync"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/diagnose"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/report/machines"
	"github.com/org/proxy-bench-action/internal/report/measured"
	"github.com/org/proxy-bench-action/internal/summary"
)

// sections are all parts of a document in their order. Each returns an empty
// section where it has nothing to say.
var sections = []func(*builder) document.Section{
	(*builder).failure,
	(*builder).answer,
	(*builder).causes,
	(*builder).behaviours,
	(*builder).failedRequests,
	(*builder).changeMap,
	(*builder).changes,
	(*builder).workChanged,
	(*builder).noted,
	func(b *builder) document.Section { return machines.Section(b.run, b.Verdict) },
	(*builder).scenarios,
	(*builder).inBase,
	(*builder).behavioursTold,
	(*builder).groups,
	(*builder).comparisons,
	(*builder).resolutions,
	(*builder).rule,
	func(b *builder) document.Section { return b.NotMeasurable() },
	func(b *builder) document.Section { return b.asked(b.Overhead()) },
	func(b *builder) document.Section { return b.asked(b.behaviourFacts()) },
	(*builder).behaviourUnseen,
	(*builder).workCounts,
	func(b *builder) document.Section { return b.Rewrites() },
	func(b *builder) document.Section { return b.asked(b.growth()) },
	func(b *builder) document.Section { return b.asked(b.OpenLoop()) },
	func(b *builder) document.Section { return b.asked(b.Cost()) },
	(*builder).history,
	(*builder).caveats,
	func(b *builder) document.Section { return b.Conditions() },
	func(b *builder) document.Section { return b.Words(!b.measuredOnly()) },
	(*builder).reproduction,
	(*builder).what,
}

// unmeasured are those of a document on a gate that had nothing to measure.
var unmeasured = []func(*builder) document.Section{
	func(b *builder) document.Section { return machines.Section(b.run, b.Verdict) }, (*builder).caveats, (*builder).reproduction,
}

// Build words a report. A report without an outcome and without a failure is of
// a run that nothing was decided about.
func Build(r Report) document.Document {
	b := newBuilder(r)
	d := b.headline()
	all := sections
	if b.Verdict.SameProgram {
		all = unmeasured
	}
	for _, section := range all {
		if s := section(b); !s.Empty() {
			d.Sections = append(d.Sections, s)
		}
	}
	return d
}

// Built is a report with its document for several renderers, which is built when it is
// first asked for.
type Built struct {
	Report
	Document func() document.Document
}

// Once is the report, to be built once.
func Once(r Report) Built {
	return Built{r, sync.OnceValue(func() document.Document { return Build(r) })}
}

// mostStatus is how long the description of a commit status may be
// (https://docs.github.com/rest/commits/statuses).
const mostStatus = 140

// Line is the verdict of a report in one line of plain text of at most 140
// characters: for a status and for whoever greps.
func Line(r Report) string { return newBuilder(r).headline().Line(mostStatus) }

// builder is a report laid out for its sections.
type builder struct {
	bench.Verdict
	*measured.Run
	run     bench.Run
	context Context
	cells   map[string]bench.Scenario        // by ID
	decided map[string]bench.ScenarioVerdict // by scenario
}

func newBuilder(r Report) *builder {
	b := &builder{
		Verdict: r.Verdict, Run: measured.Of(r.Run, sideBySide(r.Verdict)), run: r.Run, context: r.Context,
		cells: make(map[string]bench.Scenario), decided: make(map[string]bench.ScenarioVerdict),
	}
	for _, c := range r.Run.Scenarios {
		b.cells[c.ID] = c.Scenario
	}
	for _, s := range r.Verdict.Scenarios {
		b.decided[s.Scenario] = s
	}
	return b
}

// sideBySide are the comparisons of gateways that shared their rounds.
func sideBySide(v bench.Verdict) []bench.Comparison {
	var all []bench.Comparison
	for _, c := range v.Comparisons {
		if c.Method == bench.MethodStratified || c.Method == bench.MethodAligned {
			all = append(all, c)
		}
	}
	return all
}

// failed is true when there is no verdict because a step failed.
func (b *builder) failed() bool { return b.context.Failure != nil }

// measuredOnly is true when nothing was compared: the measured figures are then
// what a reader came for.
func (b *builder) measuredOnly() bool { return b.Outcome == "" && !b.failed() }

// asked is a section on what was measured with the rank that it has here: of a
// comparison such figures are beside the point.
func (b *builder) asked(s document.Section) document.Section {
	switch {
	case b.failed():
		return document.Section{}
	case b.measuredOnly():
		s.Rank = document.Always
	case b.Outcome == bench.NoBaseline:
		s.Rank = min(s.Rank, document.Folded)
	}
	return s
}

// partial is true for a run that measured, and not all it was meant to.
func (b *builder) partial() bool {
	return !b.run.Validity.Complete && (!b.failed() || len(b.run.Rounds) > 0)
}

// growth finds rare stalls at either end of the step to show: a window lasts as
// long as its slowest request.
func (b *builder) growth() document.Section {
	return b.Growth(b.through, func(arm bench.Arm, q summary.Queue) bool {
		step := measured.Shown(q)
		return slices.ContainsFunc(b.Diagnoses, func(d bench.Diagnosis) bool {
			return d.Name == diagnose.RareStall.Name && (d.Arm == arm || d.Change == bench.ChangeKept) &&
				slices.ContainsFunc(b.Suite, func(s bench.Scenario) bool {
					return s.Mode == q.Mode && s.Sizes() == q.Sizes && (s.Concurrency == step.From || s.Concurrency == step.To) &&
						slices.Contains(d.Scenarios, s.ID())
				})
		})
	})
}

// through is the scenario that the title names, else the suite's first.
func (b *builder) through() bench.Scenario {
	if rows := b.withOutcome(b.Outcome); len(rows) > 0 {
		if s, ok := b.cells[rows[0].Scenario]; ok {
			return s
		}
	}
	return b.Suite[0]
}
