package report

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// row is one scenario with its rounds.
type row struct {
	bench.Scenario
	rounds []bench.Round
}

// figure is a number of a row, or why there is none.
type figure struct {
	value float64
	ok    bool
	gap   gap // also set for a number that some rounds could not contribute to
}

// gap is a reason for a missing number. Gaps with the same key are one note.
type gap struct{ key, text string }

// rowsOf gives every scenario its rounds, in the order of the run.
func rowsOf(run bench.Run) []row {
	byScenario := make(map[string][]bench.Round)
	for _, r := range run.Rounds {
		byScenario[r.Scenario] = append(byScenario[r.Scenario], r)
	}
	rows := make([]row, 0, len(run.Scenarios))
	for _, c := range run.Scenarios {
		rows = append(rows, row{c.Scenario, byScenario[c.Scenario.ID()]})
	}
	return rows
}

// value is the median over the valid rounds.
func (r row) value(arm bench.Arm, m bench.Metric) figure {
	return middle(summary.Values(r.rounds, r.ID(), arm, m), r.gap(arm, m))
}

// overhead is the median over the rounds of proxied minus direct.
func (r row) overhead(arm bench.Arm, m bench.Metric) figure {
	return middle(summary.Overheads(r.rounds, r.ID(), arm, m), r.overheadGap(arm, m))
}

// overheadSpread is half the range of the middle 80 % of the rounds' overheads.
func (r row) overheadSpread(arm bench.Arm, m bench.Metric) figure {
	return halfRange(summary.Overheads(r.rounds, r.ID(), arm, m), r.overheadGap(arm, m))
}

// valueSpread is the same of the values themselves.
func (r row) valueSpread(arm bench.Arm, m bench.Metric) figure {
	return halfRange(summary.Values(r.rounds, r.ID(), arm, m), r.gap(arm, m))
}

func middle(values []float64, g gap) figure {
	s, ok := summary.SpreadOf(values)
	return figure{value: s.Median, ok: ok, gap: g}
}

func halfRange(values []float64, g gap) figure {
	if len(values) == 1 {
		return figure{gap: gap{"one round", "one round has no spread; ± needs two"}}
	}
	s, ok := summary.SpreadOf(values)
	return figure{value: (s.High - s.Low) / 2, ok: ok, gap: g}
}

// over divides two figures. Only amounts above zero have a ratio that means
// anything: an overhead can be negative.
func over(head, base figure) figure {
	switch {
	case !head.ok:
		return figure{gap: head.gap}
	case !base.ok:
		return figure{gap: base.gap}
	case head.value <= 0 || base.value <= 0:
		return figure{gap: gap{"ratio", "no ratio of amounts that are not both above zero"}}
	default:
		return figure{value: head.value / base.value, ok: true}
	}
}

// gap says why a round of arm lacks m; it is empty when none does.
func (r row) gap(arm bench.Arm, m bench.Metric) gap {
	seen, void := 0, ""
	for _, round := range r.rounds {
		switch {
		case round.Arm != arm:
		case round.Void != "":
			void = round.Void
		default:
			seen++
			if _, ok := round.Metrics[m]; !ok {
				return r.metricGap(round, m)
			}
		}
	}
	switch {
	case seen > 0:
		return gap{}
	case void != "":
		return gap{"void", fmt.Sprintf("every round is void, the last for: %s", void)}
	default:
		return gap{"unmeasured " + string(arm), fmt.Sprintf("not measured: no whole round of %s", arm)}
	}
}

func (r row) metricGap(round bench.Round, m bench.Metric) gap {
	reason := round.Omitted[m]
	if reason == "" {
		reason = "the run does not say why"
	}
	what := string(m)
	if d, ok := m.Describe(); ok {
		what = d.Text
	}
	return gap{
		key:  fmt.Sprintf("left %s %s", round.Arm, m),
		text: fmt.Sprintf("left out in some or all rounds of %s: %s (%s): %s", round.Arm, what, r.ID(), reason),
	}
}

// overheadGap is the gap of either arm, or says that they never met.
func (r row) overheadGap(arm bench.Arm, m bench.Metric) gap {
	for _, a := range []bench.Arm{arm, bench.Direct} {
		if g := r.gap(a, m); g != (gap{}) {
			return g
		}
	}
	if len(summary.Overheads(r.rounds, r.ID(), arm, m)) == 0 {
		return gap{"apart", "no round has both the direct and the proxied value"}
	}
	return gap{}
}

// errors counts the failed requests of arm in valid rounds.
func (r row) errors(arm bench.Arm) (failed int, classes map[bench.ErrorClass]int) {
	classes = make(map[bench.ErrorClass]int)
	for _, round := range r.rounds {
		if round.Arm != arm || round.Void != "" {
			continue
		}
		for class, n := range round.Errors {
			classes[class] += n
			failed += n
		}
	}
	return failed, classes
}
