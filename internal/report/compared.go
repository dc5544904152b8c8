package report

import (
	"cmp"
	"math"
	"slices"
	"strconv"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/report/measured"
)

// withOutcome are the gated comparisons with an outcome, the worst first: what
// somebody waits for before what only costs. The first is the one that the title
// names. A metric that was too noisy to be cleared counts where its scenario was
// left open.
func (b *builder) withOutcome(o bench.Outcome) []bench.Comparison {
	var all []bench.Comparison
	for _, c := range b.Comparisons {
		if c.Gated && c.Outcome == o && (o != bench.Inconclusive || b.decided[c.Scenario].Outcome == o) {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b bench.Comparison) int {
		if o != bench.Inconclusive && a.Metric.IsClock() && !b.Metric.IsClock() {
			return -1
		}
		if o != bench.Inconclusive && b.Metric.IsClock() && !a.Metric.IsClock() {
			return 1
		}
		return cmp.Compare(gravity(b), gravity(a))
	})
	return all
}

// gravity orders rows: by how many times its limit a change is, or, of one that
// was not decided, may still be.
func gravity(c bench.Comparison) float64 {
	v := c.Shift
	if c.Outcome == bench.Inconclusive && c.Upper != nil {
		v = c.Upper
	}
	if v == nil || c.Limit == nil {
		return math.Inf(-1)
	}
	if c.Outcome == bench.Inconclusive {
		return *v / *c.Limit
	}
	return math.Abs(*v) / *c.Limit
}

// pOf is the p that was held against the level: adjusted where it was.
func pOf(c bench.Comparison) *float64 {
	switch {
	case c.PAdjusted != nil:
		return c.PAdjusted
	case c.Outcome == bench.Improvement:
		return c.PBetter
	default:
		return c.P
	}
}

// key explains the columns of changes, and of detectable ones where a table has
// them.
func (b *builder) key(detectable bool) string {
	text := "Change and limit: of the overhead (proxied minus direct), * of the value itself. Limit: smaller changes are ignored."
	if detectable {
		text += " MDC, minimum detectable change: a true change of that size is found in 4 of 5 runs."
	}
	if slices.ContainsFunc(b.Comparisons, ofAnotherJob) {
		text += " Base was measured in another job and is shown as it would be here: as far above this machine's direct path as it was above its own. CPU time and memory are as measured there."
	}
	return text
}

// ofAnotherJob is true when base and head shared no rounds.
func ofAnotherJob(c bench.Comparison) bool {
	return c.Method == bench.MethodUnpaired || c.Method == bench.MethodHistory
}

// comparisonTable is a row for each comparison, with one unit for its values.
// One of a single metric has the direct path, p and outcome, too.
func (b *builder) comparisonTable(caption string, rows []bench.Comparison, metric bool) document.Table {
	t := document.Table{Caption: caption, Columns: document.Heads("scenario", ">direct|unit~", ">base|unit", ">head|unit", "unit",
		">change|%", ">95 % interval|%", ">limit|%", "interval and limit~", ">MDC|%", ">process pairs~", ">p~", "outcome")}
	if metric {
		t.Columns = document.Heads("scenario", "metric", ">base|unit", ">head|unit", "unit", ">change|%", ">95 % interval|%", ">limit|%", "interval and limit~")
	}
	if slices.ContainsFunc(rows, ofAnotherJob) {
		for i := range t.Columns {
			if t.Columns[i].Title == "process pairs" {
				t.Columns[i].Title = "processes" // which are not in pairs
			}
		}
	}
	low, high := reach(rows)
	seen := make(map[string]bool)
	for _, c := range rows {
		values := measured.There(c.Base, c.Head)
		scale := measured.ScaleOf(c.Metric, values...)
		if len(values) == 0 {
			scale.Unit = ""
		}
		value := func(v *float64) document.Cell { return document.Number(v, scale.Format) }
		percent := func(v *float64) document.Cell {
			return document.Number(v, func(v float64) string { return strconv.FormatFloat(100*v, 'f', 1, 64) })
		}
		r := document.Row{Outcome: c.Outcome, Again: seen[c.Scenario], Cells: []document.Cell{b.scenarioCell(c.Scenario)}}
		seen[c.Scenario] = true
		of := ""
		if c.Of == bench.OfValue {
			of = "*"
		}
		if metric {
			r.Cells = append(r.Cells, document.Cell{Text: metricWord(c.Metric) + of})
			of = ""
		} else {
			r.Cells = append(r.Cells, value(c.Direct))
		}
		change := document.Number(c.Change, func(v float64) string { return figures.Change(v) + of })
		r.Cells = append(r.Cells, value(c.Base), value(c.Head), document.Cell{Text: scale.Unit}, change,
			document.Cell{Text: interval(c.CI)}, percent(ofPart(c, c.Limit)), spanCell(c, low, high))
		if !metric {
			r.Cells = append(r.Cells, percent(ofPart(c, c.Resolution)), pairsCell(c.Pairs), document.Number(pOf(c), func(v float64) string { return strconv.FormatFloat(v, 'g', 1, 64) }),
				document.Cell{Text: string(c.Outcome), Outcome: c.Outcome})
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}

// pairsCell is a number of process pairs; empty where that is not known.
func pairsCell(n int) document.Cell {
	if n == 0 {
		return document.Cell{}
	}
	return document.Cell{Text: strconv.Itoa(n), Value: new(float64(n))}
}

// scenarioCell leads to the section on a scenario where there is one.
func (b *builder) scenarioCell(id string) document.Cell {
	c := measured.ScenarioCell(id)
	if _, known := b.cells[id]; !known {
		c.Section = ""
	}
	return c
}

// ofPart is a share of the value as a share of what Change is a share of.
func ofPart(c bench.Comparison, v *float64) *float64 {
	part := 1.0 // of the base's value
	if c.Of == bench.OfOverhead && c.Share != nil {
		part = *c.Share
	}
	if v == nil || !(part > 0) {
		return nil
	}
	return new(*v / part)
}

func interval(ci *bench.Interval) string {
	if ci == nil {
		return figures.Missing
	}
	return figures.Change(ci[0]) + " to " + figures.Change(ci[1])
}

// reach is one scale for the intervals of some rows. It holds 0, every change
// and every limit; an interval that is much wider is cut.
func reach(rows []bench.Comparison) (low, high float64) {
	limit := 0.0
	for _, c := range rows {
		if l := ofPart(c, c.Limit); l != nil {
			limit = max(limit, *l)
		}
		if c.Change != nil {
			low, high = min(low, *c.Change), max(high, *c.Change)
		}
	}
	low, high = min(1.2*low, -limit/2), max(1.2*high, 1.5*limit, 0.01)
	reachLow, reachHigh := low, high
	for _, c := range rows {
		if c.CI != nil {
			reachLow, reachHigh = min(reachLow, c.CI[0]), max(reachHigh, c.CI[1])
		}
	}
	return max(reachLow, 2*low, -1e6), min(reachHigh, 2*high, 1e6)
}

// spanCell draws the change, its interval and its limit.
func spanCell(c bench.Comparison, low, high float64) document.Cell {
	if c.Change == nil {
		return document.Cell{}
	}
	nan := math.NaN()
	s := document.Span{Change: *c.Change, From: nan, To: nan, Limit: nan, Low: low, High: high}
	if c.CI != nil {
		s.From, s.To = c.CI[0], c.CI[1]
	}
	if l := ofPart(c, c.Limit); l != nil {
		s.Limit = *l
	}
	return document.Cell{Span: &s, Outcome: c.Outcome}
}

// changeMap is body size against concurrency with the change of each cell: one
// table for each typical value.
func (b *builder) changeMap() document.Section {
	s := document.Section{ID: "map", Heading: "Change by body size and concurrency", Rank: document.Page, Open: true}
	for _, m := range bench.Metrics(func(d bench.Description) bool { return d.Gate == bench.Judged }) {
		cells := make(map[bench.Scenario]bench.Comparison)
		for _, c := range b.Comparisons {
			if at, listed := b.cells[c.Scenario]; listed && c.Metric == m {
				cells[at] = c
			}
		}
		if len(cells) > 0 {
			s.Blocks = append(s.Blocks, heat(metricWord(m), cells))
		}
	}
	s.Blocks = append(s.Blocks, document.Paragraph{Small: true, Text: "Change of what the gateway adds to the direct path (where marked * of the whole time), head against base; + is slower. ▲ regression, ▼ improvement, ? not decided. Each cell leads to its scenario."})
	return s
}

func heat(caption string, cells map[bench.Scenario]bench.Comparison) document.Table {
	t := document.Table{Heat: true, Caption: plain.Capital(caption), Columns: []document.Column{{Title: "body", Text: true}}}
	var concurrencies []int
	var sizes []bench.Scenario // all of concurrency 0
	for s := range cells {
		concurrencies = append(concurrencies, s.Concurrency)
		s.Concurrency = 0
		sizes = append(sizes, s)
	}
	slices.Sort(concurrencies)
	slices.SortFunc(sizes, func(a, b bench.Scenario) int {
		switch {
		case a.Paced && !b.Paced:
			return 1
		case b.Paced && !a.Paced:
			return -1
		}
		return cmp.Or(cmp.Compare(a.BodyBytes, b.BodyBytes), cmp.Compare(a.Answer, b.Answer), cmp.Compare(a.Mode, b.Mode))
	})
	concurrencies, sizes = slices.Compact(concurrencies), slices.Compact(sizes)
	for _, c := range concurrencies {
		t.Columns = append(t.Columns, document.Column{Title: strconv.Itoa(c), Unit: "in flight"})
	}
	for _, s := range sizes {
		r := document.Row{Cells: []document.Cell{{Text: s.Sizes()}}}
		for _, s.Concurrency = range concurrencies {
			cell := document.Cell{Text: figures.Missing}
			if c, ok := cells[s]; ok {
				cell.Section, cell.Outcome = measured.ScenarioSection(s.ID()), c.Outcome
				if c.Change != nil {
					cell.Text = figures.Change(*c.Change) + " %"
					if c.Of == bench.OfValue {
						cell.Text += "*"
					}
				}
			}
			r.Cells = append(r.Cells, cell)
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}
