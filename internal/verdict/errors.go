package verdict

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
	"github.com/org/proxy-bench-action/internal/summary"
)

// Error rates are judged at once, without fresh rounds, so they must not be
// fooled by one stray error or by one bad moment in which fifty requests of
// one round time out together. Two tests have to agree: Fisher's exact test on
// requests, which says that there are enough errors, and Mann-Whitney on the
// rounds' error rates, which says that they are not all from a few processes.
// k rounds with errors of n against none in the base of n have a p of
// C(2n−k, n)/C(2n, n), about 2⁻ᵏ. In 6000 simulated screenings of unchanged
// code each, with stray errors in a tenth of the rounds, with fifty errors at
// once in a twentieth, and with 0 to 4 in every one, it cried 0, 0 and 1 times.
//
// errorLooks: the rates are looked at after the screening and again at the end.
const errorLooks = 2

// ErrorLevel is the probability of a false regression by errors in one look: α/20.
// Half of it is for all scenarios together and half is divided over them, and
// each part is divided over the classes that the head has and one for all.
func ErrorLevel(alpha float64) float64 { return alpha / 20 }

func failed(e bench.ErrorRate) bool { return e.Outcome == bench.Regression }

// tally counts one arm: in all, and by round.
type tally struct {
	errors, requests int64
	rates            []float64
}

func (t *tally) add(errors, requests int64) {
	t.errors += errors
	t.requests += requests
	if requests > 0 {
		t.rates = append(t.rates, float64(errors)/float64(requests))
	}
}

func (t tally) rate() float64 { return float64(t.errors) / float64(max(1, t.requests)) }

// errorRates compares the arms wherever the head has errors: all scenarios
// together first, then one by one, and of each all classes, then one by one.
func (a analysis) errorRates(counts func(bench.Stage) bool) []bench.ErrorRate {
	rows := func(scenarios ...string) (all []summary.Row) {
		for _, id := range scenarios {
			for _, r := range a.rounds.Rows(id) {
				if counts(r.Stage) {
					all = append(all, r)
				}
			}
		}
		return all
	}
	level := ErrorLevel(a.Alpha) / 2
	all := errorRates("", rows(a.rounds.Scenarios()...), level)
	for _, id := range a.ids {
		all = append(all, errorRates(id, rows(id), level/float64(len(a.ids)))...)
	}
	return all
}

func errorRates(scenario string, rounds []summary.Row, level float64) []bench.ErrorRate {
	classes := make(map[bench.ErrorClass]bool)
	for _, r := range rounds {
		if r.Head == nil {
			continue
		}
		for class, n := range r.Head.Errors {
			if n > 0 {
				classes[class] = true
			}
		}
	}
	if len(classes) == 0 {
		return nil
	}
	level /= float64(1 + len(classes))
	var all []bench.ErrorRate
	for _, class := range slices.Concat([]bench.ErrorClass{""}, slices.Sorted(maps.Keys(classes))) {
		all = append(all, errorRate(scenario, class, rounds, level))
	}
	return all
}

func errorRate(scenario string, class bench.ErrorClass, rounds []summary.Row, level float64) bench.ErrorRate {
	base, head := tallyOf(rounds, bench.Base, class), tallyOf(rounds, bench.Head, class)
	e := bench.ErrorRate{
		Scenario: scenario, Class: class, Level: level, Outcome: bench.Pass,
		BaseErrors: base.errors, BaseRequests: base.requests,
		HeadErrors: head.errors, HeadRequests: head.requests,
	}
	counts := fmt.Sprintf("%d of %d requests failed%s, base %d of %d",
		head.errors, head.requests, named(class), base.errors, base.requests)
	novel := class != "" && base.errors == 0
	if !novel && head.rate() <= base.rate()+bench.ErrorShare {
		e.Reason = fmt.Sprintf("%s: not more than %.1f %% above", counts, 100*bench.ErrorShare)
		return e
	}
	p, err := stats.FisherExact(base.errors, base.requests, head.errors, head.requests)
	if err != nil {
		e.Outcome, e.Reason = bench.Inconclusive, fmt.Sprintf("%s: nothing to compare with", counts)
		return e
	}
	e.P = &p
	if p > level {
		e.Reason = fmt.Sprintf("%s: chance does that too, p %.2g > %.2g", counts, p, level)
		return e
	}
	byRounds, err := stats.MannWhitney(base.rates, head.rates)
	if err != nil {
		e.Outcome, e.Reason = bench.Inconclusive, fmt.Sprintf("%s: rounds cannot be compared", counts)
		return e
	}
	e.PRounds = &byRounds.PGreater
	if byRounds.PGreater > level {
		e.Outcome = bench.Inconclusive
		e.Reason = fmt.Sprintf("%s: in too few rounds to be sure, p of the rounds %.2g > %.2g", counts, byRounds.PGreater, level)
		return e
	}
	e.Outcome = bench.Regression
	e.Reason = fmt.Sprintf("%s: p %.2g and by rounds %.2g ≤ %.2g", counts, p, byRounds.PGreater, level)
	return e
}

func named(class bench.ErrorClass) string {
	if class == "" {
		return ""
	}
	return " by " + string(class)
}

// tallyOf counts an arm's valid rounds, the scenarios of a round together.
func tallyOf(rounds []summary.Row, arm bench.Arm, class bench.ErrorClass) tally {
	type count struct{ errors, requests int64 }
	byRound := make(map[int]count)
	for _, row := range rounds {
		r := row.Arm(arm)
		if r == nil {
			continue
		}
		c := byRound[r.Round]
		c.requests += int64(r.Requests)
		for of, n := range r.Errors {
			c.requests += int64(n)
			if class == "" || of == class {
				c.errors += int64(n)
			}
		}
		byRound[r.Round] = c
	}
	var t tally
	for _, round := range slices.SortedFunc(maps.Keys(byRound), cmp.Compare[int]) {
		t.add(byRound[round].errors, byRound[round].requests)
	}
	return t
}
