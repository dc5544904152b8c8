package report

import (
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/charts"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/summary"
)

// sections are all parts of a document in their order. Each returns an empty
// section where it has nothing to say.
var sections = []func(*builder) document.Section{
	(*builder).failure,
	(*builder).changes,
	(*builder).changeMap,
	(*builder).causes,
	(*builder).inBase,
	(*builder).failedRequests,
	(*builder).groups,
	(*builder).comparisons,
	(*builder).resolutions,
	(*builder).rule,
	(*builder).measured,
	(*builder).scenarios,
	(*builder).growth,
	(*builder).openLoop,
	(*builder).probes,
	(*builder).cost,
	(*builder).history,
	(*builder).caveats,
	(*builder).conditions,
	(*builder).reproduction,
}

// Build words a report. A report without an outcome and without a failure is of
// a run that nothing was decided about.
func Build(r Report) document.Document {
	b := newBuilder(r)
	d := b.headline()
	for _, section := range sections {
		b.notes = notes{}
		if s := section(b); !s.Empty() {
			d.Sections = append(d.Sections, s)
		}
	}
	return d
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
	charts.Run
	run      bench.Run
	context  Context
	rows     []row
	cells    map[string]bench.Scenario // by ID
	outcomes map[string]bench.Outcome  // by scenario
	failures map[bench.Arm]int         // requests that failed in valid rounds
	notes    notes                     // of the section that is being built
}

func newBuilder(r Report) *builder {
	b := &builder{
		Verdict: r.Verdict, Run: charts.Run{Rounds: summary.NewIndex(r.Run.Rounds)}, run: r.Run, context: r.Context,
		cells: make(map[string]bench.Scenario), outcomes: make(map[string]bench.Outcome), failures: make(map[bench.Arm]int),
	}
	for _, arm := range []bench.Arm{bench.Direct, bench.Base, bench.Head} {
		if slices.Contains(r.Run.Plan.Arms, arm) {
			b.Arms = append(b.Arms, arm)
		}
	}
	for _, c := range r.Run.Scenarios {
		b.cells[c.ID] = c.Scenario
		at := row{c.Scenario, b.Rounds}
		b.rows, b.Suite = append(b.rows, at), append(b.Suite, c.Scenario)
		for _, arm := range b.Arms {
			n, _ := at.errors(arm)
			b.failures[arm] += n
		}
	}
	for _, s := range r.Verdict.Scenarios {
		b.outcomes[s.Scenario] = s.Outcome
	}
	return b
}

// failed is true when there is no verdict because a step failed.
func (b *builder) failed() bool { return b.context.Failure != nil }

// measuredOnly is true when nothing was compared: the measured figures are then
// what a reader came for.
func (b *builder) measuredOnly() bool { return b.Outcome == "" && !b.failed() }

// rank is the rank of a section on measured figures: of a comparison they are
// beside the point.
func (b *builder) rank(compared document.Rank) document.Rank {
	switch {
	case b.measuredOnly():
		return document.Always
	case b.Outcome == bench.NoBaseline:
		return min(compared, document.Folded)
	default:
		return compared
	}
}

// partial is true for a run that measured, and not all it was meant to.
func (b *builder) partial() bool {
	return !b.run.Validity.Complete && (!b.failed() || len(b.run.Rounds) > 0)
}

// about names what a line is about: the arm only where there are two.
func (b *builder) about(what string, arm bench.Arm) string {
	if b.Paired() {
		return what + ", " + plain.Brief(string(arm))
	}
	return what
}

// through is the scenario that the title names, else the suite's first.
func (b *builder) through() bench.Scenario {
	if rows := b.telling(b.withOutcome(b.Outcome)); len(rows) > 0 {
		if s, ok := b.cells[rows[0].Scenario]; ok {
			return s
		}
	}
	return b.rows[0].Scenario
}

func (b *builder) has(arm bench.Arm) bool { return slices.Contains(b.Arms, arm) }

func (b *builder) modes() []bench.Mode {
	var all []bench.Mode
	for _, r := range b.rows {
		if !slices.Contains(all, r.Mode) {
			all = append(all, r.Mode)
		}
	}
	return all
}
