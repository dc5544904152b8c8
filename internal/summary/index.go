package summary

import (
	"cmp"
	"maps"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// Index finds the rounds of a run by scenario, stage, number and arm. Void
// rounds are in it only to be counted. It is read-only, and it refers to the
// rounds that it was made of.
type Index struct{ scenarios map[string]*indexed }

type indexed struct {
	rows []Row // in the order of numbers
	void []*bench.Round
}

// Row is what was measured together in one round of one scenario. An arm that
// was not measured is nil.
type Row struct {
	Stage              bench.Stage
	Number             int
	Direct, Base, Head *bench.Round
}

// Arm is one arm's part of the round, nil if it was not measured.
func (r Row) Arm(arm bench.Arm) *bench.Round {
	switch arm {
	case bench.Direct:
		return r.Direct
	case bench.Base:
		return r.Base
	case bench.Head:
		return r.Head
	default:
		return nil
	}
}

// NewIndex makes the index. The order of rounds does not matter; of two that are
// the same round of the same arm, the later one counts.
func NewIndex(rounds []bench.Round) Index {
	type place struct {
		scenario string
		stage    bench.Stage
		number   int
	}
	x := Index{make(map[string]*indexed)}
	rows := make(map[place]int, len(rounds)/2)
	for i := range rounds {
		r := &rounds[i]
		of := x.scenarios[r.Scenario]
		if of == nil {
			of = &indexed{}
			x.scenarios[r.Scenario] = of
		}
		if r.Void != "" {
			of.void = append(of.void, r)
			continue
		}
		at := place{r.Scenario, r.Stage, r.Round}
		row, known := rows[at]
		if !known {
			row = len(of.rows)
			rows[at] = row
			of.rows = append(of.rows, Row{Stage: r.Stage, Number: r.Round})
		}
		switch row := &of.rows[row]; r.Arm {
		case bench.Direct:
			row.Direct = r
		case bench.Base:
			row.Base = r
		case bench.Head:
			row.Head = r
		}
	}
	for _, of := range x.scenarios {
		slices.SortFunc(of.rows, func(a, b Row) int {
			return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Stage, b.Stage))
		})
	}
	return x
}

// Scenarios lists the names of those that have rounds, sorted.
func (x Index) Scenarios() []string { return slices.Sorted(maps.Keys(x.scenarios)) }

// Rows has the valid rounds of a scenario, of all stages, in the order of their
// numbers. It must not be modified.
func (x Index) Rows(scenario string) []Row {
	if of := x.scenarios[scenario]; of != nil {
		return of.rows
	}
	return nil
}

// Void has the void rounds of all arms of a scenario, in the order of the run.
func (x Index) Void(scenario string) []*bench.Round {
	if of := x.scenarios[scenario]; of != nil {
		return of.void
	}
	return nil
}

// Of has the valid rounds of one arm of a scenario, of all stages, in the order
// of their numbers.
func (x Index) Of(scenario string, arm bench.Arm) []*bench.Round {
	var all []*bench.Round
	for _, row := range x.Rows(scenario) {
		if r := row.Arm(arm); r != nil {
			all = append(all, r)
		}
	}
	return all
}

// Has is true when an arm has a valid round in any scenario.
func (x Index) Has(arm bench.Arm) bool {
	for scenario := range x.scenarios {
		if len(x.Of(scenario, arm)) > 0 {
			return true
		}
	}
	return false
}

// Metrics lists the metrics that any round of a gateway has in a scenario, void
// ones too, by name.
func (x Index) Metrics(scenario string) []bench.Metric {
	seen := make(map[bench.Metric]bool)
	add := func(r *bench.Round) {
		if r != nil && r.Arm != bench.Direct {
			for m := range r.Metrics {
				seen[m] = true
			}
		}
	}
	for _, row := range x.Rows(scenario) {
		add(row.Base)
		add(row.Head)
	}
	for _, r := range x.Void(scenario) {
		add(r)
	}
	return slices.Sorted(maps.Keys(seen))
}

// Values has a metric of the valid rounds of one arm of a scenario, in the order
// of their numbers; a round without a value is skipped.
func (x Index) Values(scenario string, arm bench.Arm, m bench.Metric) []float64 {
	var values []float64
	for _, row := range x.Rows(scenario) {
		if r := row.Arm(arm); r != nil {
			if v, ok := r.Metrics[m]; ok {
				values = append(values, v)
			}
		}
	}
	return values
}

// Median is that of Values; ok is false without any, and when one is not a
// finite number.
func (x Index) Median(scenario string, arm bench.Arm, m bench.Metric) (median float64, ok bool) {
	median, err := stats.Median(x.Values(scenario, arm, m))
	return median, err == nil
}

// Overheads has what the arm adds to a metric in each valid round of a scenario,
// see [Row.Overhead], in the order of their numbers.
func (x Index) Overheads(scenario string, arm bench.Arm, m bench.Metric) []float64 {
	var values []float64
	for _, row := range x.Rows(scenario) {
		if v, ok := row.Overhead(arm, m); ok {
			values = append(values, v)
		}
	}
	return values
}

// Overhead is what the gateway adds to a metric: proxied minus direct of the same
// round, in the metric's unit, for across rounds it would be drift. It can be
// negative. ok is false when one of them has no value.
func (r Row) Overhead(arm bench.Arm, m bench.Metric) (overhead float64, ok bool) {
	proxied := r.Arm(arm)
	if proxied == nil || r.Direct == nil {
		return 0, false
	}
	p, ok := proxied.Metrics[m]
	if !ok {
		return 0, false
	}
	d, ok := r.Direct.Metrics[m]
	return p - d, ok
}

// CountRounds counts the rounds of the trial, each of which is many in the
// run: one for every arm of every scenario.
func CountRounds(rounds []bench.Round) (valid, void int) {
	isVoid := make(map[int]bool)
	for _, r := range rounds {
		isVoid[r.Round] = isVoid[r.Round] || r.Void != ""
	}
	for _, v := range isVoid {
		if v {
			void++
		}
	}
	return len(isVoid) - void, void
}
