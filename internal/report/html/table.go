package html

import (
	"cmp"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/svg"
)

// longestCell keeps a foreign string from widening its column without bound.
const longestCell = 100

// table writes a table. A template would take ten times as long for some ten
// thousand cells, and end tags that HTML does not need are a third of the bytes.
// The first cell of a row names it, and every figure has its unit beside it.
func table(t document.Table) string {
	if len(t.Rows) == 0 {
		return ""
	}
	kind := "plain"
	switch {
	case t.Heat:
		kind = "heat"
	case t.Columns[0].Title == "scenario":
		kind = "suite"
	}
	var b strings.Builder
	caption := cmp.Or(escaped(t.Caption), escaped(t.Columns[0].Title))
	if t.Fold {
		b.WriteString("<details><summary>" + caption + ` <span class="note">` + strconv.Itoa(len(t.Rows)) + " rows</span></summary>\n")
	}
	b.WriteString(`<div class="wide" tabindex="0" role="region" aria-label="` + caption + `"><table class="` + kind + `"><caption>` + caption + "</caption>\n<thead><tr>")
	unit := slices.IndexFunc(t.Columns, func(c document.Column) bool { return c.Title == document.UnitColumn })
	places := slices.DeleteFunc(t.Filled(), func(i int) bool { return i == unit })
	for _, i := range places {
		c := t.Columns[i]
		b.WriteString(`<th scope="col"`)
		class(&b, headClass(t, i))
		b.WriteString(escaped(c.Title))
		if t.Heat && c.Unit != "" {
			b.WriteString(" <small>" + escaped(c.Unit) + "</small>")
		}
	}
	b.WriteString("</thead><tbody>")
	rows, more := t.Rows, 0
	if t.Most > 0 && len(rows) > t.Most && !t.Fold {
		rows, more = rows[:t.Most], len(rows)-t.Most
	}
	for _, r := range rows {
		b.WriteString("\n<tr>")
		for _, i := range places {
			c, tag := r.Cells[i], "<td"
			switch {
			case i == 0:
				tag = `<th scope="row"`
			case kind == "suite": // where a row is broken into lines
				tag += ` data-l="` + escaped(t.Columns[i].Title) + `"`
			}
			b.WriteString(tag)
			if c.Value != nil { // for sorting: a row has its own unit
				b.WriteString(` data-v="` + strconv.FormatFloat(*c.Value, 'g', 4, 64) + `"`)
			}
			class(&b, cellClass(t, i, c))
			switch {
			case t.Heat:
			case t.Columns[i].Scaled && unit >= 0:
				c.Text = with(c.Text, r.Cells[unit].Text)
			default:
				c.Text = with(c.Text, t.Columns[i].Unit)
			}
			cell(&b, c)
		}
	}
	b.WriteString("</tbody></table></div>\n")
	if more > 0 {
		b.WriteString(`<p class="note">… and ` + strconv.Itoa(more) + " more in the tables below.</p>\n")
	}
	if t.Fold {
		b.WriteString("</details>\n")
	}
	return b.String()
}

// with is a figure with its unit; what is missing has none. The mark of a figure stays
// at the end.
func with(figure, unit string) string {
	if unit == "" || !strings.ContainsAny(figure, "0123456789") {
		return figure
	}
	if strings.HasPrefix(unit, "1/") {
		unit = unit[1:]
	} else {
		unit = "\u00a0" + unit
	}
	bare, marked := strings.CutSuffix(figure, "*")
	if marked {
		unit += "*"
	}
	return bare + unit
}

// headClass is n for figures and x for what cannot be sorted.
func headClass(t document.Table, column int) string {
	c := t.Columns[column]
	switch {
	case c.Title == "notes" || t.Rows[0].Cells[column].Span != nil:
		return "x"
	case c.Text:
		return ""
	default:
		return "n"
	}
}

// cellClass is t for text, and has the outcome of a cell that has one.
func cellClass(t document.Table, column int, c document.Cell) string {
	text := ""
	if t.Columns[column].Text && column > 0 {
		text = "t"
	}
	if o := outcomeClass(c.Outcome); o != "" && c.Span == nil {
		return strings.TrimSpace(text + " o " + o)
	}
	return text
}

func class(b *strings.Builder, class string) {
	if class != "" {
		b.WriteString(` class="` + class + `"`)
	}
	b.WriteString(">")
}

func cell(b *strings.Builder, c document.Cell) {
	text := template.HTMLEscapeString(plain.To(c.Text, longestCell))
	switch {
	case c.Span != nil:
		b.WriteString(span(*c.Span, "iv "+outcomeClass(c.Outcome)))
	case c.Section != "":
		b.WriteString(`<a href="#` + template.HTMLEscapeString(c.Section) + `">` + text + "</a>")
	default:
		b.WriteString(text)
	}
}

// The drawing of one interval.
const (
	spanWidth  = 150
	spanHeight = 16
)

// span draws a change, its interval, 0 and the limit.
func span(s document.Span, class string) string {
	d := &svg.Drawing{}
	const y = spanHeight / 2
	x := svg.Fixed(s.Low, s.High, 4, spanWidth-4)
	upright := func(class string, v float64) {
		d.Line(class, svg.Spot{X: x.At(v)}, svg.Spot{X: x.At(v), Y: spanHeight})
	}
	if !math.IsNaN(s.Limit) {
		upright("lim", s.Limit)
	}
	upright("x", 0)
	if !math.IsNaN(s.From) {
		d.Line(class, svg.Spot{X: x.At(s.From), Y: y}, svg.Spot{X: x.At(s.To), Y: y})
	}
	d.Dots("m o "+class, svg.Spot{X: x.At(s.Change), Y: y})
	return d.Inline()
}
