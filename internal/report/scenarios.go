package report

import (
	"cmp"
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/charts"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/summary"
)

// scenarios has a section for each scenario with its charts and medians.
func (b *builder) scenarios() document.Section {
	s := document.Section{ID: "scenarios", Heading: "Scenarios", Rank: document.Page}
	reasons := make(map[string]string)
	for _, v := range b.Verdict.Scenarios {
		reasons[v.Scenario] = v.Reason
	}
	for _, r := range b.rows {
		outcome := b.outcomes[r.ID()]
		s.Sections = append(s.Sections, document.Section{
			ID: scenarioSection(r.ID()), Heading: r.ID(), Rank: document.Page, Fold: true, Open: outcome != "" && outcome != bench.Pass,
			Outcome: outcome, Aside: b.worstChange(r.ID()), Blocks: []document.Block{document.Paragraph{Text: reasons[r.ID()]}, b.OfScenario(r.Scenario), b.medians(r)},
		})
	}
	if len(s.Sections) > 0 {
		s.Blocks = []document.Block{document.Paragraph{Small: true, Text: "A curve is the mean of the rounds' distribution functions, each round counting alike; " +
			"it ends at 99 % of the requests, and the medians stand beside the names. Nothing is decided by it. A dot is a round: the mean of its fastest 80 %. " +
			"In a stream, the upright tick is the first content, and the thin line below leads from it to the next event, at the 99th percentile."}}
	}
	return s
}

// worstChange is the change of the typical value that weighs most.
func (b *builder) worstChange(id string) string {
	text, most := "", 0.0
	for _, c := range b.Comparisons {
		if c.Scenario != id || !c.Metric.IsJudged() || c.Change == nil {
			continue
		}
		if g := max(gravity(c), 0); text == "" || g > most {
			text, most = fmt.Sprintf("%s %s", metricWord(c.Metric), changeWord(c)), g
		}
	}
	return text
}

// medians of one scenario, a row for each metric.
func (b *builder) medians(r row) document.Table {
	t := document.Table{Caption: r.ID() + ": medians over the rounds", Columns: []document.Column{{Title: "metric", Text: true}, {Title: "unit", Text: true}}}
	for _, arm := range b.Arms {
		t.Columns = append(t.Columns, document.Column{Title: b.Role(arm)})
	}
	for _, m := range bench.Metrics(func(d bench.Description) bool { return d.In(r.Mode) }) {
		all := make([]*float64, len(b.Arms))
		for i, arm := range b.Arms {
			if v, ok := r.rounds.Median(r.ID(), arm, m); ok {
				all[i] = &v
			}
		}
		if values := there(all...); len(values) > 0 {
			scale := scaleOf(m, values...)
			d, _ := m.Describe()
			cells := []document.Cell{{Text: d.Text}, {Text: scale.Unit}}
			for _, v := range all {
				cells = append(cells, number(v, scale.Format))
			}
			t.Rows = append(t.Rows, document.Row{Cells: cells})
		}
	}
	cells, failed := []document.Cell{{Text: "failed requests"}, {}}, 0
	for _, arm := range b.Arms {
		n, _ := r.errors(arm)
		cells, failed = append(cells, document.Cell{Text: fmt.Sprint(n)}), failed+n
	}
	if failed > 0 {
		t.Rows = append(t.Rows, document.Row{Cells: cells, Alarm: true})
	}
	return t
}

// cost is what the gateways themselves use.
func (b *builder) cost() document.Section {
	s := document.Section{ID: "cost", Heading: "CPU and memory of the gateway", Rank: b.rank(document.Detail)}
	if b.failed() {
		return s
	}
	l := document.List{}
	for _, arm := range b.Gateways() {
		if text := b.memoryNote(arm); text != "" {
			l.Items = append(l.Items, document.Item{Name: "memory of " + plain.Brief(string(arm)), Text: text})
		}
	}
	if text := b.failuresNote(); text != "" {
		l.Items = append(l.Items, document.Item{Name: "failures", Text: text})
	}
	s.Blocks = []document.Block{l, b.Cost()}
	return s
}

// memoryNote is the memory of one gateway: when ready, and the most of any
// scenario.
func (b *builder) memoryNote(arm bench.Arm) string {
	idle, peak, at := 0.0, 0.0, ""
	for _, r := range b.rows {
		if v, ok := r.rounds.Median(r.ID(), arm, bench.RSSIdle); ok {
			idle = cmp.Or(idle, v)
		}
		if v, ok := r.rounds.Median(r.ID(), arm, bench.RSSPeak); ok && v > peak {
			peak, at = v, r.ID()
		}
	}
	if idle == 0 || peak == 0 {
		return ""
	}
	return fmt.Sprintf("%s when ready, at most %s (by the end of %s)", figures.Memory(idle), figures.Memory(peak), at)
}

// history is the overhead of each scenario in the runs of the main branch, and
// where it stepped.
func (b *builder) history() document.Section {
	s := document.Section{ID: "history", Heading: "History of the main branch", Rank: document.Detail}
	if b.failed() {
		return s
	}
	steps := document.List{Most: enough}
	for _, p := range b.context.ChangePoints {
		text := fmt.Sprintf("%s: the ratio of proxied to direct has changed by %s against what it was ten and more runs ago", metricWord(p.Metric), figures.Added(p.Change))
		if p.SHA != "" {
			text += fmt.Sprintf(", by %s of it with %s", figures.Added(p.Step), shortSHA(p.SHA))
		}
		steps.Items = append(steps.Items, document.Item{Name: p.Scenario, Text: text})
	}
	past := document.Charts{Note: "Median overhead by commit; the last is this head. Runs may be from different machines."}
	named := false
	for _, r := range b.rows {
		for _, m := range charts.Clocks(r.Mode) {
			c := b.past(r, m.Typical)
			c.Typical = !named && len(c.Series) > 0 && r.Scenario == b.through()
			named = named || c.Typical
			past.Add(c)
		}
	}
	s.Blocks = []document.Block{steps, past}
	return s
}

// past is one metric of one scenario: a dot for each run, of another style
// where the CPU was another one. Fewer than two runs are no chart.
func (b *builder) past(r row, m bench.Metric) document.Chart {
	c := document.Chart{Kind: "history", Title: fmt.Sprintf("%s · %s: overhead by commit", plain.Brief(r.ID()), metricWord(m))}
	main, other := document.Series{Name: "main", Style: "head", Shape: document.Dots}, document.Series{Name: "on another CPU model", Style: "other", Shape: document.Dots}
	trail := document.Series{Style: "trail", Shape: document.Trail}
	c.X = document.Axis{Title: "runs of main", Scale: figures.One}
	for i, run := range b.context.History {
		v, ok := run.Overhead[r.ID()][m]
		if !ok {
			continue
		}
		name := []rune(plain.Token(run.SHA))
		p := document.Point{X: float64(i + 1), Y: v, Name: string(name[:min(7, len(name))])}
		trail.Points = append(trail.Points, p)
		if run.CPUModel == b.run.Environment.CPUModel {
			main.Points = append(main.Points, p)
		} else {
			other.Points = append(other.Points, p)
		}
		tick := document.Tick{At: p.X, Name: run.Started.UTC().Format("2006-01-02")}
		c.X.Ticks = append(c.X.Ticks[:min(1, len(c.X.Ticks))], tick) // the first and the last
	}
	if len(trail.Points) < 2 {
		return document.Chart{}
	}
	c.Add(trail, main, other)
	if s, ok := summary.SpreadOf(r.rounds.Overheads(r.ID(), bench.Head, m)); ok {
		last := trail.Points[len(trail.Points)-1].X
		c.Add(document.Series{Name: "this head", Style: "base", Shape: document.Dots, Points: []document.Point{{X: last + 1, Y: s.Median, Name: "head"}}})
	}
	c.Y = document.Axis{Title: "overhead", Scale: figures.OfTimes(c.Ys()...), Zero: true}
	for _, p := range b.context.ChangePoints {
		if p.Scenario != r.ID() || p.Metric != m {
			continue
		}
		c.Note = fmt.Sprintf("%s since %s.", figures.Added(p.Change), shortSHA(p.SHA))
		for i, run := range b.context.History {
			if run.SHA == p.SHA && p.SHA != "" {
				c.Rules = append(c.Rules, document.Rule{At: float64(i) + 0.5, Label: figures.Added(p.Step)})
				break
			}
		}
	}
	return c
}
