package measured

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// figure is a number of a scenario, or why there is none.
type figure struct {
	value *float64
	gap   gap // also set for a number that some rounds could not contribute to
}

// gap is a reason for a missing number. Gaps with the same key are one note.
type gap struct{ key, text string }

// measure is a figure of a scenario and arm.
type measure func(bench.Scenario, bench.Arm) figure

// value is the median of m over the valid rounds, or as it was compared, or half the
// range of the middle 80 % of the rounds.
func (run *Run) value(m bench.Metric, spread bool) measure {
	return func(s bench.Scenario, arm bench.Arm) figure {
		if v := run.ofComparison(s, arm, m); v != nil && !spread {
			return figure{v, run.gap(s, arm, m)}
		}
		return figureOf(run.Rounds.Values(s.ID(), arm, m), spread, run.gap(s, arm, m))
	}
}

// overhead is the same of proxied minus direct.
func (run *Run) overhead(m bench.Metric, spread bool) measure {
	return func(s bench.Scenario, arm bench.Arm) figure {
		values := run.Rounds.Overheads(s.ID(), arm, m)
		g := cmp.Or(run.gap(s, arm, m), run.gap(s, bench.Direct, m))
		if v := run.overheadOfComparison(s, arm, m); v != nil && !spread {
			return figure{v, g}
		}
		if len(values) == 0 {
			g = cmp.Or(g, gap{"apart", "no round has both the direct and the proxied value"})
		}
		return figureOf(values, spread, g)
	}
}

func figureOf(values []float64, spread bool, g gap) figure {
	s, ok := summary.SpreadOf(values)
	switch {
	case spread && len(values) == 1:
		return figure{gap: gap{"one round", "one round has no spread; ± needs two"}}
	case !ok:
		return figure{gap: g}
	case spread:
		return figure{new((s.High - s.Low) / 2), g}
	default:
		return figure{&s.Median, g}
	}
}

// over divides two figures. Only amounts above zero have a ratio that means
// anything: an overhead can be negative.
func over(head, base figure) figure {
	switch {
	case head.value == nil:
		return figure{gap: head.gap}
	case base.value == nil:
		return figure{gap: base.gap}
	case *head.value <= 0 || *base.value <= 0:
		return figure{gap: gap{"ratio", "no ratio of amounts that are not both above zero"}}
	default:
		return figure{value: new(*head.value / *base.value)}
	}
}

// gap says why a round of arm lacks m; it is empty when none does.
func (run *Run) gap(s bench.Scenario, arm bench.Arm, m bench.Metric) gap {
	rounds := run.Rounds.Of(s.ID(), arm)
	for _, round := range rounds {
		if _, ok := round.Metrics[m]; ok {
			continue
		}
		reason, what := round.Omitted[m], string(m)
		if reason == "" {
			reason = "the run does not say why"
		}
		if d, known := m.Describe(); known {
			what = d.Text
		}
		return gap{fmt.Sprintf("omitted %s %s", arm, m), fmt.Sprintf("omitted in some or all rounds of %s: %s (%s): %s", arm, what, s.ID(), reason)}
	}
	if len(rounds) > 0 {
		return gap{}
	}
	for _, round := range slices.Backward(run.Rounds.Void(s.ID())) {
		if round.Arm == arm {
			return gap{"void", "every round is void, the last because of: " + round.Void}
		}
	}
	return gap{"unmeasured " + string(arm), fmt.Sprintf("not measured: no whole round of %s", arm)}
}

// errors counts the failed requests of arm in valid rounds.
func (run *Run) errors(s bench.Scenario, arm bench.Arm) (failed int, classes map[bench.ErrorClass]int) {
	classes = make(map[bench.ErrorClass]int)
	for _, round := range run.Rounds.Of(s.ID(), arm) {
		for class, n := range round.Errors {
			classes[class] += n
			failed += n
		}
	}
	return failed, classes
}

// FailedShare is the share of the requests of an arm in a scenario that failed.
func (run *Run) FailedShare(s bench.Scenario, arm bench.Arm) float64 {
	failed, _ := run.errors(s, arm)
	sent := failed
	for _, round := range run.Rounds.Of(s.ID(), arm) {
		sent += round.Requests
	}
	return float64(failed) / float64(max(1, sent))
}
