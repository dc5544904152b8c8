package history

import (
	"maps"
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// Drift does not compare with the latest runs: after a recent step, some of them
// would be as slow as the current one.
const (
	driftNearest = 10 // runs back
	// driftLeast past runs are needed: the median of five is sound when two of them
	// had an odd machine.
	driftLeast = 5
)

// drifting are the metrics that are steady enough to be followed run by run.
var drifting = bench.Metrics(func(d bench.Description) bool { return d.Gate == bench.Judged })

// Limit is how much may change.
type Limit struct {
	Share float64 // of the overhead
	Floor float64 // in the metric's unit
}

// ChangePoint is a metric of main that has moved by more than its limit: no pull
// request was slow enough to be stopped, and together they are.
type ChangePoint struct {
	Scenario string       `json:"scenario"`
	Metric   bench.Metric `json:"metric"`
	// Change is by how much ln(proxied/direct) is more than the median of the past
	// runs.
	Change float64 `json:"change"`
	// SHA is the first commit after the point that divides the runs best, and Step
	// the part of Change at that point; the rest came gradually. SHA is empty when
	// all runs were of one commit.
	SHA  string  `json:"sha,omitempty"`
	Step float64 `json:"step"`
}

// Drift compares current with main's runs 10 to 30 back and returns what has
// changed by more than its limit, in the order of scenario and metric. history
// has the runs before current, oldest first. Only runs with current's
// fingerprint count. limit says how much a metric of a scenario may change.
//
// A limit in overhead becomes one on the ratio of proxied to direct by the past
// overhead's share of the proxied value.
func Drift(history []Entry, current Entry, limit func(scenario string, m bench.Metric) Limit) []ChangePoint {
	var points []ChangePoint
	for _, scenario := range slices.Sorted(maps.Keys(current.Scenarios)) {
		for _, m := range drifting {
			if now, ok := current.Scenarios[scenario][m]; ok {
				s := seriesOf(last(history, Window), current, scenario, m)
				if p, ok := s.drift(now, current.SHA, limit(scenario, m)); ok {
					p.Scenario, p.Metric = scenario, m
					points = append(points, p)
				}
			}
		}
	}
	return points
}

// point is one value of one run.
type point struct {
	sha   string
	back  int // runs; 0 is the current one
	value Value
}

type series []point

// seriesOf picks the comparable values, oldest first.
func seriesOf(history []Entry, current Entry, scenario string, m bench.Metric) series {
	var s series
	for i, e := range history {
		if v, ok := e.Scenarios[scenario][m]; ok && e.like(current.Fingerprint, current.Tool) {
			s = append(s, point{e.SHA, len(history) - i, v})
		}
	}
	return s
}

func (s series) drift(now Value, sha string, limit Limit) (c ChangePoint, ok bool) {
	var past series
	for _, p := range s {
		if p.back >= driftNearest {
			past = append(past, p)
		}
	}
	before := past.median()
	c.Change = now.LogRatio - before.LogRatio
	if len(past) < driftLeast || !(math.Abs(c.Change) > limit.onRatio(before)) {
		return c, false
	}
	c.SHA, c.Step = append(slices.Clone(s), point{sha, 0, now}).step()
	return c, true
}

// onRatio is τ = ln(1 + max(T·h, F/proxied)), where h is the overhead's share of
// the proxied value, so that proxied is overhead/h. A median overhead and a
// median ratio that disagree about who is faster tell no proxied value, and
// nothing is beyond the limit.
func (l Limit) onRatio(past Value) float64 {
	h := -math.Expm1(-past.LogRatio)
	proxied := past.Overhead / h
	if !(proxied > 0) {
		return math.Inf(1)
	}
	return math.Log1p(max(l.Share*h, l.Floor/proxied))
}

// step finds the best division of the series in two: least sum of absolute
// deviations from the two medians, so that one odd run does not attract it. A
// commit's own runs are not divided.
func (s series) step() (since string, step float64) {
	best := math.Inf(1)
	for k := 1; k < len(s); k++ {
		before, after := s[:k], s[k:]
		if s[k-1].sha == s[k].sha {
			continue
		}
		if d := before.deviation() + after.deviation(); d < best {
			best = d
			since, step = s[k].sha, after.median().LogRatio-before.median().LogRatio
		}
	}
	return since, step
}

func (s series) median() Value {
	return Value{
		LogRatio: s.medianOf(func(v Value) float64 { return v.LogRatio }),
		Overhead: s.medianOf(func(v Value) float64 { return v.Overhead }),
	}
}

// medianOf is NaN, which is beyond no limit, where there is none.
func (s series) medianOf(of func(Value) float64) float64 {
	var values []float64
	for _, p := range s {
		values = append(values, of(p.value))
	}
	m, err := stats.Median(values)
	if err != nil {
		return math.NaN()
	}
	return m
}

func (s series) deviation() (sum float64) {
	middle := s.median().LogRatio
	for _, p := range s {
		sum += math.Abs(p.value.LogRatio - middle)
	}
	return sum
}
