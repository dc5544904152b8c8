package compare

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Table is the valid rounds of one stage, by scenario, with both arms and the
// direct one of each round beside each other.
type Table struct {
	stage bench.Stage
	rows  map[string][]row
	void  map[string]int
}

// row is one round of one scenario; an arm that was not measured is nil.
type row struct {
	round              int
	direct, base, head *bench.Round
}

// Join lays the rounds of a stage beside each other. Void ones are left out and
// counted. The order in which they come does not matter.
func Join(rounds []bench.Round, stage bench.Stage) Table {
	t := Table{stage: stage, rows: make(map[string][]row), void: make(map[string]int)}
	type key struct {
		scenario string
		round    int
	}
	at := make(map[key]int)
	for i := range rounds {
		r := &rounds[i]
		if r.Stage != stage {
			continue
		}
		if r.Void != "" {
			if r.Arm == bench.Head {
				t.void[r.Scenario]++
			}
			continue
		}
		k := key{r.Scenario, r.Round}
		j, known := at[k]
		if !known {
			j = len(t.rows[r.Scenario])
			at[k] = j
			t.rows[r.Scenario] = append(t.rows[r.Scenario], row{round: r.Round})
		}
		switch of := &t.rows[r.Scenario][j]; r.Arm {
		case bench.Direct:
			of.direct = r
		case bench.Base:
			of.base = r
		case bench.Head:
			of.head = r
		}
	}
	for _, rows := range t.rows {
		slices.SortFunc(rows, func(a, b row) int { return cmp.Compare(a.round, b.round) })
	}
	return t
}

// Has is true when any arm of a scenario has a valid round.
func (t Table) Has(scenario string) bool { return len(t.rows[scenario]) > 0 }

// Rounds is the number of rounds in which both base and head of some scenario
// count, of the scenario that has the most.
func (t Table) Rounds() int {
	most := 0
	for _, rows := range t.rows {
		n := 0
		for _, r := range rows {
			if r.base != nil && r.head != nil {
				n++
			}
		}
		most = max(most, n)
	}
	return most
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
