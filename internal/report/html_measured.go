package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// measured are the tables of the terminal: what each arm takes, and what the
// gateway adds.
func (h *hypertext) measured() (tables []tableView, notes []string) {
	s := h.sheet
	add := func(mode bench.Mode, title string, rows []row, columns []column) {
		tables = append(tables, s.tableView(clean(string(mode))+" · "+title, rows, columns))
	}
	for _, mode := range s.modes() {
		rows := s.rowsIn(mode)
		if mode == bench.SSE {
			add(mode, firstEvent.title, rows, append(s.times(firstEvent), s.stream()...))
			add(mode, wholeStream.title, rows, s.times(wholeStream))
		} else {
			add(mode, answer.title, rows, s.times(answer))
		}
		add(mode, "throughput and CPU per request", rows, s.work())
	}
	return slices.Concat(tables, h.openViews(), h.probeViews()), s.notes.texts
}

// tableView is table for a document.
func (s *sheet) tableView(caption string, rows []row, columns []column) tableView {
	values := make([][]figure, len(rows))
	shared := make(map[string][]float64)
	for i, r := range rows {
		for _, c := range columns {
			f := c.figure(r)
			values[i] = append(values[i], f)
			if f.ok && !c.spread {
				shared[c.share] = append(shared[c.share], f.value)
			}
		}
	}
	t := tableView{Kind: "measured", Caption: caption, Head: []headView{{Title: "scenario"}}}
	scales := make([]figures.Scale, len(columns))
	for i, c := range columns {
		scales[i] = figures.For(c.of, shared[c.share]...)
		title := strings.TrimSpace(pick(len(s.gateways) > 1, string(c.arm), "") + " " + c.title)
		t.Head = append(t.Head, headView{title, scales[i].Unit, numeric})
	}
	t.Head = append(t.Head, headView{"notes", "", unsorted})
	for i, r := range rows {
		cells := s.cells(r, columns, values[i], scales)[2:] // without concurrency and body
		row := cellsFor(brief(r.ID()))
		for _, text := range cells[:len(cells)-1] {
			row = append(row, cellView{Text: text})
		}
		t.Rows = append(t.Rows, append(row, cellView{Text: strings.TrimSpace(cells[len(cells)-1]), Class: textual}))
	}
	return t
}

// listed are the metrics in a scenario's own table, for each mode.
var listed = map[bench.Mode][]bench.Metric{
	bench.JSON: {
		bench.HeadersP50, bench.LatencyTypical, bench.LatencyP50, bench.LatencyP95, bench.LatencyP99,
		bench.Throughput, bench.CPUPerRequest, bench.RSSPeak,
	},
	bench.SSE: {
		bench.HeadersP50, bench.FirstEventTypical, bench.FirstEventP50, bench.FirstEventP95, bench.FirstEventP99,
		bench.FirstDeltaP50, bench.GapP50, bench.GapP99,
		bench.TotalTypical, bench.TotalP50, bench.TotalP95, bench.TotalP99,
		bench.Throughput, bench.CPUPerRequest, bench.RSSPeak,
	},
}

// numbers are the medians of one scenario, a row for each metric with one unit.
func (h *hypertext) numbers(r row) tableView {
	t := tableView{Kind: "plain", Caption: clean(r.ID()) + ": medians over the rounds", Head: []headView{{Title: "metric"}, {Title: "unit"}}}
	for _, arm := range h.sheet.arms {
		t.Head = append(t.Head, headView{Title: h.sheet.role(arm), Class: numeric})
	}
	for _, m := range listed[r.Mode] {
		figures, values := make([]figure, len(h.sheet.arms)), []float64{}
		for i, arm := range h.sheet.arms {
			if figures[i] = r.value(arm, m); figures[i].ok {
				values = append(values, figures[i].value)
			}
		}
		if len(values) == 0 {
			continue
		}
		d, _ := m.Describe()
		unit := unitFor(m, values)
		row := cellsFor(d.Text, unit.Unit)
		for _, f := range figures {
			text := missing
			if f.ok {
				text = unit.Format(f.value, false)
			}
			row = append(row, cellView{Text: text})
		}
		t.Rows = append(t.Rows, row)
	}
	if h.sheet.fails(r) {
		row := cellsFor("failed requests", "")
		for _, arm := range h.sheet.arms {
			n, _ := r.errors(arm)
			row = append(row, cellView{Text: fmt.Sprint(n)})
		}
		t.Rows = append(t.Rows, row)
	}
	return t
}
