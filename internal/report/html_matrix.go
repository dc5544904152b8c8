package report

import (
	"cmp"
	"fmt"
	"html/template"
	"slices"
	"strconv"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// matrixView is scenario against change of one metric.
type matrixView struct {
	Metric, Word string
	Gated        bool
	Table        tableView
}

// matrices are one for each metric that was compared: the typical values first,
// then what else decides, then what is shown.
func (h *hypertext) matrices() []matrixView {
	var order []bench.Metric
	by := make(map[bench.Metric][]bench.Comparison)
	for _, c := range h.page.Comparisons {
		if by[c.Metric] == nil {
			order = append(order, c.Metric)
		}
		by[c.Metric] = append(by[c.Metric], c)
	}
	gated := func(m bench.Metric) bool {
		return slices.ContainsFunc(by[m], func(c bench.Comparison) bool { return c.Gated })
	}
	rank := func(m bench.Metric) int {
		switch {
		case isTypical(m) && gated(m):
			return 0
		case gated(m):
			return 1
		default:
			return 2
		}
	}
	slices.SortStableFunc(order, func(a, b bench.Metric) int { return cmp.Compare(rank(a), rank(b)) })
	views := make([]matrixView, len(order))
	for i, m := range order {
		views[i] = matrixView{Metric: clean(string(m)), Word: metricWord(m), Gated: gated(m), Table: h.matrix(m, by[m], gated(m))}
	}
	return views
}

func (h *hypertext) matrix(m bench.Metric, rows []bench.Comparison, gated bool) tableView {
	d, known := m.Describe()
	t := tableView{Kind: "matrix", Caption: pick(known, d.Text, clean(string(m)))}
	values, changes := unitFor(m, valuesOf(rows)), changesAxis(rows)
	t.Head = h.changeHead(values.Unit, gated, false)
	for _, c := range rows {
		t.Rows = append(t.Rows, h.changeRow(c, values, changes, gated, false))
	}
	return t
}

func valuesOf(rows []bench.Comparison) []float64 {
	var values []float64
	for _, c := range rows {
		for _, v := range []*float64{c.Base, c.Head} {
			if v != nil {
				values = append(values, *v)
			}
		}
	}
	return values
}

// changeHead are the columns of a table of changes: some only for metrics that
// decide, and one more where each row names its metric.
func (h *hypertext) changeHead(unit string, gated, metric bool) []headView {
	head := []headView{{Title: "scenario"}}
	if metric {
		head = append(head, headView{Title: "metric"})
	}
	head = append(head,
		headView{"base", unit, numeric}, headView{"head", unit, numeric},
		headView{"change", "%", numeric}, headView{"95 % interval", "%", numeric + " " + unsorted})
	if gated {
		head = append(head, headView{"interval and limit", "", unsorted}, headView{"limit", "%", numeric})
		if !metric { // there is room
			head = append(head, headView{"smallest found", "%", numeric})
		}
	}
	head = append(head, headView{"p", "", numeric})
	if gated {
		head = append(head, headView{Title: "outcome"})
	}
	return head
}

func (h *hypertext) changeRow(c bench.Comparison, values figures.Scale, changes axis, gated, metric bool) []cellView {
	row := cellsFor(brief(c.Scenario))
	if _, listed := h.page.cells[c.Scenario]; listed && gated {
		row[0].Link = "#" + anchor(c.Scenario)
	}
	if metric {
		row = append(row, cellView{Text: metricWord(c.Metric) + pick(c.Of == bench.OfValue, "*", ""), Class: textual})
	}
	change, interval, limit, found := missing, missing, missing, missing
	if c.Change != nil {
		change = fmt.Sprintf("%+.1f", 100**c.Change)
	}
	if c.CI != nil {
		interval = fmt.Sprintf("%+.1f to %+.1f", 100*c.CI[0], 100*c.CI[1])
	}
	if c.Limit != nil {
		limit = strconv.FormatFloat(100**c.Limit/part(c), 'f', 1, 64)
	}
	if c.Resolution != nil {
		found = strconv.FormatFloat(100**c.Resolution/part(c), 'f', 1, 64)
	}
	add := func(texts ...string) {
		for _, t := range texts {
			row = append(row, cellView{Text: t})
		}
	}
	add(shownIn(values, c.Base), shownIn(values, c.Head), change, interval)
	if gated {
		row = append(row, cellView{SVG: intervalOf(c, changes)})
		add(limit)
		if !metric {
			add(found)
		}
	}
	add(pOf(c))
	if gated {
		row = append(row, cellView{Text: clean(string(c.Outcome)), Class: "t o " + outcomeClass(c.Outcome)})
	}
	return row
}

// The drawing of one interval.
const (
	intervalWidth  = 150
	intervalHeight = 16
)

// changesAxis is one scale for the intervals of some rows. It holds 0, every
// change and every limit; an interval that is much wider is cut.
func changesAxis(rows []bench.Comparison) axis {
	low, high, limit := 0.0, 0.0, 0.0
	for _, c := range rows {
		if c.Limit != nil && part(c) > 0 {
			limit = max(limit, *c.Limit/part(c))
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
	low, high = max(reachLow, 2*low, -1e6), min(reachHigh, 2*high, 1e6)
	return axis{unit: percents, low: 100 * low, high: 100 * high, from: 4, to: intervalWidth - 4}
}

// intervalOf draws the change, its interval, 0 and the limit.
func intervalOf(c bench.Comparison, x axis) template.HTML {
	if c.Change == nil {
		return ""
	}
	d := &drawing{}
	const y = intervalHeight / 2
	if c.Limit != nil && part(c) > 0 {
		limit := x.at(*c.Limit / part(c))
		d.line("lim", spot{limit, 0}, spot{limit, intervalHeight})
	}
	zero := x.at(0)
	d.line("x", spot{zero, 0}, spot{zero, intervalHeight})
	class := "iv " + outcomeClass(c.Outcome)
	if c.CI != nil {
		d.line(class, spot{x.at(c.CI[0]), y}, spot{x.at(c.CI[1]), y})
	}
	d.dots("m o "+class, spot{x.at(*c.Change), y})
	return template.HTML(`<svg aria-hidden="true">` + string(d.svg) + `</svg>`)
}
