package compare

import (
	"fmt"
	"iter"
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// Table is the rounds of one stage. It keeps what it has found out of them, which a decision
// asks for several times. It is for one goroutine at a time.
type Table struct {
	stage      bench.Stage
	rounds     summary.Index
	pairs      map[pairedKey]*paired
	candidates map[candidateKey]*candidate
	groups     map[string]bench.Group
}

type pairedKey struct {
	scenario string
	metric   bench.Metric
}

type candidateKey struct {
	scenario bench.Scenario
	metric   bench.Metric
	delta    float64
}

// At takes the rounds of a stage.
func At(stage bench.Stage, rounds summary.Index) Table {
	return Table{stage, rounds, map[pairedKey]*paired{}, map[candidateKey]*candidate{}, map[string]bench.Group{}}
}

// rows are the valid rounds of a scenario.
func (t Table) rows(scenario string) iter.Seq[summary.Row] {
	return func(yield func(summary.Row) bool) {
		for _, r := range t.rounds.Rows(scenario) {
			if r.Stage == t.stage && !yield(r) {
				return
			}
		}
	}
}

// Has is true when any arm of a scenario has a valid round.
func (t Table) Has(scenario string) bool {
	for range t.rows(scenario) {
		return true
	}
	return false
}

// Rounds is the number of valid rounds with base and head, of the scenario that
// has most of them.
func (t Table) Rounds() int {
	return t.most(func(r summary.Row) pairID { return pairID{round: r.Number} })
}

// Pairs is the number of process pairs with such a round, of the scenario that has
// most of them.
func (t Table) Pairs() int { return t.most(idOf) }

// most counts what differs in the rounds with base and head, in the scenario that
// has most of it.
func (t Table) most(what func(summary.Row) pairID) int {
	largest := 0
	for _, scenario := range t.rounds.Scenarios() {
		seen := make(map[pairID]bool)
		for r := range t.rows(scenario) {
			if r.Base != nil && r.Head != nil {
				seen[what(r)] = true
			}
		}
		largest = max(largest, len(seen))
	}
	return largest
}

// void counts the rounds of a scenario that are void.
func (t Table) void(scenario string) int {
	n := 0
	for _, r := range t.rounds.Void(scenario) {
		if r.Stage == t.stage && r.Arm == bench.Head {
			n++
		}
	}
	return n
}

// value is a round's figure for m; reason says why there is none.
func value(r *bench.Round, arm bench.Arm, m bench.Metric) (v float64, reason string) {
	if r == nil {
		return 0, fmt.Sprintf("%s was not measured", arm)
	}
	v, ok := r.Metrics[m]
	switch {
	case !ok && r.Omitted[m] != "":
		return 0, fmt.Sprintf("%s %s", arm, r.Omitted[m])
	case !ok && r.Requests == 0:
		return 0, fmt.Sprintf("no request was answered rightly by %s", arm)
	case !ok:
		return 0, fmt.Sprintf("%s has no %s", arm, m)
	case math.IsNaN(v) || math.IsInf(v, 0):
		return 0, fmt.Sprintf("%s is not a finite number for %s", m, arm)
	}
	return v, ""
}

// Wanted is what to compare in a scenario. Decide gets every figure; Show has
// no one-sided limits, no p of better and no textbook p, which together cost
// more than the rest and are asked of dozens of metrics.
type Wanted struct {
	Decide, Show []bench.Metric
	// Textbook asks for the textbook p of Decide, which is only shown: a look between
	// two steps of a gate has no use for it.
	Textbook bool
}

// SideBySide compares base and head where they shared their rounds: in every
// scenario the metrics that wanted lists for it, in that order. delta is the
// share of the overhead, or of the value where there is no direct arm, up to which
// a change is put down to code layout; the tests are of a change beyond it.
//
// The unit of evidence is the process pair, however many rounds it has. The
// over-dispersion that scenarios share is taken per metric from the other
// scenarios, those of paced streams apart. For fresh rounds the screening's are handed in as earlier and
// count too: the few scenarios measured again would not know it well, and
// choosing them by their shift does not bend it. That needs equally many
// slices in both.
func (t Table) SideBySide(scenarios []bench.Scenario, delta float64, wanted func(bench.Scenario) Wanted, earlier ...Table) []bench.Comparison {
	var all []candidate
	shared := make(dispersion)
	for _, s := range scenarios {
		w := wanted(s)
		for i, m := range slices.Concat(w.Decide, w.Show) {
			c := t.candidate(s, m, delta)
			c.shownOnly, c.wantsTextbook = i >= len(w.Decide), w.Textbook
			shared.add(c)
			all = append(all, c)
			for _, e := range earlier {
				shared.add(e.candidate(s, m, delta))
			}
		}
	}
	comparisons := make([]bench.Comparison, len(all))
	for i, c := range all {
		comparisons[i] = c.comparison(shared)
	}
	return comparisons
}
