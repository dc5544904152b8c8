package measured

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/stats"
	"github.com/org/proxy-bench-action/internal/summary"
)

// growthCharts are how times grow with body size and concurrency. The charts through
// one scenario tell most.
func (run *Run) growthCharts(through bench.Scenario) document.Charts {
	medians := "Medians over the rounds"
	if text := run.sayCompared(); text != "" {
		medians += "; " + text
	}
	all := document.Charts{Note: medians + ". Ranges are the middle 80 % of the rounds; " +
		"the band around a fitted line is the 95 % interval of its slope. On a logarithmic scale of bytes a straight line is bent."}
	for _, sweep := range several(summary.ByBody(run.unpaced())) {
		c := run.byBody(sweep)
		c.Typical = sweep[0].Concurrency == through.Concurrency
		all.Add(c)
	}
	for _, sweep := range several(summary.ByConcurrency(run.unpaced())) {
		c := run.byConcurrency(sweep)
		c.Typical = sweep[0].BodyBytes == through.BodyBytes
		all.Add(c)
	}
	return all
}

// several are the sweeps that show growth: of more than one scenario.
func several(sweeps [][]bench.Scenario) [][]bench.Scenario {
	return slices.DeleteFunc(sweeps, func(sweep []bench.Scenario) bool { return len(sweep) < 2 })
}

// byConcurrency has latency against concurrency.
func (run *Run) byConcurrency(sweep []bench.Scenario) document.Chart {
	metric := sweep[0].Mode.Primary()
	d, _ := metric.Describe()
	c := document.Chart{
		Kind: "concurrency", Title: fmt.Sprintf("%s · %s: %s by concurrency", sweep[0].Mode, sweep[0].Sizes(), d.Label),
		X: document.Axis{Title: "requests in flight", Scale: figures.One, Log: true},
	}
	for _, s := range sweep {
		c.X.Ticks = append(c.X.Ticks, document.Tick{At: float64(s.Concurrency), Name: fmt.Sprint(s.Concurrency)})
	}
	for _, arm := range run.Arms {
		dots := run.series(arm, sweep, func(_ int, s bench.Scenario) (document.Point, bool) {
			v, ok := run.median(s, arm, metric)
			return document.Point{X: float64(s.Concurrency), Y: v, Name: fmt.Sprint(s.Concurrency)}, ok
		})
		c.Add(document.Series{Style: string(arm), Shape: document.Curve, Points: dots.Points}, dots)
	}
	c.Y = factors(d.Label, c.Ys())
	return c
}

// byBody has overhead against body size with its fitted line.
func (run *Run) byBody(sweep []bench.Scenario) document.Chart {
	title := strings.TrimSpace(fmt.Sprintf("%s · concurrency %d %s", sweep[0].Mode, sweep[0].Concurrency, sweep[0].AnswerSize()))
	c := document.Chart{Kind: "body", Title: title + ": overhead by body size", X: document.Axis{Title: "body", Scale: figures.One, Log: true}}
	for _, s := range sweep {
		c.X.Ticks = append(c.X.Ticks, document.Tick{At: float64(s.BodyBytes), Name: bench.Size(s.BodyBytes).String()})
	}
	for _, arm := range run.Gateways() {
		dots := run.series(arm, sweep, func(_ int, s bench.Scenario) (document.Point, bool) {
			spread, ok := summary.SpreadOf(run.Rounds.Overheads(s.ID(), arm, s.Mode.Primary()))
			if v := run.overheadOfComparison(s, arm, s.Mode.Primary()); v != nil {
				spread = summary.Spread{Median: *v, Low: min(*v, spread.Low), High: max(*v, spread.High)}
			}
			return document.Point{X: float64(s.BodyBytes), Y: spread.Median, Low: spread.Low, High: spread.High, Name: bench.Size(s.BodyBytes).String()}, ok
		})
		c.Add(run.fit(sweep, arm)...)
		c.Add(dots)
	}
	c.Y = document.Axis{Title: "overhead", Scale: figures.OfTimes(c.Ys()...), Zero: true}
	return c
}

// fit is the fitted line of a sweep over its body sizes, or two that meet where
// one was not enough.
func (run *Run) fit(sweep []bench.Scenario, arm bench.Arm) []document.Series {
	low, high := float64(sweep[0].BodyBytes), float64(sweep[len(sweep)-1].BodyBytes)
	growth := summary.SizeGrowth(run.Rounds, sweep, arm, summary.OfBody)
	if len(growth) == 0 || low <= 0 {
		return nil
	}
	g := growth[0]
	if g.Shape == summary.Bent {
		return []document.Series{line(arm, g.Bend.Below, low, g.Bend.Pivot), line(arm, g.Bend.Above, g.Bend.Pivot, high)}
	}
	return []document.Series{line(arm, g.Line, low, high)}
}

// line has points close enough for a logarithmic scale of bytes, and the
// interval of its slope, turned around its middle.
func line(arm bench.Arm, l stats.Line, from, to float64) document.Series {
	const steps = 24
	s := document.Series{Style: string(arm), Shape: document.Fit}
	factor := to / from
	middle := from * math.Sqrt(factor)
	level := l.Intercept + l.Slope.Value*middle
	for i := range steps + 1 {
		bytes := from * math.Pow(factor, float64(i)/steps)
		s.Points = append(s.Points, document.Point{
			X: bytes, Y: l.Intercept + l.Slope.Value*bytes,
			Low: level + l.Slope.Low*(bytes-middle), High: level + l.Slope.High*(bytes-middle),
		})
	}
	return s
}
