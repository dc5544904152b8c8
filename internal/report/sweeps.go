package report

import (
	"fmt"
	"math"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/summary"
)

// sweepsOf are the rows with equal keys, in the order in which each key is first
// seen; a group of one shows no growth and is omitted.
func sweepsOf(rows []row, key func(bench.Scenario) bench.Scenario) [][]row {
	var order []bench.Scenario
	groups := make(map[bench.Scenario][]row)
	for _, r := range rows {
		k := key(r.Scenario)
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

// through is the scenario that the title names, else the suite's first.
func (b *builder) through() bench.Scenario {
	if rows := b.telling(b.withOutcome(b.Outcome)); len(rows) > 0 {
		if s, ok := b.cells[rows[0].Scenario]; ok {
			return s
		}
	}
	return b.rows[0].Scenario
}

// concurrencyCharts have latency against concurrency, one for each mode and body
// size with at least two concurrencies.
func (b *builder) concurrencyCharts() []Chart {
	var charts []Chart
	through := b.through()
	for _, rows := range sweepsOf(b.rows, func(s bench.Scenario) bench.Scenario { s.Concurrency = 0; return s }) {
		metric := rows[0].Mode.Primary()
		c := Chart{
			Kind: "concurrency", Title: fmt.Sprintf("%s · %s: %s by concurrency", rows[0].Mode, rows[0].Sizes(), metricWord(metric)),
			X: Axis{Title: "requests in flight", Scale: figures.One, Log: true}, Typical: rows[0].BodyBytes == through.BodyBytes,
		}
		for _, r := range rows {
			c.X.Ticks = append(c.X.Ticks, Tick{float64(r.Concurrency), fmt.Sprint(r.Concurrency)})
		}
		var times []float64
		for _, arm := range b.arms {
			s := Series{Name: b.role(arm), Style: string(arm), Shape: Dots}
			for _, r := range rows {
				if f := r.value(arm, metric); f.ok {
					s.Points = append(s.Points, Point{X: float64(r.Concurrency), Y: f.value, Name: fmt.Sprint(r.Concurrency)})
					times = append(times, f.value)
				}
			}
			if len(s.Points) > 0 {
				c.Series = append(c.Series, Series{Style: string(arm), Shape: Curve, Points: s.Points}, s)
			}
		}
		c.Y = axisOfFactors(metricWord(metric), times)
		charts = append(charts, c)
	}
	return charts
}

// bodyCharts have overhead against body size with its fitted line, one for each
// mode and concurrency with at least two sizes.
func (b *builder) bodyCharts(fits map[bench.Arm][]summary.Growth) []Chart {
	if !b.has(bench.Direct) {
		return nil
	}
	var charts []Chart
	through := b.through()
	for _, rows := range sweepsOf(b.rows, func(s bench.Scenario) bench.Scenario { s.BodyBytes = 0; return s }) {
		metric := rows[0].Mode.Primary()
		c := Chart{
			Kind: "body", Title: strings.TrimSpace(fmt.Sprintf("%s · concurrency %d %s", rows[0].Mode, rows[0].Concurrency, rows[0].AnswerSize())) + ": overhead by body size",
			X: Axis{Title: "body", Scale: figures.One, Log: true}, Typical: rows[0].Concurrency == through.Concurrency,
		}
		var times []float64
		low, high := math.Inf(1), math.Inf(-1)
		for _, r := range rows {
			at := float64(r.BodyBytes)
			low, high = min(low, at), max(high, at)
			c.X.Ticks = append(c.X.Ticks, Tick{at, bench.Size(r.BodyBytes).String()})
		}
		for _, arm := range b.gateways {
			s := Series{Name: b.role(arm), Style: string(arm), Shape: Dots}
			for _, r := range rows {
				if spread, ok := summary.SpreadOf(r.overheads(arm, metric)); ok {
					times = append(times, spread.Low, spread.High)
					s.Points = append(s.Points, Point{X: float64(r.BodyBytes), Y: spread.Median, Low: spread.Low, High: spread.High, Name: bench.Size(r.BodyBytes).String()})
				}
			}
			if len(s.Points) > 0 {
				c.Series = append(append(c.Series, fitOf(rows[0], fits[arm], arm, low, high)...), s)
			}
		}
		c.Y = axisOfTimes("overhead", times)
		c.Y.Zero = true
		if len(times) > 0 {
			charts = append(charts, c)
		}
	}
	return charts
}

// fitOf is the fitted line of a sweep over its body sizes, and two that meet
// near the middle where one was not enough.
func fitOf(first row, fits []summary.Growth, arm bench.Arm, low, high float64) []Series {
	rest := first.Scenario
	rest.BodyBytes = 0
	for _, g := range fits {
		switch {
		case g.Rest != rest || !(low > 0):
		case g.Shape == summary.Bent:
			return []Series{
				line(arm, g.Bend.Below.Intercept, slope(g.Bend.Below.Slope), low, g.Bend.Pivot),
				line(arm, g.Bend.Above.Intercept, slope(g.Bend.Above.Slope), g.Bend.Pivot, high),
			}
		default:
			return []Series{line(arm, g.Line.Intercept, slope(g.Line.Slope), low, high)}
		}
	}
	return nil
}

// line has points close enough for a logarithmic scale of bytes, and the
// interval of its slope, turned around its middle.
func line(arm bench.Arm, intercept float64, slope slope, from, to float64) Series {
	const steps = 24
	s := Series{Style: string(arm), Shape: Fit}
	factor := to / from
	middle := from * math.Sqrt(factor)
	level := intercept + slope.Value*middle
	for i := range steps + 1 {
		bytes := from * math.Pow(factor, float64(i)/steps)
		s.Points = append(s.Points, Point{
			X: bytes, Y: intercept + slope.Value*bytes,
			Low: level + slope.Low*(bytes-middle), High: level + slope.High*(bytes-middle),
		})
	}
	return s
}

// history is the overhead of each scenario in the runs of the main branch, and
// where it stepped.
func (b *builder) history() Section {
	s := Section{ID: "history", Heading: "History of the main branch", Rank: Detail}
	if b.failed() {
		return s
	}
	steps := List{Most: enough}
	for _, p := range b.context.ChangePoints {
		steps.Items = append(steps.Items, Item{Name: p.Scenario, Text: changePointLine(p)})
	}
	charts := Charts{Note: "Median overhead by commit; the last is this head. Runs may be from different machines."}
	named := false
	for _, r := range b.rows {
		for _, m := range clocks(r.Mode) {
			if c, ok := b.past(r, m.typical); ok {
				c.Typical = !named && r.Scenario == b.through()
				named = named || c.Typical
				charts.add(c)
			}
		}
	}
	s.Blocks = []Block{steps, charts}
	return s
}

func changePointLine(p ChangePoint) string {
	text := fmt.Sprintf("%s: the ratio of proxied to direct has changed by %s against what it was ten and more runs ago", metricWord(p.Metric), figures.Added(p.Change))
	if p.SHA != "" {
		text += fmt.Sprintf(", by %s of it with %s", figures.Added(p.Step), shortSHA(p.SHA))
	}
	return text
}

// past is one metric of one scenario: a dot for each run, of another style
// where the CPU was another one.
func (b *builder) past(r row, m bench.Metric) (Chart, bool) {
	c := Chart{Kind: "history", Title: fmt.Sprintf("%s · %s: overhead by commit", plain.Brief(r.ID()), metricWord(m)), X: Axis{Title: "runs of main", Scale: figures.One}}
	main, other := Series{Name: "main", Style: "head", Shape: Dots}, Series{Name: "on another CPU model", Style: "other", Shape: Dots}
	trail := Series{Style: "trail", Shape: Trail}
	var values []float64
	runs := b.context.History
	for i, run := range runs {
		v, ok := run.Overhead[r.ID()][m]
		if !ok {
			continue
		}
		name := []rune(plain.Token(run.SHA))
		p := Point{X: float64(i + 1), Y: v, Name: string(name[:min(7, len(name))])}
		trail.Points, values = append(trail.Points, p), append(values, v)
		if run.CPUModel == b.run.Environment.CPUModel {
			main.Points = append(main.Points, p)
		} else {
			other.Points = append(other.Points, p)
		}
	}
	if len(values) < 2 {
		return Chart{}, false
	}
	first, last := trail.Points[0].X, trail.Points[len(trail.Points)-1].X
	c.X.Ticks = []Tick{{first, runs[int(first)-1].Started.UTC().Format("2006-01-02")}, {last, runs[int(last)-1].Started.UTC().Format("2006-01-02")}}
	c.Series = []Series{trail}
	for _, s := range []Series{main, other} {
		if len(s.Points) > 0 {
			c.Series = append(c.Series, s)
		}
	}
	if f := r.overhead(bench.Head, m); f.ok {
		values = append(values, f.value)
		c.Series = append(c.Series, Series{Name: "this head", Style: "base", Shape: Dots, Points: []Point{{X: last + 1, Y: f.value, Name: "head"}}})
	}
	c.Y = axisOfTimes("overhead", values)
	c.Y.Zero = true
	for _, p := range b.context.ChangePoints {
		if p.Scenario != r.ID() || p.Metric != m {
			continue
		}
		c.Note = fmt.Sprintf("%s since %s.", figures.Added(p.Change), shortSHA(p.SHA))
		for i, run := range runs {
			if run.SHA == p.SHA && p.SHA != "" {
				c.Rules = append(c.Rules, Rule{float64(i) + 0.5, figures.Added(p.Step)})
				break
			}
		}
	}
	return c, true
}
