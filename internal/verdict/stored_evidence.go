package verdict

import (
	"cmp"
	"fmt"

	"github.com/org/proxy-bench-action/internal/behaviour/changes"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
	"github.com/org/proxy-bench-action/internal/work"
)

// Stored is the evidence when base could not be run again.
type Stored struct {
	Scenarios  []bench.Scenario
	Base, Head compare.Side
	// History holds by scenario and metric the figures of earlier runs of main, see
	// [compare.Past]. Where it has ten of them they decide instead of Base.
	History map[string]map[bench.Metric][]float64
	// Unable are the failures of head in scenarios that the base could do.
	Unable []bench.Unmeasured
	// Doubt, such as another CPU model, allows no figure more than inconclusive;
	// Unlike, such as other requests, not even failures. Empty without one.
	Doubt, Unlike string
	Notes         []string // what could not be compared
	// Facts are those of head, and those of the base as of its own job, see
	// [changes.Stored].
	Facts   []bench.Fact
	Counted []bench.Work // of head and of the base, where both were counted alike
	Attempt int          // as in Evidence
}

// StoredOf sets a run against a base that was measured in another job, and the figures
// of the runs of main before it.
func StoredOf(run, base bench.Run, past map[string]map[bench.Metric][]float64) Stored {
	e := Stored{
		Base:    compare.NewSide(base.Rounds, bench.Head),
		Head:    compare.NewSide(run.Rounds, bench.Head),
		History: past,
		Doubt:   compare.OtherMachine(base, run),
		Unlike:  compare.Unlike(base, run),
		Attempt: 1 + len(run.Earlier),
	}
	if e.Unlike == "" {
		e.Counted = work.Beside(run, base)
	}
	e.Facts = changes.Stored(run.Facts, base.Facts, e.Unlike)
	for _, cell := range run.Scenarios {
		headFails, baseFails := failuresOf(run, cell.ID, bench.Head), failuresOf(base, cell.ID, bench.Head)
		inBase, inHead := base.Measured(cell.ID, bench.Head), run.Measured(cell.ID, bench.Head)
		switch {
		case inBase && (inHead || headFails != nil):
			e.Scenarios = append(e.Scenarios, cell.Scenario)
			if headFails != nil && baseFails == nil {
				e.Unable = append(e.Unable, *headFails)
			}
		case baseFails != nil:
			e.Notes = append(e.Notes, fmt.Sprintf("not compared: the base cannot do %s: %s", cell.ID, baseFails.Why()))
		case inHead:
			e.Notes = append(e.Notes, fmt.Sprintf("not compared: the stored run has no rounds of %s", cell.ID))
		}
	}
	return e
}

// evidence is that of failures, as if both had been measured side by side. Where they
// were asked other things, nothing is said of what head cannot do.
func (e Stored) evidence() Evidence {
	all := Evidence{Scenarios: e.Scenarios, Attempt: e.Attempt, Facts: e.Facts, Rounds: append(e.rounds(e.Base, bench.Base), e.rounds(e.Head, bench.Head)...)}
	if e.Unlike == "" {
		all.Unable = e.Unable
	}
	return all
}

// rounds are those of a side, as of another arm.
func (e Stored) rounds(of compare.Side, as bench.Arm) []bench.Round {
	var all []bench.Round
	for _, s := range e.Scenarios {
		for _, r := range of.Rounds.Of(s.ID(), of.Arm) {
			r := *r
			r.Arm, r.Stage = as, bench.Screen
			all = append(all, r)
		}
	}
	return all
}

func (e Stored) warnings() []string {
	all := append([]string{"compared with stored numbers: base was measured in another job, so small changes are not seen"}, e.Notes...)
	for _, u := range e.Unable {
		if e.Unlike != "" {
			all = append(all, fmt.Sprintf("head cannot do %s: %s; %s", u.Scenario, u.Why(), e.Unlike))
		}
	}
	return all
}

func (e Stored) doubt() string {
	return cmp.Or(e.Unlike, e.Doubt)
}
