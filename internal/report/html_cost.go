package report

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
)

// What a chart with a row for each scenario is drawn for.
const (
	rowHeight  = 20
	rowsLeft   = 104
	rowsMargin = 24
)

// costs draws what the gateways themselves use, a row for each scenario.
func (h *hypertext) costs() []figureView {
	var figures []figureView
	if f, ok := h.cpu(); ok {
		figures = append(figures, f)
	}
	if f, ok := h.resident(); ok {
		figures = append(figures, f)
	}
	return figures
}

// values of some metrics of all gateways and scenarios.
func (h *hypertext) values(metrics ...bench.Metric) []float64 {
	var all []float64
	for _, r := range h.sheet.rows {
		for _, arm := range h.sheet.gateways {
			for _, m := range metrics {
				if f := r.value(arm, m); f.ok {
					all = append(all, f.value)
				}
			}
		}
	}
	return all
}

func (h *hypertext) cpu() (figureView, bool) {
	values := h.values(bench.CPUPerRequest)
	x, ok := linear(timeUnit(values), append(values, 0), rowsLeft, right)
	if !ok || len(values) == 0 {
		return figureView{}, false
	}
	d, height := h.rowsFrame(x, "CPU per request")
	for i, r := range h.sheet.rows {
		var joined []spot
		for _, arm := range h.sheet.gateways {
			if f := r.value(arm, bench.CPUPerRequest); f.ok {
				joined = append(joined, spot{x.at(f.value), rowAt(i)})
			}
		}
		if len(joined) == 2 {
			d.segments("p", [2]spot{joined[0], joined[1]})
		}
	}
	legend := h.rowDots(d, x, bench.CPUPerRequest, 0)
	return h.rowsChart(d, height, "cpu", "CPU time of the gateway per request", "Medians over the rounds.", legend), true
}

func (h *hypertext) resident() (figureView, bool) {
	values := h.values(bench.RSSIdle, bench.RSSPeak, bench.RSSAfter)
	x, ok := linear(megabytes, append(values, 0), rowsLeft, right)
	if !ok || len(values) == 0 {
		return figureView{}, false
	}
	d, height := h.rowsFrame(x, "resident memory")
	for i, r := range h.sheet.rows {
		for _, arm := range h.sheet.gateways {
			idle, peak := r.value(arm, bench.RSSIdle), r.value(arm, bench.RSSPeak)
			if idle.ok && peak.ok {
				y := rowAt(i) + h.offset(arm)
				d.segments("w "+armClass[arm], [2]spot{{x.at(idle.value), y}, {x.at(peak.value), y}})
			}
		}
	}
	legend := h.rowDots(d, x, bench.RSSPeak, 1)
	return h.rowsChart(d, height, "memory", "Memory of the gateway",
		"From when it was ready (left end) to the most by the end of the scenario (dot); medians over the rounds.", legend), true
}

func rowAt(i int) float64 { return rowsMargin + rowHeight*(float64(i)+0.5) }

// offset keeps base and head of a row apart.
func (h *hypertext) offset(arm bench.Arm) float64 {
	if len(h.sheet.gateways) < 2 {
		return 0
	}
	return pick(arm == bench.Base, -4.0, 4.0)
}

func (h *hypertext) rowDots(d *drawing, x axis, m bench.Metric, apart float64) []legendView {
	var legend []legendView
	for _, arm := range h.sheet.gateways {
		var spots []spot
		for i, r := range h.sheet.rows {
			if f := r.value(arm, m); f.ok {
				spots = append(spots, spot{x.at(f.value), rowAt(i) + apart*h.offset(arm)})
			}
		}
		d.armDots(arm, spots...)
		legend = append(legend, legendView{Class: armClass[arm], Name: h.sheet.role(arm)})
	}
	return legend
}

// rowsFrame draws the scale above and below, and the names of the rows.
func (h *hypertext) rowsFrame(x axis, what string) (d *drawing, height float64) {
	d = &drawing{}
	bottom := rowsMargin + rowHeight*float64(len(h.sheet.rows))
	var lines [][2]spot
	for i, t := range x.ticks {
		at := x.at(t * x.unit.Factor)
		lines = append(lines, [2]spot{{at, rowsMargin}, {at, bottom}})
		d.text("c", spot{at, bottom + 15}, x.label(i))
	}
	d.segments("g", lines...)
	for i, r := range h.sheet.rows {
		d.text("e", spot{rowsLeft - 8, rowAt(i) + 4}, brief(r.ID()))
	}
	d.text("e", spot{right, bottom + 29}, titled(what, x.unit))
	return d, bottom + 32
}

func (h *hypertext) rowsChart(d *drawing, height float64, kind, title, note string, legend []legendView) figureView {
	return figureView{
		Kind: kind, Title: title, Note: note, Legend: legend,
		SVG: d.picture(chartWidth, height, fmt.Sprintf("%s in %s: %s", title, counted(len(h.sheet.rows), "scenario"), said(legend))),
	}
}
