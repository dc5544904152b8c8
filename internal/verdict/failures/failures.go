// Package failures judges the share of requests that fail, base against head.
//
// Error rates are judged at once, without fresh rounds. One stray error must not
// be a regression, nor one bad moment in which fifty requests of one round time
// out together. So two tests have to agree: Fisher's exact test on requests shows
// that there are enough errors, and Mann-Whitney on the process pairs' error rates
// that they are not all from a few processes. k pairs with errors of n against none in
// the base of n have a p of C(2n−k, n)/C(2n, n), about 2⁻ᵏ. In 6000 simulated
// screenings of unchanged code each, there were 0 false regressions with stray
// errors in a tenth of the rounds, 0 with fifty errors at once in a twentieth, and
// 1 with 0 to 4 errors in every round.
//
// With few pairs no p by pairs is small, however many requests fail. So a rate that
// is higher by [excessShare] in at least two pairs and in half of them or more, with
// [excessErrors] more errors than the base's rate explains, needs Fisher's test only.
//
// It must not know what else a verdict is made of.
package failures

import (
	"fmt"
	"maps"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
	"github.com/org/proxy-bench-action/internal/summary"
)

// Looks is how often the rates are tested: twice in the screening and at the
// end.
const Looks = 3

// Level is the probability of a false regression by errors in one look: α/30.
// Half of it is for all scenarios together and half is divided over them, and
// each part is divided over the classes that the head has and one for all.
func Level(alpha float64) float64 { return alpha / 30 }

const (
	excessShare  = 0.01
	excessErrors = 20
	excessPairs  = 2
)

// tally counts one arm: in all, and by process pair.
type tally struct {
	count
	pairs map[pairID]count
}

type count struct{ errors, requests int64 }

func (c count) rate() float64 { return float64(c.errors) / float64(max(1, c.requests)) }

// rates are those of the process pairs in which something was asked, from the lowest.
func (t tally) rates() []float64 {
	var all []float64
	for _, c := range t.pairs {
		if c.requests > 0 {
			all = append(all, c.rate())
		}
	}
	slices.Sort(all) // a map has no order
	return all
}

// pairID tells process pairs apart. Where processes have no number, each round is a
// pair of its own.
type pairID struct{ process, round int }

func pairOf(r *bench.Round) pairID {
	if r.Process == 0 {
		return pairID{round: r.Round}
	}
	return pairID{process: r.Process}
}

// Judge compares the arms in the rounds of a scenario, empty for all of them, where
// the head has errors: all classes first, then one by one.
func Judge(scenario string, rounds []summary.Row, level float64) []bench.ErrorRate {
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
	pairs, excess := excessOf(base, head)
	switch {
	case p > level && (!excess || p > level*chanceRoom):
		return because(bench.Pass, "explained by chance, p %.2g > %.2g", p, level)
	case p > level:
		return because(bench.Inconclusive, "more than %.0f %% above the base, and p %.2g > %.2g does not exclude chance", 100*excessShare, p, level)
	case excess:
		return because(bench.Regression, "more than %.0f %% above the base in %d of %d process pairs, p %.2g ≤ %.2g", 100*excessShare, pairs, len(head.pairs), p, level)
	}
	byPairs, err := stats.MannWhitney(base.rates(), head.rates())
	if err != nil {
		return because(bench.Inconclusive, "process pairs cannot be compared")
	}
	e.PRounds = &byPairs.PGreater
	if byPairs.PGreater > level {
		return because(bench.Inconclusive, "in too few process pairs, p by pairs %.2g > %.2g", byPairs.PGreater, level)
	}
	return because(bench.Regression, "p %.2g and by process pairs %.2g ≤ %.2g", p, byPairs.PGreater, level)
}

// chanceRoom is by how much a p may miss its level while a rate that is far too high
// is not yet put down to chance.
const chanceRoom = 20

// excessOf says whether head fails so much more than the base that the number of
// pairs does not matter, and in how many pairs it does.
func excessOf(base, head tally) (pairs int, excess bool) {
	for id, h := range head.pairs {
		if b, both := base.pairs[id]; both && h.requests > 0 && h.rate() >= b.rate()+excessShare {
			pairs++
		}
	}
	more := float64(head.errors) - base.rate()*float64(head.requests)
	return pairs, head.rate() >= base.rate()+excessShare && more >= excessErrors &&
		pairs >= excessPairs && 2*pairs >= len(head.pairs)
}

// tallyOf counts an arm's valid rounds, the scenarios and rounds of a process pair
// together.
func tallyOf(rounds []summary.Row, arm bench.Arm, class bench.ErrorClass) tally {
	t := tally{pairs: make(map[pairID]count)}
	for _, row := range rounds {
		r := row.Arm(arm)
		if r == nil {
			continue
		}
		c := count{requests: int64(r.Requests)}
		for of, n := range r.Errors {
			c.requests += int64(n)
			if class == "" || of == class {
				c.errors += int64(n)
			}
		}
		id := pairOf(r)
		t.errors, t.requests = t.errors+c.errors, t.requests+c.requests
		t.pairs[id] = count{t.pairs[id].errors + c.errors, t.pairs[id].requests + c.requests}
	}
	return t
}
