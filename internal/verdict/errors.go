package verdict

import (
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
	"github.com/org/proxy-bench-action/internal/verdict/failures"
)

func failed(e bench.ErrorRate) bool { return e.Outcome == bench.Regression }

// errorRates compares the arms wherever the head has errors: all scenarios
// together first, then one by one.
func (a analysis) errorRates(counts func(bench.Stage) bool) []bench.ErrorRate {
	rows := func(scenarios ...string) (all []summary.Row) {
		for _, id := range scenarios {
			for _, r := range a.rounds.Rows(id) {
				if counts(r.Stage) {
					all = append(all, r)
				}
			}
		}
		return all
	}
	level := failures.Level(a.Alpha) / 2
	all := failures.Judge("", rows(a.rounds.Scenarios()...), level)
	for _, s := range a.Scenarios {
		all = append(all, failures.Judge(s.ID(), rows(s.ID()), level/float64(len(a.Scenarios)))...)
	}
	return all
}
