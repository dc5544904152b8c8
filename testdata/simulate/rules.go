package simulate

import (
	"slices"

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
	j := newJob(l, c, rng)
	j.keeps = true
	d := data{suite: j.suite, pooled: j.pooled, rounds: summary.NewIndex(j.stage(bench.Screen, verdict.ScreenRounds, j.suite))}
	elsewhere := newJob(l, Change{}, rng)
	d.stored = summary.NewIndex(elsewhere.stage(bench.Screen, verdict.ScreenRounds, elsewhere.suite))
	return d
}

// rule is another way to decide. alarms is true when any scenario is called
// slower.
type rule struct {
	name   string
	alarms func(d data) bool
}

// sample is how a rule gets base and head of a scenario: the primary metric of
// the rounds, or the requests.
type sample func(d data, s bench.Scenario) (base, head []float64)

func sideBySide(d data, s bench.Scenario) (base, head []float64) {
	return values(d.rounds, s, bench.Base), values(d.rounds, s, bench.Head)
}

func otherMachine(d data, s bench.Scenario) (base, head []float64) {
	return values(d.stored, s, bench.Base), values(d.rounds, s, bench.Head)
}

func requestsPooled(d data, s bench.Scenario) (base, head []float64) {
	return d.pooled[bench.Base][s.ID()], d.pooled[bench.Head][s.ID()]
}

func values(rounds summary.Index, s bench.Scenario, arm bench.Arm) []float64 {
	return rounds.Values(s.ID(), arm, s.Mode.Primary())
}

func rules() []rule {
	return []rule{
		{"requests pooled, Mann-Whitney p < .05", some(requestsPooled, significant(1))},
		// Holm rejects something when the smallest p times the size of the family is small enough.
		{"the same with Holm", func(d data) bool { return some(requestsPooled, significant(len(d.suite)))(d) }},
		{"ratio of medians > 5 %, base of another machine", some(otherMachine, ratio(0.05))},
		{"ratio of medians > 10 %, base of another machine", some(otherMachine, ratio(0.10))},
		{"ratio of medians > 20 %, base of another machine", some(otherMachine, ratio(0.20))},
		{"one run each, alert at 200 %, base of another machine", some(otherMachine, twice)},
		{"ratio of medians > 5 %, side by side", some(sideBySide, ratio(0.05))},
		{"ratio of medians > 10 %, side by side", some(sideBySide, ratio(0.10))},
		{"ratio of medians > 20 %, side by side", some(sideBySide, ratio(0.20))},
		{"rounds, Mann-Whitney p < .05 (benchstat), base of another machine", some(otherMachine, significant(1))},
		{"rounds, Mann-Whitney p < .05 (benchstat), side by side", some(sideBySide, significant(1))},
		{"this gate, stored rounds", stored},
	}
}

// some asks of one scenario after the other whether its head is slower.
func some(of sample, slower func(base, head []float64) bool) func(data) bool {
	return func(d data) bool {
		return slices.ContainsFunc(d.suite, func(s bench.Scenario) bool { return slower(of(d, s)) })
	}
}

// significant is the two-sided textbook test at .05, shared over a family.
func significant(family int) func(base, head []float64) bool {
	return func(base, head []float64) bool {
		t, err := stats.MannWhitney(base, head)
		return err == nil && 2*t.PGreater*float64(family) < 0.05
	}
}

func ratio(limit float64) func(base, head []float64) bool {
	return func(base, head []float64) bool {
		b, errB := stats.Median(base)
		h, errH := stats.Median(head)
		return errB == nil && errH == nil && h > b*(1+limit)
	}
}

// twice is an alert at 200 %: a single run is twice as slow as the one before.
func twice(base, head []float64) bool { return head[0] > 2*base[0] }

func stored(d data) bool {
	v := verdict.DecideStored(bench.DefaultPolicy(), verdict.Stored{
		Scenarios: d.suite,
		Base:      compare.Side{Rounds: d.stored, Arm: bench.Base},
		Head:      compare.Side{Rounds: d.rounds, Arm: bench.Head},
	})
	return v.Outcome == bench.Regression
}

// Alarms is in how many trials a rule calls some scenario slower.
type Alarms struct {
	Rule   string
	Trials int
}

// OtherRules counts the alarms of every other rule, in the order of the table.
func OtherRules(l Level, c Change, seed uint64, trials int) []Alarms {
	var all []Alarms
	for _, r := range rules() {
		all = append(all, Alarms{Rule: r.name})
	}
	for _, hit := range each(trials, func(i int) (hit []int) {
		d := newData(l, c, seed, i)
		for k, r := range rules() {
			if r.alarms(d) {
				hit = append(hit, k)
			}
		}
		return hit
	}) {
		for _, k := range hit {
			all[k].Trials++
		}
	}
	return all
}
