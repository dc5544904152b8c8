package report

import (
	"cmp"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/summary"
)

// sections are all parts of a document in their order. Each returns an empty
// section where it has nothing to say.
var sections = []func(*builder) Section{
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
func Build(r Report) Document {
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

// builder is a report laid out for its sections.
type builder struct {
	bench.Verdict
	run      bench.Run
	context  Context
	rows     []row
	arms     []bench.Arm               // in the order direct, base, head
	gateways []bench.Arm               // arms without direct
	cells    map[string]bench.Scenario // by ID
	outcomes map[string]bench.Outcome  // by scenario
	failures map[bench.Arm]int         // requests that failed in valid rounds
	suite    []bench.Scenario
	notes    notes // of the section that is being built
}

func newBuilder(r Report) *builder {
	b := &builder{
		Verdict: r.Verdict, run: r.Run, context: r.Context,
		cells: make(map[string]bench.Scenario), outcomes: make(map[string]bench.Outcome),
		failures: make(map[bench.Arm]int),
	}
	for _, arm := range []bench.Arm{bench.Direct, bench.Base, bench.Head} {
		if !slices.Contains(r.Run.Plan.Arms, arm) {
			continue
		}
		b.arms = append(b.arms, arm)
		if arm != bench.Direct {
			b.gateways = append(b.gateways, arm)
		}
	}
	rounds := summary.NewIndex(r.Run.Rounds)
	for _, c := range r.Run.Scenarios {
		b.cells[c.ID] = c.Scenario
		b.rows, b.suite = append(b.rows, row{c.Scenario, rounds}), append(b.suite, c.Scenario)
	}
	for _, arm := range b.arms {
		for _, r := range b.rows {
			n, _ := r.errors(arm)
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
func (b *builder) rank(compared Rank) Rank {
	switch {
	case b.measuredOnly():
		return Always
	case b.Outcome == bench.NoBaseline:
		return min(compared, Folded)
	default:
		return compared
	}
}

// partial is true for a run that measured, and not all it was meant to.
func (b *builder) partial() bool {
	return !b.run.Validity.Complete && (!b.failed() || len(b.run.Rounds) > 0)
}

// incomplete says why the run is not complete.
func (b *builder) incomplete() string {
	return cmp.Or(b.run.Validity.Incomplete, "the run does not say why")
}

func (b *builder) has(arm bench.Arm) bool { return slices.Contains(b.arms, arm) }

// paired is true when base and head were both measured here.
func (b *builder) paired() bool { return len(b.gateways) > 1 }

// role names an arm as a column does: one gateway alone is "proxied".
func (b *builder) role(arm bench.Arm) string {
	if arm != bench.Direct && !b.paired() {
		return "proxied"
	}
	return plain.Brief(string(arm))
}

// about names what a line is about: the arm only where there are two.
func (b *builder) about(what string, arm bench.Arm) string {
	if b.paired() {
		return what + ", " + plain.Brief(string(arm))
	}
	return what
}

// index finds the rounds of the run.
func (b *builder) index() summary.Index {
	if len(b.rows) == 0 {
		return summary.Index{}
	}
	return b.rows[0].rounds
}

func (b *builder) modes() []bench.Mode {
	var all []bench.Mode
	for _, r := range b.rows {
		if !slices.Contains(all, r.Mode) {
			all = append(all, r.Mode)
		}
	}
	return all
}

func (b *builder) rowsIn(mode bench.Mode) []row {
	return slices.DeleteFunc(slices.Clone(b.rows), func(r row) bool { return r.Mode != mode })
}
