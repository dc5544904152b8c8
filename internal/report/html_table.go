package report

import (
	"html/template"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// tableView is a table of a document. The first cell of a row names it.
type tableView struct {
	Kind, Caption, Note string
	Head                []headView
	Rows                [][]cellView
}

// headView is the head of a column: its title, the unit of its numbers.
type headView struct{ Title, Unit, Class string }

// cellView is a text or, where there is one, a drawing.
type cellView struct {
	Text, Class, Link string
	SVG               template.HTML
}

// Classes of columns: n for numbers, which is what a cell without a class is
// taken for; t for text; x for what cannot be sorted.
const (
	numeric  = "n"
	textual  = "t"
	unsorted = "x"
)

// HTML writes the table. A template would take ten times as long for some ten
// thousand cells, and end tags that HTML does not need are a third of the bytes.
func (t tableView) HTML() template.HTML {
	if len(t.Rows) == 0 {
		return ""
	}
	d := &drawing{}
	caption := template.HTMLEscapeString(t.Caption)
	d.raw(`<div class="wide" tabindex="0" role="region" aria-label="` + caption + `"><table class="` + t.Kind + `"><caption>` + caption + "</caption>\n<thead><tr>")
	for _, h := range t.Head {
		d.raw(`<th scope="col"`)
		d.class(h.Class)
		d.raw(template.HTMLEscapeString(h.Title))
		if h.Unit != "" {
			d.raw(" <small>" + template.HTMLEscapeString(h.Unit) + "</small>")
		}
	}
	d.raw("</thead><tbody>")
	for _, row := range t.Rows {
		d.raw("\n<tr>")
		for i, c := range row {
			d.raw(pick(i == 0, `<th scope="row"`, "<td"))
			d.class(c.Class)
			d.cell(c)
		}
	}
	d.raw("</tbody></table></div>\n")
	if t.Note != "" {
		d.raw(`<p class="note">` + template.HTMLEscapeString(t.Note) + "</p>\n")
	}
	return template.HTML(d.svg)
}

func (d *drawing) class(class string) {
	if class != "" {
		d.raw(` class="` + class + `"`)
	}
	d.raw(">")
}

func (d *drawing) cell(c cellView) {
	text := template.HTMLEscapeString(c.Text)
	switch {
	case c.SVG != "":
		d.raw(string(c.SVG))
	case c.Link != "":
		d.raw(`<a href="` + template.HTMLEscapeString(c.Link) + `">` + text + "</a>")
	default:
		d.raw(text)
	}
}

// cellsFor begins a row with texts: its name and what else is no number.
func cellsFor(texts ...string) []cellView {
	cells := make([]cellView, len(texts))
	for i, t := range texts {
		cells[i] = cellView{Text: t, Class: pick(i == 0, "", textual)}
	}
	return cells
}

// unitFor is one scale for all values of a metric.
func unitFor(m bench.Metric, values []float64) figures.Scale {
	switch d, _ := m.Describe(); d.Unit {
	case bench.Seconds:
		return figures.For(figures.Duration, values...)
	case bench.PerSecond:
		return figures.For(figures.Rate, values...)
	case bench.Bytes:
		if largest(values) < 1<<20 {
			return figures.Scale{Unit: "KB", Factor: 1 << 10, Digits: 1}
		}
		return figures.Scale{Unit: "MB", Factor: 1 << 20, Digits: 1}
	default:
		return figures.Scale{Unit: "", Factor: 1, Digits: 3}
	}
}

func largest(values []float64) float64 {
	most := 0.0
	for _, v := range values {
		most = max(most, v)
	}
	return most
}

// shownIn is a value, or that there is none.
func shownIn(s figures.Scale, v *float64) string {
	if v == nil {
		return missing
	}
	return s.Format(*v, false)
}

// outcomeClass is one word of ours for the style sheet, whatever a file says.
func outcomeClass(o bench.Outcome) string {
	switch o {
	case bench.Regression, bench.Improvement, bench.Pass, bench.Inconclusive, bench.NoBaseline, bench.Shown:
		return string(o)
	default:
		return ""
	}
}
