package report

import (
	"fmt"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// column is one column of measured figures.
type column struct {
	title  string
	unit   string // empty: the unit of the row, or none
	time   bool   // is written in the unit of the row
	signed bool
	figure func(row) figure
}

// clock is a moment of an answer that has a table of its own.
type clock struct {
	title        string
	typical, p99 bench.Metric
}

var (
	answer      = clock{"whole answer", bench.LatencyTypical, bench.LatencyP99}
	firstEvent  = clock{"first event (first SSE event complete)", bench.FirstEventTypical, bench.FirstEventP99}
	wholeStream = clock{"whole stream (last byte)", bench.TotalTypical, bench.TotalP99}
)

// clocks are those that a mode is judged by.
func clocks(m bench.Mode) []clock {
	if m == bench.SSE {
		return []clock{firstEvent, wholeStream}
	}
	return []clock{answer}
}

// word is the name of the clock without what explains it.
func (c clock) word() string {
	name, _, _ := strings.Cut(c.title, " (")
	return name
}

// measured has one table for each mode and clock. With two gateways, what the
// answers cost does not fit beside their times.
func (b *builder) measured() Section {
	s := Section{ID: "overhead", Heading: "Overhead", Rank: b.rank(Page)}
	add := func(mode bench.Mode, title string, columns []column) {
		s.Blocks = append(s.Blocks, b.measuredTable(string(mode)+" · "+title, b.rowsIn(mode), columns))
	}
	for _, mode := range b.modes() {
		whole := answer
		if mode == bench.SSE {
			whole = wholeStream
			add(mode, firstEvent.title, append(b.times(firstEvent), b.stream()...))
		}
		if b.paired() {
			add(mode, whole.title, b.times(whole))
			add(mode, "throughput and CPU per request", b.work())
		} else {
			add(mode, whole.title, append(b.times(whole), b.work()...))
		}
	}
	if len(s.Blocks) > 0 {
		s.Blocks = append(s.Blocks, Paragraph{Text: b.legend(), Small: true}, b.notes.list(0))
	}
	return s
}

// times are the columns of one clock: what each arm takes, and what a gateway
// adds.
func (b *builder) times(m clock) []column {
	var all []column
	add := func(title string, signed bool, of func(row) figure) {
		all = append(all, column{title: title, time: true, signed: signed, figure: of})
	}
	of := func(title string, arm bench.Arm) string {
		if b.paired() {
			return string(arm) + " " + title
		}
		return title
	}
	for _, arm := range b.arms {
		add(b.role(arm), false, func(r row) figure { return r.value(arm, m.typical) })
	}
	if !b.has(bench.Direct) || len(b.gateways) == 0 {
		for _, arm := range b.arms {
			add(of("±", arm), false, func(r row) figure { return r.valueSpread(arm, m.typical) })
		}
		return append(all, b.ratios(func(r row, arm bench.Arm) figure { return r.value(arm, m.typical) })...)
	}
	for _, arm := range b.gateways {
		add(of("overhead", arm), true, func(r row) figure { return r.overhead(arm, m.typical) })
		add(of("±", arm), false, func(r row) figure { return r.overheadSpread(arm, m.typical) })
	}
	if !b.paired() {
		add("p99", false, func(r row) figure { return r.value(b.gateways[0], m.p99) })
	}
	return append(all, b.ratios(func(r row, arm bench.Arm) figure { return r.overhead(arm, m.typical) })...)
}

// stream are the overheads of a stream's other clocks, which tell where in the
// answer the time goes.
func (b *builder) stream() []column {
	if len(b.gateways) != 1 || !b.has(bench.Direct) {
		return nil
	}
	var all []column
	for _, c := range []struct {
		title  string
		metric bench.Metric
	}{{"headers", bench.HeadersP50}, {"1st delta", bench.FirstDeltaP50}, {"gap", bench.GapP50}} {
		all = append(all, column{title: c.title, time: true, signed: true, figure: func(r row) figure { return r.overhead(b.gateways[0], c.metric) }})
	}
	return all
}

// work is what the answers cost and how many there were.
func (b *builder) work() []column {
	arms := b.gateways
	if len(arms) == 0 {
		arms = b.arms
	}
	of := func(title string, arm bench.Arm) string {
		if len(arms) > 1 {
			return string(arm) + " " + title
		}
		return title
	}
	value := func(m bench.Metric) func(row, bench.Arm) figure {
		return func(r row, arm bench.Arm) figure { return r.value(arm, m) }
	}
	var all []column
	for _, arm := range arms {
		all = append(all, column{title: of("requests", arm), unit: figures.PerSecond.Unit, figure: func(r row) figure { return r.value(arm, bench.Throughput) }})
	}
	all = append(all, b.ratios(value(bench.Throughput))...)
	for _, arm := range b.gateways {
		all = append(all, column{title: of("CPU", arm), time: true, figure: func(r row) figure { return r.value(arm, bench.CPUPerRequest) }})
	}
	all = append(all, b.ratios(value(bench.CPUPerRequest))...)
	for _, arm := range b.arms {
		if b.failures[arm] > 0 {
			all = append(all, b.errorColumn(arm, of))
		}
	}
	return all
}

func (b *builder) errorColumn(arm bench.Arm, of func(string, bench.Arm) string) column {
	title := of("errors", arm)
	if arm == bench.Direct && len(b.gateways) > 0 {
		title = "direct errors"
	}
	return column{title: title, figure: func(r row) figure {
		failed, _ := r.errors(arm)
		return figure{value: float64(failed), ok: true}
	}}
}

// ratios is one column, head over base, when both are measured.
func (b *builder) ratios(of func(row, bench.Arm) figure) []column {
	if !b.has(bench.Base) || !b.has(bench.Head) {
		return nil
	}
	return []column{{title: "ratio", figure: func(r row) figure { return over(of(r, bench.Head), of(r, bench.Base)) }}}
}

// measuredTable has one unit for the times of each row.
func (b *builder) measuredTable(caption string, rows []row, columns []column) Table {
	t := Table{Caption: caption, What: "scenario", Columns: []Column{{Title: "scenario", Text: true}, {Title: "unit", Text: true}}}
	for _, c := range columns {
		t.Columns = append(t.Columns, Column{Title: c.title, Unit: c.unit})
	}
	t.Columns = append(t.Columns, Column{Title: "", Text: true})
	for _, r := range rows {
		t.Rows = append(t.Rows, Row{Alarm: b.fails(r), Cells: b.measuredCells(r, columns)})
	}
	return t
}

func (b *builder) measuredCells(r row, columns []column) []Cell {
	all := make([]figure, len(columns))
	numbers := b.doubts(r)
	var times []float64
	for i, c := range columns {
		all[i] = c.figure(r)
		if c.time && all[i].ok {
			times = append(times, all[i].value)
		}
		if g := all[i].gap; g != (gap{}) {
			numbers = append(numbers, b.notes.mark(g.key, g.text))
		}
	}
	scale := figures.OfTimes(times...)
	cells := []Cell{b.scenarioCell(r.ID()), {Text: scale.Unit}}
	for i, c := range columns {
		format := figures.Digits
		switch {
		case c.time && c.signed:
			format = scale.Signed
		case c.time:
			format = scale.Format
		case c.title == "ratio":
			format = func(v float64) string { return fmt.Sprintf("%.2f", v) }
		case c.unit == "":
			format = func(v float64) string { return fmt.Sprintf("%.0f", v) }
		}
		cells = append(cells, number(pointer(all[i]), format))
	}
	return append(cells, marks(numbers))
}

// legend explains the columns that are there.
func (b *builder) legend() string {
	lines := []string{"Times: the mean of the fastest 80 % of a round's requests, then the median over the rounds"}
	if b.has(bench.Direct) && len(b.gateways) > 0 {
		lines = append(lines, "overhead: proxied minus direct in the same round")
	}
	if len(b.stream()) > 0 && len(b.rowsIn(bench.SSE)) > 0 {
		lines = append(lines, "headers, 1st delta and gap (between events): overhead of their medians")
	}
	lines = append(lines, "±: half the range of the middle 80 % of the rounds")
	if len(b.gateways) == 1 && b.has(bench.Direct) {
		lines = append(lines, "p99: of the proxied requests")
	}
	if len(b.gateways) > 0 {
		lines = append(lines, "CPU: CPU time of the gateway per request")
	}
	return strings.Join(lines, "; ") + "."
}
