package measured

import (
	"cmp"
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// Medians are those of one scenario, a row for each metric.
func (run *Run) Medians(s bench.Scenario) document.Table {
	t := document.Table{Fold: true, Caption: run.ofScenario(s), Columns: document.Heads("metric", "unit")}
	for _, arm := range run.Arms {
		t.Columns = append(t.Columns, document.Column{Title: run.Role(arm), Scaled: true})
	}
	for _, m := range bench.Metrics(func(d bench.Description) bool { return d.In(s.Mode) }) {
		all := make([]*float64, len(run.Arms))
		for i, arm := range run.Arms {
			if v, ok := run.median(s, arm, m); ok {
				all[i] = &v
			}
		}
		if values := There(all...); len(values) > 0 {
			scale := ScaleOf(m, values...)
			d, _ := m.Describe()
			cells := []document.Cell{{Text: d.Text}, {Text: scale.Unit}}
			for _, v := range all {
				cells = append(cells, document.Number(v, scale.Format))
			}
			t.Rows = append(t.Rows, document.Row{Cells: cells})
		}
	}
	cells, failed := []document.Cell{{Text: "failed requests"}, {}}, 0
	for _, arm := range run.Arms {
		n, _ := run.errors(s, arm)
		cells, failed = append(cells, document.Cell{Text: fmt.Sprint(n)}), failed+n
	}
	if failed > 0 {
		t.Rows = append(t.Rows, document.Row{Cells: cells, Alarm: true})
	}
	return t
}

// ofScenario is what the figures of a scenario are.
func (run *Run) ofScenario(s bench.Scenario) string {
	if run.sayCompared() != "" {
		return s.ID() + ": base and head as compared, else medians over the rounds"
	}
	return s.ID() + ": medians over the rounds"
}

// Cost is what the gateways themselves use.
func (run *Run) Cost() document.Section {
	s := document.Section{ID: "cost", Heading: "CPU and memory of the gateway", Rank: document.Detail}
	l := document.List{}
	for _, arm := range run.Gateways() {
		if text := run.memoryNote(arm); text != "" {
			l.Items = append(l.Items, document.Item{Name: "memory of " + plain.Brief(string(arm)), Text: text})
		}
	}
	if text := run.failuresNote(); text != "" {
		l.Items = append(l.Items, document.Item{Name: "failures", Text: text})
	}
	s.Blocks = []document.Block{l, run.costCharts()}
	return s
}

// memoryNote is the memory of one gateway: when ready, and the most of any
// scenario.
func (run *Run) memoryNote(arm bench.Arm) string {
	idle, peak, at := run.memory(arm)
	if idle == 0 || peak == 0 {
		return ""
	}
	return fmt.Sprintf("%s when ready, at most %s (by the end of %s)", figures.Memory(idle), figures.Memory(peak), at)
}

// memory is that of a gateway when ready, and the most with its scenario; zeros where it
// is not known.
func (run *Run) memory(arm bench.Arm) (idle, peak float64, at string) {
	for _, s := range run.Suite {
		if v, ok := run.Rounds.Median(s.ID(), arm, bench.RSSIdle); ok {
			idle = cmp.Or(idle, v)
		}
		if v, ok := run.Rounds.Median(s.ID(), arm, bench.RSSPeak); ok && v > peak {
			peak, at = v, s.ID()
		}
	}
	return idle, peak, at
}
