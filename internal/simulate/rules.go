package simulate

import (
	"math"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
	"github.com/org/proxy-bench-action/internal/stats"
	"github.com/org/proxy-bench-action/internal/summary"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// data is what the other rules see: the screening's rounds, where base and
// head shared a machine, with all their requests, and the same base measured
// on another machine at another time.
type data struct {
	suite          []bench.Scenario
	rounds, stored summary.Index
	pooled         map[bench.Arm]map[string][]float64
}

func newData(l Level, c Change, seed uint64, trial int) data {
	rng := source(seed, l, c, trial)
	j := newJob(l, c, rng, true)
	d := data{suite: j.suite, pooled: j.pooled, rounds: summary.NewIndex(j.stage(bench.Screen, verdict.ScreenRounds, j.suite))}
	elsewhere := newJob(l, Change{}, rng, false)
	d.stored = summary.NewIndex(elsewhere.stage(bench.Screen, verdict.ScreenRounds, elsewhere.suite))
	return d
}

// values lists the primary metric of a scenario's rounds.
func values(rounds summary.Index, s bench.Scenario, arm bench.Arm) []float64 {
	return rounds.Values(s.ID(), arm, s.Mode.Primary())
}

// rule is another way to decide. alarms is true when any scenario is called
// slower.
type rule struct {
	name   string
	alarms func(d data) bool
}

// sample is how a rule gets base and head of a scenario.
type sample func(d data, s bench.Scenario) (base, head []float64)

func sideBySide(d data, s bench.Scenario) (base, head []float64) {
	return values(d.rounds, s, bench.Base), values(d.rounds, s, bench.Head)
}

func otherMachine(d data, s bench.Scenario) (base, head []float64) {
	return values(d.stored, s, bench.Base), values(d.rounds, s, bench.Head)
}

func requestsOf(d data, s bench.Scenario) (base, head []float64) {
	return d.pooled[bench.Base][s.ID()], d.pooled[bench.Head][s.ID()]
}

func rules() []rule {
	return []rule{
		{"requests pooled, Mann-Whitney p < .05", significant(requestsOf, false)},
		{"the same with Holm", significant(requestsOf, true)},
		{"ratio of medians > 5 %, base of another machine", ratio(otherMachine, 0.05)},
		{"ratio of medians > 10 %, base of another machine", ratio(otherMachine, 0.10)},
		{"ratio of medians > 20 %, base of another machine", ratio(otherMachine, 0.20)},
		{"one run each, alert at 200 %, base of another machine", twice},
		{"ratio of medians > 5 %, side by side", ratio(sideBySide, 0.05)},
		{"ratio of medians > 10 %, side by side", ratio(sideBySide, 0.10)},
		{"ratio of medians > 20 %, side by side", ratio(sideBySide, 0.20)},
		{"rounds, Mann-Whitney p < .05 (benchstat), base of another machine", significant(otherMachine, false)},
		{"rounds, Mann-Whitney p < .05 (benchstat), side by side", significant(sideBySide, false)},
		{"this gate, stored rounds", stored},
	}
}

// significant is the two-sided textbook test at .05 per scenario; slower when
// its head lies above.
func significant(of sample, holm bool) func(data) bool {
	return func(d data) bool {
		var ps []float64
		for _, s := range d.suite {
			t, err := stats.MannWhitney(of(d, s))
			if err != nil {
				return false
			}
			ps = append(ps, math.Min(1, 2*t.PGreater))
		}
		if holm {
			ps, _ = stats.Holm(ps) // they are in [0, 1]
		}
		for _, p := range ps {
			if p < 0.05 {
				return true
			}
		}
		return false
	}
}

func ratio(of sample, limit float64) func(data) bool {
	return func(d data) bool {
		for _, s := range d.suite {
			base, head := of(d, s)
			b, errB := stats.Median(base)
			h, errH := stats.Median(head)
			if errB == nil && errH == nil && h > b*(1+limit) {
				return true
			}
		}
		return false
	}
}

// twice is an alert at 200 %: a single run is twice as slow as the one before.
func twice(d data) bool {
	for _, s := range d.suite {
		base, head := otherMachine(d, s)
		if head[0] > 2*base[0] {
			return true
		}
	}
	return false
}

func stored(d data) bool {
	v := verdict.DecideStored(bench.DefaultPolicy(), verdict.Stored{
		Scenarios: d.suite,
		Base:      compare.Side{Rounds: d.stored, Arm: bench.Base},
		Head:      compare.Side{Rounds: d.rounds, Arm: bench.Head},
	})
	return v.Outcome == bench.Regression
}

// alarms counts, per rule, the trials in which it calls some scenario slower.
func alarms(all []rule, l Level, c Change, seed uint64, trials int) []int {
	hits := each(trials, func(i int) []bool {
		d := newData(l, c, seed, i)
		hit := make([]bool, len(all))
		for k, r := range all {
			hit[k] = r.alarms(d)
		}
		return hit
	})
	counts := make([]int, len(all))
	for _, hit := range hits {
		for k, h := range hit {
			if h {
				counts[k]++
			}
		}
	}
	return counts
}
