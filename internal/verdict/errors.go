package verdict

import (
	"fmt"
	"maps"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
	"github.com/org/proxy-bench-action/internal/summary"
)

// Error rates are judged at once, without fresh rounds. One stray error must not
// be a regression, nor one bad moment in which fifty requests of one round time
// out together. So two tests have to agree: Fisher's exact test on requests shows
// that there are enough errors, and Mann-Whitney on the rounds' error rates that
// they are not all from a few processes. k rounds with errors of n against none in
// the base of n have a p of C(2n−k, n)/C(2n, n), about 2⁻ᵏ. In 6000 simulated
// screenings of unchanged code each, there were 0 false regressions with stray
// errors in a tenth of the rounds, 0 with fifty errors at once in a twentieth, and
// 1 with 0 to 4 errors in every round.

// errorLooks is how often the rates are tested: after the screening and at the end.
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
	for _, s := range a.Scenarios {
		all = append(all, errorRates(s.ID(), rows(s.ID()), level/float64(len(a.Scenarios)))...)
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
		Scenario: scenario, Class: class, Level: level,
		BaseErrors: base.errors, BaseRequests: base.requests,
		HeadErrors: head.errors, HeadRequests: head.requests,
	}
	by := ""
	if class != "" {
		by = " by " + string(class)
	}
	because := func(o bench.Outcome, format string, args ...any) bench.ErrorRate {
		e.Outcome = o
		e.Reason = fmt.Sprintf("%d of %d requests failed%s, base %d of %d: ", head.errors, head.requests, by, base.errors, base.requests) +
			fmt.Sprintf(format, args...)
		return e
	}
	novel := class != "" && base.errors == 0
	if !novel && head.rate() <= base.rate()+bench.ErrorShare {
		return because(bench.Pass, "at most %.1f %% above the base", 100*bench.ErrorShare)
	}
	p, err := stats.FisherExact(base.errors, base.requests, head.errors, head.requests)
	if err != nil {
		return because(bench.Inconclusive, "nothing to compare with")
	}
	e.P = &p
	if p > level {
		return because(bench.Pass, "explained by chance, p %.2g > %.2g", p, level)
	}
	byRounds, err := stats.MannWhitney(base.rates, head.rates)
	if err != nil {
		return because(bench.Inconclusive, "rounds cannot be compared")
	}
	e.PRounds = &byRounds.PGreater
	if byRounds.PGreater > level {
		return because(bench.Inconclusive, "in too few rounds, p by rounds %.2g > %.2g", byRounds.PGreater, level)
	}
	return because(bench.Regression, "p %.2g and by rounds %.2g ≤ %.2g", p, byRounds.PGreater, level)
}

// tallyOf counts an arm's valid rounds, the scenarios of a round together.
func tallyOf(rounds []summary.Row, arm bench.Arm, class bench.ErrorClass) tally {
	byRound := make(map[int]tally)
	for _, row := range rounds {
		r := row.Arm(arm)
		if r == nil {
			continue
		}
		t := byRound[r.Round]
		t.requests += int64(r.Requests)
		for of, n := range r.Errors {
			t.requests += int64(n)
			if class == "" || of == class {
				t.errors += int64(n)
			}
		}
		byRound[r.Round] = t
	}
	var all tally
	for _, n := range slices.Sorted(maps.Keys(byRound)) {
		t := byRound[n]
		all.errors, all.requests = all.errors+t.errors, all.requests+t.requests
		if t.requests > 0 {
			all.rates = append(all.rates, t.rate())
		}
	}
	return all
}
