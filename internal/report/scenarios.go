package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/summary"
)

// scenarios has a section for each scenario with its charts and medians.
func (b *builder) scenarios() Section {
	s := Section{ID: "scenarios", Heading: "Scenarios", Rank: Page}
	reasons := make(map[string]string)
	for _, v := range b.Verdict.Scenarios {
		reasons[v.Scenario] = v.Reason
	}
	for _, r := range b.rows {
		outcome := b.outcomes[r.ID()]
		n := Section{
			ID: scenarioSection(r.ID()), Heading: r.ID(), Rank: Page, Fold: true, Open: outcome != "" && outcome != bench.Pass,
			Outcome: outcome, Aside: b.worstChange(r.ID()), Blocks: []Block{Paragraph{Text: reasons[r.ID()]}},
		}
		var charts Charts
		for _, c := range clocks(r.Mode) {
			charts.add(b.distribution(r, c))
			charts.add(b.roundChart(r, c))
		}
		if r.Mode == bench.SSE {
			charts.add(b.timeline(r))
		}
		n.Blocks = append(n.Blocks, charts, b.medians(r))
		s.Sections = append(s.Sections, n)
	}
	if len(s.Sections) > 0 {
		s.Blocks = []Block{Paragraph{Small: true, Text: "A curve is the mean of the rounds' distribution functions, each round counting alike; " +
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
func (b *builder) medians(r row) Table {
	t := Table{Caption: r.ID() + ": medians over the rounds", What: "metric", Columns: []Column{{Title: "metric", Text: true}, {Title: "unit", Text: true}}}
	for _, arm := range b.arms {
		t.Columns = append(t.Columns, Column{Title: b.role(arm)})
	}
	for _, m := range bench.Metrics(func(d bench.Description) bool { return d.In(r.Mode) }) {
		all := make([]figure, len(b.arms))
		var values []float64
		for i, arm := range b.arms {
			if all[i] = r.value(arm, m); all[i].ok {
				values = append(values, all[i].value)
			}
		}
		if len(values) == 0 {
			continue
		}
		scale := scaleOf(m, values...)
		d, _ := m.Describe()
		cells := []Cell{{Text: d.Text}, {Text: scale.Unit}}
		for _, f := range all {
			cells = append(cells, number(pointer(f), scale.Format))
		}
		t.Rows = append(t.Rows, Row{Cells: cells})
	}
	if b.fails(r) {
		cells := []Cell{{Text: "failed requests"}, {}}
		for _, arm := range b.arms {
			n, _ := r.errors(arm)
			cells = append(cells, Cell{Text: strconv.Itoa(n)})
		}
		t.Rows = append(t.Rows, Row{Cells: cells, Alarm: true})
	}
	return t
}

// axisOfTimes has the unit that suits the largest of its values.
func axisOfTimes(title string, values []float64) Axis {
	return Axis{Title: title, Scale: figures.OfTimes(values...)}
}

// axisOfFactors is for times that differ by factors: it has the unit that suits
// their middle.
func axisOfFactors(title string, values []float64) Axis {
	s, _ := summary.SpreadOf(values)
	return Axis{Title: title, Scale: figures.OfTimes(s.Median), Log: true}
}

// distribution shows which share of the requests took at most how long.
func (b *builder) distribution(r row, clock clock) Chart {
	c := Chart{Kind: "ecdf", Title: "Requests: " + clock.word()}
	var all []float64
	for _, arm := range b.arms {
		s := Series{Name: b.role(arm), Style: string(arm), Shape: Curve}
		middle := 0.0
		for _, p := range r.rounds.Pooled(r.ID(), arm, clock.typical) {
			all = append(all, p.Value)
			s.Points = append(s.Points, Point{X: p.Value, Y: p.Share})
			if p.Share == 0.5 {
				middle = p.Value
			}
		}
		if len(s.Points) > 0 {
			s.Value = figures.Seconds(middle)
			c.Series = append(c.Series, s)
		}
	}
	c.X = axisOfFactors(clock.word(), all)
	c.Y = Axis{Title: "requests that took at most as long", Scale: figures.Share, Whole: true}
	return c
}

// roundChart has the value of each round, in the order measured; what base and
// head took in the same round is joined.
func (b *builder) roundChart(r row, clock clock) Chart {
	arms := b.gateways
	if len(arms) == 0 {
		arms = b.arms
	}
	c := Chart{Kind: "rounds", Title: "Rounds: " + clock.word(), Pairs: true, X: Axis{Title: "round", Scale: figures.One}}
	taken := func(of summary.Row, arm bench.Arm) (float64, bool) {
		if round := of.Arm(arm); round != nil {
			v, ok := round.Metrics[clock.typical]
			return v, ok
		}
		return 0, false
	}
	rounds := slices.DeleteFunc(slices.Clone(r.rounds.Rows(r.ID())), func(of summary.Row) bool {
		return !slices.ContainsFunc(arms, func(arm bench.Arm) bool { _, ok := taken(of, arm); return ok })
	})
	for i, of := range rounds {
		next := i == 0 || of.Stage != rounds[i-1].Stage
		if next || i == len(rounds)-1 { // by place: fresh rounds of few scenarios are far apart by number
			c.X.Ticks = append(c.X.Ticks, Tick{float64(i + 1), strconv.Itoa(of.Number)})
		}
		if i > 0 && next {
			c.Rules = append(c.Rules, Rule{float64(i) + 0.5, "fresh rounds"})
		}
	}
	var values []float64
	for _, arm := range arms {
		s := Series{Name: b.role(arm), Style: string(arm), Shape: Dots}
		for i, of := range rounds {
			if v, ok := taken(of, arm); ok {
				s.Points = append(s.Points, Point{X: float64(i + 1), Y: v})
				values = append(values, v)
			}
		}
		if len(s.Points) > 0 {
			c.Series = append(c.Series, s)
		}
	}
	c.Y = axisOfTimes(clock.word(), values)
	return c
}

// timeline shows when head, first event and end of a stream arrive, and how long
// the wait for the next event then is.
func (b *builder) timeline(r row) Chart {
	c := Chart{Kind: "timeline", Title: "A stream, median by median"}
	parts := []Series{
		{Name: "to head", Style: "t1", Shape: Bars}, {Name: "to first event", Style: "t2", Shape: Bars}, {Name: "to last byte", Style: "t3", Shape: Bars},
	}
	first, wait := Series{Style: "tick", Shape: Marks}, Series{Style: "gap", Shape: Hairs}
	var values []float64
	for i, arm := range b.arms {
		c.Rows = append(c.Rows, b.role(arm))
		from := 0.0
		last := -1
		for j, m := range []bench.Metric{bench.HeadersP50, bench.FirstEventP50, bench.TotalP50} {
			if f := r.value(arm, m); f.ok {
				to := math.Max(f.value, from)
				parts[j].Points = append(parts[j].Points, Point{X: from, End: to, Y: float64(i)})
				values = append(values, to)
				from, last = to, j
			}
		}
		if last >= 0 {
			at := &parts[last].Points[len(parts[last].Points)-1]
			at.Name = figures.Seconds(at.End)
		}
		delta, gap := r.value(arm, bench.FirstDeltaP50), r.value(arm, bench.GapP99)
		if delta.ok {
			first.Points = append(first.Points, Point{X: delta.value, Y: float64(i)})
		}
		if delta.ok && gap.ok {
			wait.Points = append(wait.Points, Point{X: delta.value, End: delta.value + gap.value, Y: float64(i)})
			values = append(values, delta.value+gap.value)
		}
	}
	if len(values) > 0 {
		c.Series = append(parts, first, wait)
	}
	c.X = axisOfTimes("since the request began", values)
	c.X.Zero = true
	return c
}

// cost is what the gateways themselves use, a row for each scenario.
func (b *builder) cost() Section {
	s := Section{ID: "cost", Heading: "CPU and memory of the gateway", Rank: b.rank(Detail)}
	if b.failed() {
		return s
	}
	l := List{}
	for _, arm := range b.gateways {
		if text := b.memoryNote(arm); text != "" {
			l.Items = append(l.Items, Item{Name: "memory of " + plain.Brief(string(arm)), Text: text})
		}
	}
	if text := b.failuresNote(); text != "" {
		l.Items = append(l.Items, Item{Name: "failures", Text: text})
	}
	charts := Charts{Note: "Medians over the rounds. Memory: from when the gateway was ready (left end) to the most by the end of the scenario (dot)."}
	charts.add(b.costChart("cpu", "CPU time of the gateway per request", bench.CPUPerRequest, bench.CPUPerRequest))
	charts.add(b.costChart("memory", "Memory of the gateway", bench.RSSIdle, bench.RSSPeak))
	s.Blocks = []Block{l, charts}
	return s
}

// memoryNote is the memory of one gateway: when ready, and the most of any
// scenario.
func (b *builder) memoryNote(arm bench.Arm) string {
	var idle, peak figure
	var at row
	for _, r := range b.rows {
		if f := r.value(arm, bench.RSSIdle); f.ok && !idle.ok {
			idle = f
		}
		if f := r.value(arm, bench.RSSPeak); f.ok && (!peak.ok || f.value > peak.value) {
			peak, at = f, r
		}
	}
	if !idle.ok || !peak.ok {
		return ""
	}
	return fmt.Sprintf("%s when ready, at most %s (by the end of %s)", figures.Memory(idle.value), figures.Memory(peak.value), at.ID())
}

// costChart has a dot for each gateway and scenario, with a range from another
// metric where that differs.
func (b *builder) costChart(kind, title string, from, to bench.Metric) Chart {
	c := Chart{Kind: kind, Title: title, Pairs: from == to}
	var values []float64
	for _, r := range b.rows {
		c.Rows = append(c.Rows, plain.Brief(r.ID()))
	}
	for _, arm := range b.gateways {
		s := Series{Name: b.role(arm), Style: string(arm), Shape: Dots}
		for i, r := range b.rows {
			if f := r.value(arm, to); f.ok {
				p := Point{X: f.value, Y: float64(i), Low: f.value, High: f.value}
				if low := r.value(arm, from); low.ok {
					p.Low = low.value
				}
				s.Points = append(s.Points, p)
				values = append(values, p.Low, p.High)
			}
		}
		if len(s.Points) > 0 {
			c.Series = append(c.Series, s)
		}
	}
	c.X = Axis{Scale: scaleOf(to, values...), Zero: true}
	return c
}
