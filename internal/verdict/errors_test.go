package verdict

import (
	"math/rand/v2"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// failing gives head (and base, with base true) n errors in some rounds of one
// scenario.
func failing(e Evidence, n int, class bench.ErrorClass, rounds func(r int) bool, base bool) Evidence {
	return altered(e, func(r *bench.Round) {
		if r.Scenario == "json/c10/100B" && rounds(r.Round) && (r.Arm == bench.Head || base && r.Arm == bench.Base) {
			r.Errors = map[bench.ErrorClass]int{class: n}
		}
	})
}

func TestErrors(t *testing.T) {
	always := func(int) bool { return true }
	first := func(n int) func(int) bool { return func(r int) bool { return r <= n } }
	clean := screened(1, 0.05, unchanged)
	for _, c := range []struct {
		name     string
		evidence Evidence
		want     bench.Outcome
	}{
		{"none", clean, bench.Pass},
		{"one stray error", failing(clean, 1, bench.ErrTimeout, first(1), false), bench.Pass},
		{"three stray errors", failing(clean, 1, bench.ErrTimeout, first(3), false), bench.Pass},
		{"fifty in one bad moment", failing(clean, 50, bench.ErrTimeout, first(1), false), bench.Inconclusive},
		{"2 in every round, none in base", failing(clean, 2, bench.ErrStatus, always, false), bench.Regression},
		{"2 in every round of both", failing(clean, 2, bench.ErrStatus, always, true), bench.Pass},
		{"half of the requests", failing(clean, 200, bench.ErrLost, always, false), bench.Regression},
	} {
		if got := outcomeOf(Decide(policy, c.evidence), "json/c10/100B"); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
	// Half of the requests, in as many process pairs as there are.
	for pairs, want := range map[int]bench.Outcome{1: bench.Inconclusive, 2: bench.Regression, 3: bench.Regression, 15: bench.Regression} {
		e := clean
		e.Rounds = measure(1, bench.Screen, 1, pairs, 0.05, unchanged)
		v := Decide(policy, failing(e, 200, bench.ErrStatus, always, false))
		if got := outcomeOf(v, "json/c10/100B"); got != want || v.Outcome != want {
			t.Errorf("half of the requests in %d pairs: %s, %s because %s; want %s", pairs, got, v.Outcome, v.Reason, want)
		}
	}
	// 3 of a base's 100 requests fail, and 6 of the head's: enough for a doubt.
	few := func(r *bench.Round, n int) { r.Errors = map[bench.ErrorClass]int{bench.ErrStatus: n} }
	e := altered(clean, func(r *bench.Round) {
		switch {
		case r.Scenario != "json/c10/100B":
		case r.Arm == bench.Base:
			few(r, 3+r.Round%2)
		case r.Arm == bench.Head:
			few(r, 6+r.Round%3)
		}
	})
	if got := outcomeOf(Decide(policy, e), "json/c10/100B"); got == bench.Pass {
		t.Errorf("twice the errors: %s", got)
	}
	if next := foundIn(policy, failing(clean, 2, bench.ErrStatus, always, false)); len(next.Confirm) != 0 {
		t.Errorf("errors need no fresh rounds, asked for %v", next.Confirm)
	}
	if next := foundIn(policy, failing(clean, 50, bench.ErrTimeout, first(1), false)); len(next.Unclear) != 1 {
		t.Errorf("errors of one moment are unclear, got %+v", next)
	}
}

// falseAlarms counts the trials in which errors that come alike to both arms
// are called a regression.
func falseAlarms(trials int, errorsOf func(rng *rand.Rand) int) int {
	clean := screened(1, 0.05, unchanged)
	alarms := 0
	for i := range trials {
		rng := rand.New(rand.NewPCG(uint64(i), 7))
		a := analyse(policy, altered(clean, func(r *bench.Round) {
			if n := errorsOf(rng); n > 0 && r.Arm != bench.Direct {
				r.Errors = map[bench.ErrorClass]int{bench.ErrTimeout: n}
			}
		}))
		for _, e := range a.errorRates(func(bench.Stage) bool { return true }) {
			if e.Outcome == bench.Regression {
				alarms++
				break
			}
		}
	}
	return alarms
}

// At α = 0.01 a look is allowed 0.05 % false alarms: a quarter of one in 500
// trials, and three or more once in 460 times.
func TestErrorsFalseAlarms(t *testing.T) {
	for _, c := range []struct {
		name     string
		errorsOf func(rng *rand.Rand) int
	}{
		{"stray errors", func(rng *rand.Rand) int {
			if rng.Float64() < 0.1 {
				return 1
			}
			return 0
		}},
		{"bad moments", func(rng *rand.Rand) int {
			if rng.Float64() < 0.05 {
				return 50
			}
			return 0
		}},
		{"a gateway that always fails a little", func(rng *rand.Rand) int { return rng.IntN(5) }},
	} {
		if n := falseAlarms(500, c.errorsOf); n > 2 {
			t.Errorf("%s: %d false alarms of 500", c.name, n)
		}
	}
}

// An error rate that goes from 0 to 0.5 % is found in default gates, also where the
// first look has eight pairs.
func TestSmallErrorRateIsFound(t *testing.T) {
	l := lab{suite: wide(), sd: 0.05}
	const trials = 40
	missed := 0
	for seed := range uint64(trials) {
		rng := rand.New(rand.NewPCG(seed, 9))
		e := Evidence{Scenarios: l.suite, Seed: seed}
		v := InSteps(policy, e, Unlimited, func(s Step) []bench.Round {
			rounds := l.pairs(seed, s.Look.Stage, s.Look.Pairs-s.Pairs+1, s.Look.Pairs, s.Scenarios)
			for i := range rounds {
				r := &rounds[i]
				for range 200 {
					if r.Arm == bench.Head && rng.Float64() < 0.005 {
						if r.Errors == nil {
							r.Errors = make(map[bench.ErrorClass]int)
						}
						r.Errors[bench.ErrStatus]++
						r.Requests--
					}
				}
			}
			return rounds
		})
		if v.Outcome != bench.Regression {
			missed++
		}
	}
	if missed > 2 {
		t.Errorf("missed %d of %d", missed, trials)
	}
}
