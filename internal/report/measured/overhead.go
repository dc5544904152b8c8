package measured

import (
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/advice"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// column is one column of measured figures.
type column struct {
	title  string
	form   form
	figure func(bench.Scenario) figure
}

// form is how a figure is written: a duration in the unit of the row.
type form int

const (
	duration form = iota
	added         // a duration with its sign
	ratio
	count
	rate
)

// Overhead has one table for each mode and clock. With two gateways, what the
// answers cost does not fit beside their times.
func (run *Run) Overhead() document.Section {
	run.notes = document.Notes{}
	s := document.Section{ID: "overhead", Heading: "Overhead", Rank: document.Page}
	modes, suite := Grouped(run.unpaced(), func(c bench.Scenario) bench.Mode { return c.Mode })
	for _, mode := range modes {
		add := func(title string, columns []column) {
			s.Blocks = append(s.Blocks, run.measuredTable(string(mode)+" · "+title, suite[mode], columns))
		}
		clocks := Clocks(mode)
		for i, c := range clocks {
			columns := run.times(c)
			if i < len(clocks)-1 {
				columns = append(columns, run.stream()...)
			} else if !run.Paired() {
				columns = append(columns, run.work()...)
			}
			add(c.Title, columns)
		}
		if run.Paired() {
			add("throughput and CPU per request", run.work())
		}
	}
	if paced := run.paced(); len(paced) > 0 {
		for _, c := range pacedClocks {
			s.Blocks = append(s.Blocks, run.measuredTable("paced streams · "+c.Title, paced, run.times(c)))
		}
	}
	s.Blocks = append(s.Blocks, document.Paragraph{Text: run.legend(), Small: true}, run.notes.List(0))
	return s
}

// ofEach is a column for each of some arms; the title names the arm where there
// are several.
func ofEach(arms []bench.Arm, title string, form form, of measure) []column {
	var all []column
	for _, arm := range arms {
		name := title
		if len(arms) > 1 {
			name = string(arm) + " " + title
		}
		all = append(all, column{title: name, form: form, figure: func(s bench.Scenario) figure { return of(s, arm) }})
	}
	return all
}

// times are the columns of one clock: what each arm takes, and what a gateway
// adds.
func (run *Run) times(m Clock) []column {
	value, overhead := run.value(m.Typical, false), run.overhead(m.Typical, false)
	var all []column
	for _, arm := range run.Arms {
		all = append(all, column{title: run.Role(arm), figure: func(s bench.Scenario) figure { return value(s, arm) }})
	}
	if !run.Has(bench.Direct) || len(run.Gateways()) == 0 {
		all = append(all, ofEach(run.Arms, "±", duration, run.value(m.Typical, true))...)
		return append(all, run.ratios(value)...)
	}
	spreads := ofEach(run.Gateways(), "±", duration, run.overhead(m.Typical, true))
	for i, c := range ofEach(run.Gateways(), "overhead", added, overhead) {
		all = append(all, c, spreads[i])
	}
	if !run.Paired() && m.P99 != "" {
		all = append(all, ofEach(run.Gateways(), "p99", duration, run.value(m.P99, false))...)
	}
	return append(all, run.ratios(overhead)...)
}

// stream are the overheads of a stream's other clocks, which tell where in the
// answer the time goes.
func (run *Run) stream() []column {
	if run.Paired() || !run.Has(bench.Direct) {
		return nil
	}
	var all []column
	for _, c := range []struct {
		title  string
		metric bench.Metric
	}{{"headers", bench.HeadersP50}, {"1st delta", bench.FirstDeltaP50}, {"gap", bench.GapP50}} {
		all = append(all, ofEach(run.Gateways(), c.title, added, run.overhead(c.metric, false))...)
	}
	return all
}

// work is what the answers cost and how many there were.
func (run *Run) work() []column {
	arms := run.Gateways()
	if len(arms) == 0 {
		arms = run.Arms
	}
	throughput, cpu := run.value(bench.Throughput, false), run.value(bench.CPUPerRequest, false)
	all := append(ofEach(arms, "requests", rate, throughput), run.ratios(throughput)...)
	all = append(append(all, ofEach(run.Gateways(), "CPU", duration, cpu)...), run.ratios(cpu)...)
	if upstream := run.value(bench.UpstreamRequests, false); run.uneven(upstream) {
		all = append(all, ofEach(run.Gateways(), "upstream", ratio, upstream)...)
	}
	for _, arm := range run.Arms {
		if run.failures[arm] == 0 {
			continue
		}
		title := "errors"
		if run.Paired() || arm == bench.Direct && len(run.Gateways()) > 0 {
			title = string(arm) + " errors"
		}
		all = append(all, column{title: title, form: count, figure: func(s bench.Scenario) figure {
			failed, _ := run.errors(s, arm)
			return figure{value: new(float64(failed))}
		}})
	}
	return all
}

// uneven is true when a gateway does not ask the backend once for each request.
func (run *Run) uneven(upstream measure) bool {
	return slices.ContainsFunc(run.Gateways(), func(arm bench.Arm) bool {
		return slices.ContainsFunc(run.Suite, func(s bench.Scenario) bool {
			f := upstream(s, arm)
			return f.value != nil && advice.OfUpstream(*f.value) != ""
		})
	})
}

// ratios is one column, head over base, when both are measured.
func (run *Run) ratios(of measure) []column {
	if !run.Has(bench.Base) || !run.Has(bench.Head) {
		return nil
	}
	return []column{{title: "ratio", form: ratio, figure: func(s bench.Scenario) figure { return over(of(s, bench.Head), of(s, bench.Base)) }}}
}

// measuredTable has one unit for the times of each row.
func (run *Run) measuredTable(caption string, suite []bench.Scenario, columns []column) document.Table {
	t := document.Table{Caption: caption, Columns: document.Heads("scenario", "unit")}
	for _, c := range columns {
		unit := ""
		if c.form == rate {
			unit = figures.PerSecond.Unit
		}
		t.Columns = append(t.Columns, document.Column{Title: c.title, Unit: unit, Scaled: c.form <= added})
	}
	t.Columns = append(t.Columns, document.Column{Title: "notes", Text: true})
	for _, s := range suite {
		t.Rows = append(t.Rows, run.measuredRow(s, columns))
	}
	return t
}

func (run *Run) measuredRow(s bench.Scenario, columns []column) document.Row {
	numbers, failed := run.doubts(s)
	all := make([]figure, len(columns))
	var times []*float64
	for i, c := range columns {
		all[i] = c.figure(s)
		if c.form <= added {
			times = append(times, all[i].value)
		}
		if g := all[i].gap; g != (gap{}) && !run.missing(s) {
			numbers = append(numbers, run.notes.Mark(g.key, g.text))
		}
	}
	scale := figures.OfTimes(There(times...)...)
	forms := map[form]func(float64) string{
		duration: scale.Format, added: scale.Signed, rate: figures.Digits,
		ratio: func(v float64) string { return fmt.Sprintf("%.2f", v) }, count: func(v float64) string { return fmt.Sprintf("%.0f", v) },
	}
	cells := []document.Cell{ScenarioCell(s.ID()), {Text: scale.Unit}}
	for i, c := range columns {
		cells = append(cells, document.Number(all[i].value, forms[c.form]))
	}
	return document.Row{Cells: append(cells, document.MarkCell(numbers)), Alarm: failed}
}

// legend explains the columns that are there.
func (run *Run) legend() string {
	lines := []string{"Times: the mean of the fastest 80 % of a round's requests, then the median over the rounds"}
	if text := run.sayCompared(); text != "" {
		lines[0] += "; " + text
	}
	compared := run.Has(bench.Direct) && len(run.Gateways()) > 0
	if compared {
		lines = append(lines, "overhead: proxied minus direct in the same round")
	}
	if len(run.stream()) > 0 && slices.ContainsFunc(run.Suite, func(s bench.Scenario) bool { return s.Mode == bench.SSE }) {
		lines = append(lines, "headers, 1st delta and gap (between events): overhead of their medians")
	}
	lines = append(lines, "±: half of p90 - p10 over the rounds")
	if compared && !run.Paired() {
		lines = append(lines, "p99: of the proxied requests")
	}
	if len(run.Gateways()) > 0 {
		lines = append(lines, "CPU: CPU time of the gateway per request")
	}
	if run.uneven(run.value(bench.UpstreamRequests, false)) {
		lines = append(lines, "upstream: requests to the backend for each request")
	}
	return strings.Join(lines, "; ") + "."
}
