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
	if next := Screen(policy, failing(clean, 2, bench.ErrStatus, always, false)); len(next.Confirm) != 0 {
		t.Errorf("errors need no fresh rounds, asked for %v", next.Confirm)
	}
	if next := Screen(policy, failing(clean, 50, bench.ErrTimeout, first(1), false)); len(next.Unclear) != 1 {
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
