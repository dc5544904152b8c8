package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/summary"
)

// row is one scenario with the rounds of the run.
type row struct {
	bench.Scenario
	rounds summary.Index
}

// figure is a number of a row, or why there is none.
type figure struct {
	value float64
	ok    bool
	gap   gap // also set for a number that some rounds could not contribute to
}

// gap is a reason for a missing number. Gaps with the same key are one note.
type gap struct{ key, text string }

// value is the median over the valid rounds.
func (r row) value(arm bench.Arm, m bench.Metric) figure {
	return median(r.rounds.Values(r.ID(), arm, m), r.gap(arm, m))
}

// overhead is the median over the rounds of proxied minus direct.
func (r row) overhead(arm bench.Arm, m bench.Metric) figure {
	return median(r.overheads(arm, m), r.overheadGap(arm, m))
}

func (r row) overheads(arm bench.Arm, m bench.Metric) []float64 {
	return r.rounds.Overheads(r.ID(), arm, m)
}

// overheadSpread is half the range of the middle 80 % of the rounds' overheads.
func (r row) overheadSpread(arm bench.Arm, m bench.Metric) figure {
	return halfRange(r.overheads(arm, m), r.overheadGap(arm, m))
}

// valueSpread is the same of the values themselves.
func (r row) valueSpread(arm bench.Arm, m bench.Metric) figure {
	return halfRange(r.rounds.Values(r.ID(), arm, m), r.gap(arm, m))
}

func median(values []float64, g gap) figure {
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
	rounds := r.rounds.Of(r.ID(), arm)
	for _, round := range rounds {
		if _, ok := round.Metrics[m]; !ok {
			return r.metricGap(round, m)
		}
	}
	if len(rounds) > 0 {
		return gap{}
	}
	void := ""
	for _, round := range r.rounds.Void(r.ID()) {
		if round.Arm == arm {
			void = round.Void
		}
	}
	if void != "" {
		return gap{"void", "every round is void, the last because of: " + void}
	}
	return gap{"unmeasured " + string(arm), fmt.Sprintf("not measured: no whole round of %s", arm)}
}

func (r row) metricGap(round *bench.Round, m bench.Metric) gap {
	reason := round.Omitted[m]
	if reason == "" {
		reason = "the run does not say why"
	}
	what := string(m)
	if d, ok := m.Describe(); ok {
		what = d.Text
	}
	return gap{
		key:  fmt.Sprintf("omitted %s %s", round.Arm, m),
		text: fmt.Sprintf("omitted in some or all rounds of %s: %s (%s): %s", round.Arm, what, r.ID(), reason),
	}
}

// overheadGap is the gap of either arm, or says that they were never measured
// together.
func (r row) overheadGap(arm bench.Arm, m bench.Metric) gap {
	for _, a := range []bench.Arm{arm, bench.Direct} {
		if g := r.gap(a, m); g != (gap{}) {
			return g
		}
	}
	if len(r.overheads(arm, m)) == 0 {
		return gap{"apart", "no round has both the direct and the proxied value"}
	}
	return gap{}
}

// errors counts the failed requests of arm in valid rounds.
func (r row) errors(arm bench.Arm) (failed int, classes map[bench.ErrorClass]int) {
	classes = make(map[bench.ErrorClass]int)
	for _, round := range r.rounds.Of(r.ID(), arm) {
		for class, n := range round.Errors {
			classes[class] += n
			failed += n
		}
	}
	return failed, classes
}

// fails is true when requests of any arm failed.
func (b *builder) fails(r row) bool {
	return slices.ContainsFunc(b.arms, func(arm bench.Arm) bool { n, _ := r.errors(arm); return n > 0 })
}

// notes are the footnotes of a section, numbered in the order in which they are
// first needed. A note that holds in many rows is said once.
type notes struct{ keys, texts []string }

// mark returns the number of the note with this key. Its text is that of the
// first call.
func (n *notes) mark(key, text string) int { return n.once(key, func() string { return text }) }

// once is mark for a text that takes time to word.
func (n *notes) once(key string, text func() string) int {
	i := slices.Index(n.keys, key)
	if i < 0 {
		i = len(n.keys)
		n.keys, n.texts = append(n.keys, key), append(n.texts, text())
	}
	return i + 1
}

// list is the notes as they stand below their tables.
func (n notes) list(most int) List {
	l := List{Numbered: true, Most: most}
	for _, text := range n.texts {
		l.Items = append(l.Items, Item{Text: text})
	}
	return l
}

// marks writes the numbers of a row, each once.
func marks(numbers []int) Cell {
	slices.Sort(numbers)
	var b strings.Builder
	for _, n := range slices.Compact(numbers) {
		fmt.Fprintf(&b, "[%d]", n)
	}
	return Cell{Text: b.String()}
}

// scenarioCell names a scenario and leads to what is known of it.
func (b *builder) scenarioCell(id string) Cell {
	c := Cell{Text: plain.Brief(id)}
	if _, known := b.cells[id]; known {
		c.Section = scenarioSection(id)
	}
	return c
}

// scenarioSection is the ID of the section on a scenario.
func scenarioSection(id string) string { return strings.ReplaceAll(plain.Clean(id), " ", "_") }
