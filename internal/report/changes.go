package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/report/measured"
)

// enough is how many rows or items that decide nothing are shown where room is
// short.
const enough = 10

// changes are tables of what changed, and of what could not be decided.
func (b *builder) changes() document.Section {
	s := document.Section{ID: "changes", Heading: "What changed", Brief: true}
	add := func(caption string, most int, rows []bench.Comparison) {
		if len(rows) > 0 {
			t := b.comparisonTable(caption, rows, true)
			t.Most, t.Fold = most, most > 0 && b.Outcome != bench.Inconclusive
			s.Blocks = append(s.Blocks, t)
		}
	}
	add("Regressions, the worst first", 0, b.withOutcome(bench.Regression))
	add("Improvements, the largest first", 0, b.withOutcome(bench.Improvement))
	add("Undecided, the least clear first", enough, b.withOutcome(bench.Inconclusive))
	s.Blocks = append(s.Blocks, document.Paragraph{Text: b.key(false), Small: true})
	return s
}

func metricOf(c bench.Comparison) bench.Metric { return c.Metric }

// comparisons are one table for each metric that was compared: the typical
// values first, then what else decides, then what is only shown.
func (b *builder) comparisons() document.Section {
	s := document.Section{ID: "metrics", Heading: "All scenarios by metric", Rank: document.Detail}
	order, by := measured.Grouped(b.Comparisons, metricOf)
	rank := func(m bench.Metric) document.Rank {
		gated := slices.ContainsFunc(by[m], func(c bench.Comparison) bool { return c.Gated })
		switch {
		case gated && m.IsJudged():
			return document.Detail
		case gated:
			return document.Full
		default:
			return document.Page
		}
	}
	slices.SortStableFunc(order, func(a, b bench.Metric) int { return cmp.Compare(rank(a), rank(b)) })
	for _, m := range order {
		caption := metricWord(m)
		if d, known := m.Describe(); known {
			caption = d.Text
		}
		n := document.Section{ID: "metric-" + strings.ReplaceAll(plain.Clean(string(m)), " ", "_"), Heading: plain.Capital(metricWord(m)), Rank: min(rank(m), document.Full)}
		if rank(m) == document.Page {
			n.Aside = "shown, decides nothing"
		}
		n.Blocks = []document.Block{b.comparisonTable(caption, by[m], false)}
		s.Sections = append(s.Sections, n)
	}
	s.Blocks = []document.Block{document.Paragraph{Text: b.key(true), Small: true}}
	return s
}

// groups are those that the screening flagged. Where no scenario changed alone,
// they are what changed.
func (b *builder) groups() document.Section {
	s := document.Section{ID: "groups", Heading: "Groups of scenarios", Rank: document.Folded}
	if o := b.Outcome; (o == bench.Regression || o == bench.Improvement) && len(b.withOutcome(o)) == 0 {
		s.Rank, s.Brief = document.Always, true
	}
	t := document.Table{Caption: "Average change", Columns: document.Heads("group", ">scenarios", ">process pairs~", ">change|%", ">95 % interval|%", ">limit|%", "outcome")}
	for _, g := range b.Groups {
		t.Rows = append(t.Rows, document.Row{Outcome: g.Outcome, Cells: []document.Cell{
			{Text: plain.Cut(plain.Clean(aboutGroup(g)), 40)},
			{Text: fmt.Sprint(len(g.Members))},
			pairsCell(g.Pairs),
			document.Number(g.Shift, figures.Change),
			{Text: interval(g.ShiftCI)},
			document.Number(g.Limit, func(v float64) string { return fmt.Sprintf("%.1f", 100*v) }),
			{Text: string(g.Outcome), Outcome: g.Outcome},
		}})
	}
	s.Blocks = []document.Block{t, document.Paragraph{Text: "Change and limit: of the value itself, on average over the group.", Small: true}}
	return s
}

// failedRequests are the comparisons of failed requests. The same failures are
// counted by scenario and by class, too; of the counts that are no worse than
// the base's only those over everything are named.
func (b *builder) failedRequests() document.Section {
	s := document.Section{ID: "errors", Heading: "Failed requests"}
	if b.Outcome == bench.Pass {
		s.Rank = document.Folded
	}
	l, hidden := document.List{Most: enough}, 0
	for _, e := range b.Errors {
		if b.allOfAClass(e) { // which has a line of its own
			continue
		}
		if e.Outcome == bench.Pass && (e.Scenario != "" || e.Class != "") {
			hidden++
			continue
		}
		l.Items = append(l.Items, document.Item{Name: cmp.Or(e.Scenario, "all scenarios"), Text: fmt.Sprintf("%s: %s", e.Outcome, e.Reason)})
	}
	if hidden > 0 {
		l.Items = append(l.Items, document.Item{Text: fmt.Sprintf("no worse than the base: %s, by scenario or class", figures.Counted(hidden, "narrower count"))})
	}
	s.Blocks = []document.Block{l}
	return s
}

// allOfAClass is true for a count of which a count of one class says the same.
func (b *builder) allOfAClass(e bench.ErrorRate) bool {
	return e.Class == "" && slices.ContainsFunc(b.Errors, func(c bench.ErrorRate) bool {
		return c.Class != "" && c.Scenario == e.Scenario && c.Outcome == e.Outcome && c.HeadErrors == e.HeadErrors && c.BaseErrors == e.BaseErrors && e.HeadErrors > 0
	})
}

// resolutions says, for each gated metric, how small a change could have been
// detected: in the scenario that shows most and in the one that shows least.
func (b *builder) resolutions() document.Section {
	s := document.Section{ID: "mdc", Heading: "Minimum detectable change", Rank: document.Folded}
	resolved := slices.DeleteFunc(slices.Clone(b.Comparisons), func(c bench.Comparison) bool {
		return !c.Gated || c.Resolution == nil || b.cells[c.Scenario].Paced // whose limit is a time
	})
	order, by := measured.Grouped(resolved, metricOf)
	t := document.Table{Caption: "Of each gated metric", Columns: document.Heads("metric", ">best|%", "in", ">worst|%", "in")}
	finer := func(a, b bench.Comparison) int { return cmp.Compare(*a.Resolution, *b.Resolution) }
	share := func(v float64) string { return fmt.Sprintf("%.1f", 100*v) }
	for _, m := range order {
		best, worst := slices.MinFunc(by[m], finer), slices.MaxFunc(by[m], finer)
		t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{
			{Text: metricWord(m)}, document.Number(best.Resolution, share), b.scenarioCell(best.Scenario), document.Number(worst.Resolution, share), b.scenarioCell(worst.Scenario),
		}})
	}
	s.Blocks = []document.Block{t, document.Paragraph{Text: "A true change of the value of that size is found in 4 of 5 runs.", Small: true}}
	return s
}

// longestReason is in characters.
const longestReason = 300

// rule is what a p had to reach and a change had to exceed, and the verdict's
// own reasons, for whoever wants to check it.
func (b *builder) rule() document.Section {
	s := document.Section{ID: "rule", Heading: "Rule and reasons", Rank: document.Folded}
	if len(b.Verdict.Scenarios) == 0 {
		return s
	}
	r := b.Rule
	text := fmt.Sprintf("Threshold %s of overhead and at least %s, beyond %s for code layout; false alarms in at most %s of gates",
		figures.Percent(r.Threshold), figures.Setting(r.Floor), figures.Percent(r.Delta), figures.Percent(r.Alpha))
	if r.Hypotheses > 0 {
		text += fmt.Sprintf(", so p at most %.2g by Holm over %s", r.Level, figures.Counted(r.Hypotheses, "metric"))
	}
	l := document.List{}
	for _, o := range []bench.Outcome{bench.Regression, bench.Improvement, bench.Inconclusive} {
		for _, v := range b.Verdict.Scenarios {
			if v.Outcome == o {
				l.Items = append(l.Items, document.Item{Name: v.Scenario, Text: fmt.Sprintf("%s: %s", o, plain.To(labelled(v.Reason), longestReason))})
			}
		}
	}
	for _, g := range b.Groups {
		l.Items = append(l.Items, document.Item{Name: aboutGroup(g), Text: fmt.Sprintf("%s: %s", g.Outcome, cmp.Or(plain.To(g.Reason, longestReason), "no reason given"))})
	}
	if b.Outcome == bench.Inconclusive { // they tend to have the same reason
		l.Most = 3
	}
	s.Blocks = []document.Block{document.Paragraph{Text: text + "."}, l}
	return s
}

// caveats are the warnings of the verdict and of the run, each once.
func (b *builder) caveats() document.Section {
	s := document.Section{ID: "caveats", Heading: "Caveats", Rank: document.Folded}
	if b.measuredOnly() {
		s.Rank = document.Always
	}
	var caveats document.Notes
	for _, w := range slices.Concat(b.Warnings, b.run.Validity.Warnings) {
		caveats.Mark(w, w)
	}
	l := caveats.List(enough)
	l.Numbered = false
	s.Blocks = []document.Block{l}
	return s
}
