package report

import (
	"github.com/org/proxy-bench-action/internal/bench"
)

// beats are the moments of a streamed answer in the order in which they come.
var beats = []struct {
	class, name string
	metric      bench.Metric
}{
	{"t1", "head", bench.HeadersP50},
	{"t2", "first event", bench.FirstEventP50},
	{"t3", "last byte", bench.TotalP50},
}

// timeline draws when head, first event and end of a stream arrive, and how long
// the next event then lets wait.
func (h *hypertext) timeline(r row) (figureView, bool) {
	var ends []float64
	for _, arm := range h.sheet.arms {
		for _, m := range []bench.Metric{bench.HeadersP50, bench.FirstEventP50, bench.TotalP50} {
			if f := r.value(arm, m); f.ok {
				ends = append(ends, f.value)
			}
		}
		if delta, gap := r.value(arm, bench.FirstDeltaP50), r.value(arm, bench.GapP99); delta.ok && gap.ok {
			ends = append(ends, delta.value+gap.value)
		}
	}
	x, ok := linear(timeUnit(ends), append([]float64{0}, ends...), left, right-46)
	if !ok || len(ends) == 0 {
		return figureView{}, false
	}
	d := &drawing{}
	d.line("x", spot{left, lower}, spot{right, lower})
	var lines [][2]spot
	for i, t := range x.ticks {
		at := x.at(t * x.unit.Factor)
		lines = append(lines, [2]spot{{at, upper - 6}, {at, lower}})
		d.text("c", spot{at, lower + 15}, x.label(i))
	}
	d.segments("g", lines...)
	d.text("e", spot{right, chartHeight - 3}, titled("since the request began", x.unit))
	height := float64(lower-upper) / float64(len(h.sheet.arms))
	for i, arm := range h.sheet.arms {
		h.stream(d, r, arm, x, upper+height*(float64(i)+0.5))
	}
	var legend []legendView
	for _, b := range beats {
		legend = append(legend, legendView{Class: b.class, Name: "to " + b.name})
	}
	return d.chart("timeline", "A stream, median by median", "", legend), true
}

// stream draws one arm around a height.
func (h *hypertext) stream(d *drawing, r row, arm bench.Arm, x axis, y float64) {
	d.text("e", spot{left - 6, y + 4}, h.sheet.role(arm))
	from, end := x.at(0), figure{}
	for _, b := range beats {
		f := r.value(arm, b.metric)
		if !f.ok {
			continue
		}
		to := max(x.at(f.value), from)
		d.line("m bar "+b.class, spot{from, y}, spot{to, y})
		from, end = to, f
	}
	if end.ok {
		d.text("s v", spot{from + 5, y + 4}, x.unit.Format(end.value, false))
	}
	delta := r.value(arm, bench.FirstDeltaP50)
	if !delta.ok {
		return
	}
	at := x.at(delta.value)
	d.line("m tick", spot{at, y - 9}, spot{at, y + 9})
	if p99 := r.value(arm, bench.GapP99); p99.ok {
		d.line("m gap", spot{at, y + 13}, spot{x.at(delta.value + p99.value), y + 13})
	}
	if p50 := r.value(arm, bench.GapP50); p50.ok {
		at := x.at(delta.value + p50.value)
		d.line("m gap", spot{at, y + 10}, spot{at, y + 16})
	}
}
