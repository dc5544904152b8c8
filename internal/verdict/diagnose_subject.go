package verdict

import (
	"cmp"
	"maps"
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// subject is one gateway with the direct path that was measured beside it.
type subject struct {
	scenarios []bench.Scenario
	arm       bench.Arm
	rounds    map[place][]*bench.Round // the valid ones, in the order of their numbers
	share     float64                  // of a threshold that is enough, see lenient
}

// place is where rounds belong.
type place struct {
	scenario string
	arm      bench.Arm
}

func newSubject(scenarios []bench.Scenario, rounds []bench.Round, arm bench.Arm) subject {
	s := subject{scenarios: scenarios, arm: arm, rounds: make(map[place][]*bench.Round), share: 1}
	for i := range rounds {
		if r := &rounds[i]; r.Void == "" && (r.Arm == arm || r.Arm == bench.Direct) {
			at := place{r.Scenario, r.Arm}
			s.rounds[at] = append(s.rounds[at], r)
		}
	}
	for _, of := range s.rounds {
		slices.SortStableFunc(of, func(a, b *bench.Round) int { return cmp.Compare(a.Round, b.Round) })
	}
	return s
}

// with is the same gateway, looked at less strictly.
func (s subject) with(share float64) subject {
	s.share = share
	return s
}

// least is what is enough of a threshold.
func (s subject) least(threshold float64) float64 { return s.share * threshold }

// figure is a number of one round; NaN where it has none.
type figure func(*bench.Round) float64

func metric(m bench.Metric) figure {
	return func(r *bench.Round) float64 {
		if v, ok := r.Metrics[m]; ok {
			return v
		}
		return math.NaN()
	}
}

// from is the time from one clock to a later one.
func from(earlier, later bench.Metric) figure {
	a, b := metric(earlier), metric(later)
	return func(r *bench.Round) float64 { return b(r) - a(r) }
}

// values are the figures of an arm in a scenario, of the rounds that have one.
func (s subject) values(at bench.Scenario, arm bench.Arm, f figure) []float64 {
	var all []float64
	for _, r := range s.rounds[place{at.ID(), arm}] {
		if v := f(r); !math.IsNaN(v) && !math.IsInf(v, 0) {
			all = append(all, v)
		}
	}
	return all
}

// own is the median over the rounds of the gateway's figures, direct that of the
// direct path's: NaN, for which no comparison holds, without one.
func (s subject) own(at bench.Scenario, f figure) float64 { return median(s.values(at, s.arm, f)) }

func (s subject) direct(at bench.Scenario, f figure) float64 {
	return median(s.values(at, bench.Direct, f))
}

func median(values []float64) float64 {
	m, err := stats.Median(values)
	if err != nil {
		return math.NaN()
	}
	return m
}

// sweeps groups the scenarios that differ only in what rest erases, in the
// order in which each group begins; each is sorted by order.
func (s subject) sweeps(rest func(bench.Scenario) bench.Scenario, order func(bench.Scenario) int) [][]bench.Scenario {
	var groups [][]bench.Scenario
	index := make(map[bench.Scenario]int)
	for _, at := range s.scenarios {
		i, known := index[rest(at)]
		if !known {
			i = len(groups)
			index[rest(at)] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], at)
	}
	for _, g := range groups {
		slices.SortStableFunc(g, func(a, b bench.Scenario) int { return cmp.Compare(order(a), order(b)) })
	}
	return groups
}

// byBody are the scenarios that differ in their body alone, the smallest first.
func (s subject) byBody() [][]bench.Scenario {
	return s.sweeps(func(at bench.Scenario) bench.Scenario { at.BodyBytes = 0; return at },
		func(at bench.Scenario) int { return at.BodyBytes })
}

// byConcurrency are those that differ in the requests in flight alone.
func (s subject) byConcurrency() [][]bench.Scenario {
	return s.sweeps(func(at bench.Scenario) bench.Scenario { at.Concurrency = 0; return at },
		func(at bench.Scenario) int { return at.Concurrency })
}

// measured are copies of the rounds of some scenarios, of the gateway and of the
// direct path.
func (s subject) measured(at []bench.Scenario) []bench.Round {
	var all []bench.Round
	for _, scenario := range at {
		for _, arm := range []bench.Arm{bench.Direct, s.arm} {
			for _, r := range s.rounds[place{scenario.ID(), arm}] {
				all = append(all, *r)
			}
		}
	}
	return all
}

// byRound are the gateway's figures in a scenario by the number of the round.
func (s subject) byRound(at bench.Scenario, f figure) map[int]float64 {
	all := make(map[int]float64)
	for _, r := range s.rounds[place{at.ID(), s.arm}] {
		if v := f(r); !math.IsNaN(v) && !math.IsInf(v, 0) {
			all[r.Round] = v
		}
	}
	return all
}

// minus are the differences of two gateways in the rounds that they share.
func minus(head, base subject, at bench.Scenario, f figure) map[int]float64 {
	all, of := head.byRound(at, f), base.byRound(at, f)
	for n, v := range all {
		if b, ok := of[n]; ok {
			all[n] = v - b
		} else {
			delete(all, n)
		}
	}
	return all
}

func sortedKeys(m map[int]float64) []int { return slices.Sorted(maps.Keys(m)) }
