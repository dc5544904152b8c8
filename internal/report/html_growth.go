package report

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// against draws latency against concurrency, one chart for each mode and body
// size with at least two concurrencies.
func (h *hypertext) against() []figureView {
	var figures []figureView
	for _, group := range groupsOf(h.sheet.rows, func(r row) bench.Scenario {
		r.Concurrency = 0
		return r.Scenario
	}) {
		if f, ok := h.concurrency(group); ok {
			figures = append(figures, f)
		}
	}
	return figures
}

// queues says where requests begin to wait for one another.
func (h *hypertext) queues() []string {
	var lines []string
	for _, arm := range h.sheet.gateways {
		for _, g := range h.sheet.queueing(arm) {
			lines = append(lines, clean(fmt.Sprintf("%s, %s: %s", h.sheet.role(g.arm), g.what, g.text)))
		}
	}
	return lines
}

// groupsOf are the rows with equal keys, in the order in which each key is
// first seen; a group of one shows no growth and is left out.
func groupsOf(rows []row, key func(row) bench.Scenario) [][]row {
	var order []bench.Scenario
	groups := make(map[bench.Scenario][]row)
	for _, r := range rows {
		k := key(r)
		if groups[k] == nil {
			order = append(order, k)
		}
		groups[k] = append(groups[k], r)
	}
	var all [][]row
	for _, k := range order {
		if len(groups[k]) > 1 {
			all = append(all, groups[k])
		}
	}
	return all
}

func (h *hypertext) concurrency(rows []row) (figureView, bool) {
	metric := rows[0].Mode.Primary()
	var at, times []float64
	var names []string
	for _, r := range rows {
		at, names = append(at, float64(r.Concurrency)), append(names, fmt.Sprint(r.Concurrency))
		for _, arm := range h.sheet.arms {
			if f := r.value(arm, metric); f.ok {
				times = append(times, f.value)
			}
		}
	}
	x, ok := logarithmic(ones, at, left+10, right-10)
	y, okay := logarithmic(middleUnit(times), times, lower, upper)
	if !ok || !okay {
		return figureView{}, false
	}
	d := frame(x.named(at, names), y, "requests in flight", metricWord(metric))
	var legend []legendView
	for _, arm := range h.sheet.arms {
		var spots []spot
		for _, r := range rows {
			if f := r.value(arm, metric); f.ok {
				spots = append(spots, spot{x.at(float64(r.Concurrency)), y.at(f.value)})
			}
		}
		d.line("l "+armClass[arm], spots...)
		d.armDots(arm, spots...)
		legend = append(legend, legendView{Class: armClass[arm], Name: h.sheet.role(arm)})
	}
	title := fmt.Sprintf("%s · %s", rows[0].Mode, rows[0].Sizes())
	return d.chart("concurrency", clean(title), "", legend), true
}

// sizes draws overhead against body size with its fitted line, one chart for
// each mode and concurrency with at least two sizes.
func (h *hypertext) sizes() []figureView {
	var figures []figureView
	for _, group := range groupsOf(h.sheet.rows, func(r row) bench.Scenario {
		r.BodyBytes = 0
		return r.Scenario
	}) {
		if f, ok := h.bodySizes(group); ok {
			figures = append(figures, f)
		}
	}
	return figures
}

func (h *hypertext) bodySizes(rows []row) (figureView, bool) {
	metric := rows[0].Mode.Primary()
	var at, times []float64
	var names []string
	for _, r := range rows {
		at, names = append(at, float64(r.BodyBytes)), append(names, bench.Size(r.BodyBytes).String())
		for _, arm := range h.sheet.gateways {
			if s, ok := summary.SpreadOf(summary.Overheads(r.rounds, r.ID(), arm, metric)); ok {
				times = append(times, s.Low, s.High)
			}
		}
	}
	x, ok := logarithmic(ones, at, left+10, right-10)
	y, okay := linear(timeUnit(times), append(times, 0), lower, upper)
	if !ok || !okay || len(times) == 0 {
		return figureView{}, false
	}
	d := frame(x.named(at, names), y, "body", "overhead")
	var legend []legendView
	var notes []string
	for _, arm := range h.sheet.gateways {
		if g, ok := h.fit(rows, arm); ok {
			for _, l := range linesOf(g, x.low, x.high) {
				d.fitted(l, arm, x, y)
			}
			notes = append(notes, strings.TrimSpace(pick(len(h.sheet.gateways) > 1, string(arm), "")+" "+sizeLine(g)))
		}
		d.spreads(rows, arm, metric, x, y)
		legend = append(legend, legendView{Class: armClass[arm], Name: h.sheet.role(arm)})
	}
	title := strings.TrimSpace(fmt.Sprintf("%s · concurrency %d %s", rows[0].Mode, rows[0].Concurrency, rows[0].AnswerSize()))
	return d.chart("body", clean(title), strings.Join(notes, "\n"), legend), true
}

// fit is the growth of the rows, which differ in their body alone.
func (h *hypertext) fit(rows []row, arm bench.Arm) (summary.Growth, bool) {
	rest := rows[0].Scenario
	rest.BodyBytes = 0
	for _, g := range h.growth[arm] {
		if g.Rest == rest {
			return g, true
		}
	}
	return summary.Growth{}, false
}

// spreads draws the median overhead of each body size, and the middle 80 % of
// the rounds.
func (d *drawing) spreads(rows []row, arm bench.Arm, metric bench.Metric, x, y axis) {
	var spots []spot
	var ranges [][2]spot
	for _, r := range rows {
		s, ok := summary.SpreadOf(summary.Overheads(r.rounds, r.ID(), arm, metric))
		if !ok {
			continue
		}
		at := x.at(float64(r.BodyBytes)) + pick(arm == bench.Base, -3.0, 3.0) // beside each other
		spots = append(spots, spot{at, y.at(s.Median)})
		ranges = append(ranges, [2]spot{{at, y.at(s.Low)}, {at, y.at(s.High)}})
	}
	d.segments("w "+armClass[arm], ranges...)
	d.armDots(arm, spots...)
}

// fittedLine is a line over some body sizes, in seconds and bytes.
type fittedLine struct {
	intercept float64
	slope     slope
	from, to  float64
}

// linesOf is one line, or two that meet near the middle where one was not
// enough.
func linesOf(g summary.Growth, from, to float64) []fittedLine {
	if g.Shape != summary.Bent {
		return []fittedLine{{g.Line.Intercept, slope(g.Line.Slope), from, to}}
	}
	return []fittedLine{
		{g.Bend.Below.Intercept, slope(g.Bend.Below.Slope), from, g.Bend.Pivot},
		{g.Bend.Above.Intercept, slope(g.Bend.Above.Slope), g.Bend.Pivot, to},
	}
}

// fitted draws a line, which the logarithmic scale of bytes bends, as far as it
// is within the chart, and the interval of its slope, turned around its middle.
func (d *drawing) fitted(l fittedLine, arm bench.Arm, x, y axis) {
	const steps = 24
	var line, above, below []spot
	factor := l.to / l.from
	middle := l.from * math.Sqrt(factor)
	level := l.intercept + l.slope.Value*middle
	for i := range steps + 1 {
		bytes := l.from * math.Pow(factor, float64(i)/steps)
		at := x.at(bytes)
		if v := l.intercept + l.slope.Value*bytes; y.holds(v) {
			line = append(line, spot{at, y.at(v)})
		}
		above = append(above, spot{at, y.at(level + l.slope.High*(bytes-middle))})
		below = append(below, spot{at, y.at(level + l.slope.Low*(bytes-middle))})
	}
	slices.Reverse(below)
	d.line("band "+armClass[arm], append(above, below...)...)
	d.line("m fit "+armClass[arm], line...)
}
