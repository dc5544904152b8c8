package html

import (
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/svg"
)

const (
	rowHeight  = 20 // of a chart with a row for each scenario
	rowsLeft   = 104
	rowsMargin = 24

	flightHeight = 48 // of a row with flights: from above it to below it
	flightReach  = 13
)

// drawnRows draws a chart with rows below each other.
func drawnRows(c document.Chart) (*svg.Drawing, float64) {
	from, to, height := float64(rowsLeft), float64(right), float64(rowHeight)
	switch {
	case has(c, document.Bars): // a few rows, with a figure at the end of each
		from, to, height = left, right-56, float64(lower-upper)/float64(len(c.Rows))
	case has(c, document.Flights):
		from, to, height = left+8, right-8, flightHeight
	}
	x, ok := axis(c.X, c.Xs(), from, to)
	if !ok {
		return nil, 0
	}
	d := &svg.Drawing{}
	bottom := rowsMargin + height*float64(len(c.Rows))
	row := func(y float64) float64 { return rowsMargin + height*(y+0.5) }
	var lines []svg.Spot
	for i, t := range x.Ticks {
		at := x.At(t * x.Unit.Factor)
		lines = append(lines, svg.Spot{X: at, Y: rowsMargin}, svg.Spot{X: at, Y: bottom})
		d.Text("c", svg.Spot{X: at, Y: bottom + 15}, x.Label(i))
	}
	d.Segments("g", lines...)
	for i, name := range c.Rows {
		d.Text("e", svg.Spot{X: from - 8, Y: row(float64(i)) + 4}, name)
	}
	d.Text("e", svg.Spot{X: right, Y: bottom + 29}, titled(c.X))
	if c.Pairs {
		d.Segments("p", pairs(c, func(p document.Point) svg.Spot { return svg.Spot{X: x.At(p.X), Y: row(p.Y)} })...)
	}
	for _, s := range c.Series {
		rowSeries(d, s, x, row)
	}
	return d, bottom + 32
}

func has(c document.Chart, shape document.Shape) bool {
	return slices.ContainsFunc(c.Series, func(s document.Series) bool { return s.Shape == shape })
}

// flights draws a tick where each begins, a dot where it ends, and the way between.
func flights(d *svg.Drawing, s document.Series, x svg.Axis, row func(float64) float64) {
	var ways, ticks, ends []svg.Spot
	for _, p := range s.Points {
		from := svg.Spot{X: x.At(p.X), Y: row(p.Y) - flightReach}
		end := svg.Spot{X: x.At(p.End), Y: row(p.Y) + flightReach}
		if !math.IsNaN(p.X) {
			ticks = append(ticks, svg.Spot{X: from.X, Y: from.Y - 4}, svg.Spot{X: from.X, Y: from.Y + 2})
		}
		if !math.IsNaN(p.End) {
			ends = append(ends, end)
		}
		if !math.IsNaN(p.X) && !math.IsNaN(p.End) {
			ways = append(ways, from, end)
		}
	}
	d.Segments("flight "+classOf[s.Style], ways...)
	d.Segments("m tick", ticks...)
	dots(d, s.Style, ends)
}

// rowSeries draws one series along rows.
func rowSeries(d *svg.Drawing, s document.Series, x svg.Axis, row func(float64) float64) {
	if s.Shape == document.Flights {
		flights(d, s, x, row)
		return
	}
	class := classOf[s.Style]
	var spots []svg.Spot
	for _, p := range s.Points {
		y := row(p.Y)
		switch s.Shape {
		case document.Bars:
			d.Line("m bar "+class, svg.Spot{X: x.At(p.X), Y: y}, svg.Spot{X: x.At(p.End), Y: y})
			if p.Name != "" {
				d.Text("s v", svg.Spot{X: x.At(p.End) + 5, Y: y + 4}, p.Name)
			}
		case document.Marks:
			d.Line("m "+class, svg.Spot{X: x.At(p.X), Y: y - 9}, svg.Spot{X: x.At(p.X), Y: y + 9})
		case document.Hairs:
			d.Line("m "+class, svg.Spot{X: x.At(p.X), Y: y + 13}, svg.Spot{X: x.At(p.End), Y: y + 13})
		default:
			if p.Low != p.High {
				y += map[string]float64{"base": -4, "head": 4}[s.Style]
				d.Line("w "+class, svg.Spot{X: x.At(p.Low), Y: y}, svg.Spot{X: x.At(p.High), Y: y})
			}
			spots = append(spots, svg.Spot{X: x.At(p.X), Y: y})
		}
	}
	dots(d, s.Style, spots)
}
