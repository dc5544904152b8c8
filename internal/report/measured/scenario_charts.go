package measured

import (
	"slices"
	"strconv"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/summary"
)

// Charts are those of one scenario: for each clock the distribution of
// its requests and its rounds, and the course of a stream.
func (run *Run) Charts(s bench.Scenario) document.Charts {
	var all document.Charts
	for _, c := range Clocks(s.Mode) {
		all.Add(run.distribution(s, c))
		all.Add(run.rounds(s, c))
	}
	if s.Mode == bench.SSE {
		all.Add(run.timeline(s))
	}
	return all
}

// factors is an axis for times that differ by factors: it has the unit that
// suits their middle.
func factors(title string, times []float64) document.Axis {
	s, _ := summary.SpreadOf(times)
	return document.Axis{Title: title, Scale: figures.OfTimes(s.Median), Log: true}
}

// distribution shows which share of the requests took at most how long.
func (run *Run) distribution(s bench.Scenario, clock Clock) document.Chart {
	c := document.Chart{Kind: "ecdf", Title: "Requests: " + clock.word()}
	for _, arm := range run.Arms {
		series := document.Series{Name: run.Role(arm), Style: string(arm), Shape: document.Curve}
		for _, p := range run.Rounds.Pooled(s.ID(), arm, clock.Typical) {
			series.Points = append(series.Points, document.Point{X: p.Value, Y: p.Share})
		}
		c.Add(series)
	}
	c.X = factors(clock.word(), c.Xs())
	c.Y = document.Axis{Title: "requests that took at most as long", Scale: figures.Share, Whole: true}
	return c
}

// rounds has the value of each round, in the order measured; what base and head
// took in the same round is joined.
func (run *Run) rounds(s bench.Scenario, clock Clock) document.Chart {
	arms := run.Gateways()
	if len(arms) == 0 {
		arms = run.Arms
	}
	c := document.Chart{Kind: "rounds", Title: "Rounds: " + clock.word(), Pairs: true, X: document.Axis{Title: "round", Scale: figures.One}}
	taken := func(of summary.Row, arm bench.Arm) (float64, bool) {
		if round := of.Arm(arm); round != nil {
			v, ok := round.Metrics[clock.Typical]
			return v, ok
		}
		return 0, false
	}
	rounds := slices.DeleteFunc(slices.Clone(run.Rounds.Rows(s.ID())), func(of summary.Row) bool {
		return !slices.ContainsFunc(arms, func(arm bench.Arm) bool { _, ok := taken(of, arm); return ok })
	})
	for i, of := range rounds {
		next := i == 0 || of.Stage != rounds[i-1].Stage
		if next || i == len(rounds)-1 { // by place: fresh rounds of few scenarios are far apart by number
			c.X.Ticks = append(c.X.Ticks, document.Tick{At: float64(i + 1), Name: strconv.Itoa(of.Number)})
		}
		if i > 0 && next {
			c.Rules = append(c.Rules, document.Rule{At: float64(i) + 0.5, Label: "fresh rounds"})
		}
	}
	for _, arm := range arms {
		series := document.Series{Name: run.Role(arm), Style: string(arm), Shape: document.Dots}
		for i, of := range rounds {
			if v, ok := taken(of, arm); ok {
				series.Points = append(series.Points, document.Point{X: float64(i + 1), Y: v})
			}
		}
		c.Add(series)
	}
	c.Y = document.Axis{Title: clock.word(), Scale: figures.OfTimes(c.Ys()...)}
	return c
}

// timeline shows when head, first event and end of a stream arrive, and how long
// the wait for the next event then is.
func (run *Run) timeline(s bench.Scenario) document.Chart {
	c := document.Chart{Kind: "timeline", Title: "A stream, median by median"}
	parts := []document.Series{
		{Name: "to head", Style: "t1", Shape: document.Bars},
		{Name: "to first event", Style: "t2", Shape: document.Bars},
		{Name: "to last byte", Style: "t3", Shape: document.Bars},
		{Style: "tick", Shape: document.Marks},
		{Style: "gap", Shape: document.Hairs},
	}
	add := func(part int, p document.Point) { parts[part].Points = append(parts[part].Points, p) }
	for i, arm := range run.Arms {
		c.Rows = append(c.Rows, run.Role(arm))
		at := document.Point{Y: float64(i)}
		for part, m := range []bench.Metric{bench.HeadersP50, bench.FirstEventP50, bench.TotalP50} {
			if v, ok := run.median(s, arm, m); ok {
				at.X, at.End = at.End, max(v, at.End)
				if m == bench.TotalP50 {
					at.Name = figures.Seconds(at.End)
				}
				add(part, at)
			}
		}
		delta, ok := run.median(s, arm, bench.FirstDeltaP50)
		if !ok {
			continue
		}
		add(3, document.Point{X: delta, Y: at.Y})
		if gap, ok := run.median(s, arm, bench.GapP99); ok {
			add(4, document.Point{X: delta, End: delta + gap, Y: at.Y})
		}
	}
	c.Add(parts...)
	c.X = document.Axis{Title: "since the request began", Scale: figures.OfTimes(c.Xs()...), Zero: true}
	return c
}

// costCharts have a row for each scenario.
func (run *Run) costCharts() document.Charts {
	all := document.Charts{Note: "Medians over the rounds. Memory: from when the gateway was ready (left end) to the most by the end of the scenario (dot)."}
	all.Add(run.cost("cpu", "CPU time of the gateway per request", figures.OfTimes, bench.CPUPerRequest, bench.CPUPerRequest))
	all.Add(run.memoryChart())
	return all
}

func (run *Run) memoryChart() document.Chart {
	return run.cost("memory", "Memory of the gateway", figures.OfSizes, bench.RSSIdle, bench.RSSPeak)
}

// cost has a dot for each gateway and scenario, with a range from another metric
// where that differs.
func (run *Run) cost(kind, title string, scale func(...float64) figures.Scale, from, to bench.Metric) document.Chart {
	c := document.Chart{Kind: kind, Title: title, Pairs: from == to}
	for _, s := range run.Suite {
		c.Rows = append(c.Rows, plain.Brief(s.ID()))
	}
	for _, arm := range run.Gateways() {
		c.Add(run.series(arm, run.Suite, func(i int, s bench.Scenario) (document.Point, bool) {
			high, ok := run.median(s, arm, to)
			low, known := run.median(s, arm, from)
			if !known {
				low = high
			}
			return document.Point{X: high, Y: float64(i), Low: low, High: high}, ok
		}))
	}
	c.X = document.Axis{Scale: scale(c.Xs()...), Zero: true}
	return c
}
