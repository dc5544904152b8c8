package report

import (
	"fmt"
	"html/template"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// figureView is one chart with its words.
type figureView struct {
	Kind   string // what the chart is, for tests and styles
	Title  string
	Note   string
	Legend []legendView
	SVG    template.HTML
}

// legendView names a series and gives the value that says most of it.
type legendView struct{ Class, Name, Value string }

// classes of the arms in the style sheet.
var armClass = map[bench.Arm]string{bench.Direct: "d", bench.Base: "b", bench.Head: "h"}

// The size that charts are drawn for. They are shown between half of it and
// twice it.
const (
	chartWidth, chartHeight = 400, 220
	marginLeft, marginRight = 44, 12
	marginTop, marginBottom = 22, 32
)

// Where the axes of a chart begin and end.
const (
	left, right = marginLeft, chartWidth - marginRight
	upper       = marginTop
	lower       = chartHeight - marginBottom
)

// frame draws the scales of a chart: a line and a number at each tick, and what
// is measured in which unit.
func frame(x, y axis, across, up string) *drawing {
	d := &drawing{}
	var lines [][2]spot
	for i, t := range y.ticks {
		at := y.at(t * y.unit.Factor)
		lines = append(lines, [2]spot{{left, at}, {right, at}})
		d.text("e", spot{left - 6, at + 4}, y.label(i))
	}
	d.segments("g", lines...)
	d.line("x", spot{left, lower}, spot{right, lower})
	for i, t := range x.ticks {
		d.text("c", spot{x.at(t * x.unit.Factor), lower + 15}, x.label(i))
	}
	d.text("s", spot{2, 12}, titled(up, y.unit))
	d.text("e", spot{right, chartHeight - 3}, titled(across, x.unit))
	return d
}

func titled(what string, unit figures.Scale) string {
	return strings.TrimSuffix(what+", "+unit.Unit, ", ")
}

// armDots draws what an arm's values are marked with.
func (d *drawing) armDots(arm bench.Arm, spots ...spot) {
	if arm == bench.Base {
		d.rings("m o b", spots...)
		return
	}
	d.dots("m o "+armClass[arm], spots...)
}

// said lists what a legend says, for a label that is read aloud.
func said(legend []legendView) string {
	parts := make([]string, len(legend))
	for i, l := range legend {
		parts[i] = strings.TrimSpace(fmt.Sprintf("%s %s", l.Name, l.Value))
	}
	return strings.Join(parts, ", ")
}

// chart puts a drawing into its figure.
func (d *drawing) chart(kind, title, note string, legend []legendView) figureView {
	text := title
	if s := said(legend); s != "" {
		text += ": " + s
	}
	return figureView{
		Kind: kind, Title: title, Note: note, Legend: legend,
		SVG: d.picture(chartWidth, chartHeight, text),
	}
}
