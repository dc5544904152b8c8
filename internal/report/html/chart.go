package html

import (
	"html/template"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/svg"
)

// The size that charts are drawn for. They are shown between half of it and
// twice it.
const (
	chartWidth, chartHeight = 400, 220

	left, right = 44, chartWidth - 12 // where the axes begin and end
	upper       = 22
	lower       = chartHeight - 32
)

// classes of the series in the style sheet.
var classOf = map[string]string{
	"direct": "d", "base": "b", "head": "h", "other": "h ring", "trail": "p", "tick": "tick", "gap": "gap", "t1": "t1", "t2": "t2", "t3": "t3",
}

// charts stand beside each other, above what explains them.
func charts(c document.Charts) string {
	var b strings.Builder
	for _, chart := range c.Charts {
		b.WriteString(figure(chart))
	}
	if b.Len() == 0 {
		return ""
	}
	return `<div class="figures">` + b.String() + "</div>\n" + paragraph(document.Paragraph{Text: c.Note, Small: true})
}

// figure draws a chart and puts it into its figure; it is empty when there is
// nothing to draw.
func figure(c document.Chart) string {
	d, height := drawn(c)
	if d == nil {
		return ""
	}
	var legend, said []string
	for _, s := range c.Series {
		if s.Name == "" {
			continue
		}
		key := `<span class="key ` + classOf[s.Style] + `">` + escaped(s.Name)
		if s.Value != "" {
			key += ` <span class="v">` + escaped(s.Value) + "</span>"
		}
		legend, said = append(legend, key+"</span>"), append(said, strings.TrimSpace(s.Name+" "+s.Value))
	}
	caption := "<figcaption><b>" + escaped(c.Title) + "</b>"
	if len(legend) > 0 {
		caption += `<span class="legend">` + strings.Join(legend, " ") + "</span>"
	}
	note := strings.TrimSpace(paragraph(document.Paragraph{Text: c.Note, Small: true}))
	label := c.Title
	if len(said) > 0 {
		label += ": " + strings.Join(said, ", ")
	}
	return `<figure class="` + template.HTMLEscapeString(c.Kind) + `">` + caption + "</figcaption>" + d.Picture(chartWidth, height, label) + note + "</figure>\n"
}

func drawn(c document.Chart) (d *svg.Drawing, height float64) {
	if len(c.Series) == 0 {
		return nil, 0
	}
	if len(c.Rows) > 0 {
		return drawnRows(c)
	}
	x, ok := axis(c.X, c.Xs(), left, right)
	y, okay := axis(c.Y, c.Ys(), lower, upper)
	if !ok || !okay {
		return nil, 0
	}
	d = &svg.Drawing{}
	var lines []svg.Spot
	for i, t := range y.Ticks {
		at := y.At(t * y.Unit.Factor)
		lines = append(lines, svg.Spot{X: left, Y: at}, svg.Spot{X: right, Y: at})
		d.Text("e", svg.Spot{X: left - 6, Y: at + 4}, y.Label(i))
	}
	d.Segments("g", lines...)
	d.Line("x", svg.Spot{X: left, Y: lower}, svg.Spot{X: right, Y: lower})
	for i, t := range x.Ticks {
		d.Text("c", svg.Spot{X: x.At(t * x.Unit.Factor), Y: lower + 15}, x.Label(i))
	}
	d.Text("s", svg.Spot{X: 2, Y: 12}, titled(c.Y))
	d.Text("e", svg.Spot{X: right, Y: chartHeight - 3}, titled(c.X))
	for _, r := range c.Rules {
		at := x.At(r.At)
		d.Line("m stage", svg.Spot{X: at, Y: upper}, svg.Spot{X: at, Y: lower})
		d.Text("s", svg.Spot{X: at + 4, Y: upper - 4}, r.Label)
	}
	if c.Pairs {
		d.Segments("m p", pairs(c, func(p document.Point) svg.Spot { return svg.Spot{X: x.At(p.X), Y: y.At(p.Y)} })...)
	}
	for _, s := range c.Series {
		series(d, s, x, y)
	}
	return d, chartHeight
}

// axis holds the values of a chart in one direction.
func axis(a document.Axis, values []float64, from, to float64) (svg.Axis, bool) {
	if a.Zero {
		values = append(values, 0)
	}
	if a.Whole {
		values = []float64{0, 1}
	}
	if len(a.Ticks) > 0 && a.Log { // named places need room around them
		from, to = from+10, to-10
	}
	make := svg.Linear
	if a.Log {
		make = svg.Logarithmic
	}
	made, ok := make(a.Scale, values, from, to)
	if ok && len(a.Ticks) > 0 {
		made.Ticks = nil
		for _, t := range a.Ticks {
			made.Ticks, made.Names = append(made.Ticks, t.At/a.Scale.Factor), append(made.Names, t.Name)
		}
	}
	return made, ok
}

func titled(a document.Axis) string { return strings.Trim(a.Title+", "+a.Scale.Unit, ", ") }

// pairs joins what the first two series of dots have at one place.
func pairs(c document.Chart, spot func(document.Point) svg.Spot) []svg.Spot {
	dots := c.Dots()
	if len(dots) != 2 {
		return nil
	}
	place := func(p document.Point) float64 {
		if len(c.Rows) > 0 {
			return p.Y
		}
		return p.X
	}
	other := make(map[float64]document.Point)
	for _, p := range dots[1].Points {
		other[place(p)] = p
	}
	var all []svg.Spot
	for _, p := range dots[0].Points {
		if q, ok := other[place(p)]; ok {
			all = append(all, spot(p), spot(q))
		}
	}
	return all
}

// series draws one series between two axes.
func series(d *svg.Drawing, s document.Series, x, y svg.Axis) {
	class := classOf[s.Style]
	beside := 0.0 // base and head stand beside each other where they have ranges
	for _, p := range s.Points {
		if s.Shape == document.Dots && p.Low != p.High {
			beside = 3
			if s.Style == "base" {
				beside = -3
			}
		}
	}
	var spots, ranges, above, below []svg.Spot
	for _, p := range s.Points {
		at := x.At(p.X) + beside
		if s.Shape == document.Fit {
			above, below = append(above, svg.Spot{X: at, Y: y.At(p.High)}), append(below, svg.Spot{X: at, Y: y.At(p.Low)})
			if !y.Holds(p.Y) {
				continue
			}
		} else if p.Low != p.High {
			ranges = append(ranges, svg.Spot{X: at, Y: y.At(p.Low)}, svg.Spot{X: at, Y: y.At(p.High)})
		}
		spots = append(spots, svg.Spot{X: at, Y: y.At(p.Y)})
	}
	switch s.Shape {
	case document.Curve:
		d.Line("m l "+class, spots...)
	case document.Trail:
		d.Line(class, spots...)
	case document.Fit:
		slices.Reverse(below)
		d.Line("band "+class, append(above, below...)...)
		d.Line("m fit "+class, spots...)
	default:
		d.Segments("w "+class, ranges...)
		dots(d, s.Style, spots)
	}
}

// dots draws what a series' values are marked with.
func dots(d *svg.Drawing, style string, spots []svg.Spot) {
	switch style {
	case "base":
		d.Rings("m o b", spots...)
	case "other":
		d.Rings("m o h", spots...)
	default:
		d.Dots("m o "+classOf[style], spots...)
	}
}
