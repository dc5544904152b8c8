package verdict

import (
	"slices"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// TestNextCountsItsOwnPairs: what an earlier attempt has measured decides with it, and
// is no reason to measure less.
func TestNextCountsItsOwnPairs(t *testing.T) {
	const sd = 2.0 // leaves everything open
	earlier := append(measure(3, bench.Screen, 1001, 1015, sd, unchanged), measure(3, bench.Confirm, 1016, 1055, sd, unchanged)...)
	screened := measure(4, bench.Screen, 1, 8, sd, unchanged)
	confirmed := measure(4, bench.Confirm, 9, 18, sd, unchanged)
	s := screening{found: Found{Confirm: []string{"json/c10/100B"}, Rounds: ConfirmRounds}, open: []string{"json/c10/100B"}}
	for name, before := range map[string][]bench.Round{"a first attempt": nil, "a second": earlier} {
		e := Evidence{Scenarios: suite(), Rounds: append(append([]bench.Round(nil), screened...), before...), Looks: []bench.Look{{Stage: bench.Screen, Pairs: 8}}}
		if step, more := analyse(policy, e).screenOn(s, ScreenRounds, Unlimited); !more || step.Pairs != 3 || step.Look.Pairs != 11 {
			t.Errorf("%s screens on with %+v", name, step)
		}
		e.Rounds = append(e.Rounds, confirmed...)
		e.Looks = append(e.Looks, bench.Look{Stage: bench.Confirm, Pairs: 10, Level: 0.05})
		if step, more := analyse(policy, e).confirmOn(s, Unlimited); !more || step.Pairs != 10 || step.Look.Pairs != 20 {
			t.Errorf("%s confirms on with %+v", name, step)
		}
	}
}

// gateAfter is a whole gate with the rounds of earlier attempts. It returns its own
// rounds, numbered from first on.
func gateAfter(seed uint64, first, attempt int, earlier []bench.Round, change change) (bench.Verdict, []bench.Round) {
	e := Evidence{Scenarios: suite(), Rounds: slices.Clone(earlier), Attempt: attempt}
	v := InSteps(policy, e, Unlimited, func(step Step) []bench.Round {
		rounds := measure(seed, step.Look.Stage, first, first+step.Pairs-1, 0.08, change)
		first += step.Pairs
		rounds = slices.DeleteFunc(rounds, func(r bench.Round) bool {
			return step.Scenarios != nil && !slices.Contains(step.Scenarios, r.Scenario)
		})
		earlier = append(earlier, rounds...)
		return rounds
	})
	return v, earlier
}

// TestRunAgain: a change that one attempt finds now and then is found more often by
// two, and hardly ever goes away; unchanged code is not tried until it fails.
func TestRunAgain(t *testing.T) {
	const trials = 40
	count := func(change change) (first, second, lost int) {
		for seed := range uint64(trials) {
			v, rounds := gateAfter(2*seed+1, 1, 1, nil, change)
			again, _ := gateAfter(2*seed+2, 1001, 2, rounds, change)
			if v.Outcome == bench.Regression {
				first++
			}
			if again.Outcome == bench.Regression {
				second++
			} else if v.Outcome == bench.Regression {
				lost++
			}
		}
		return first, second, lost
	}
	first, second, lost := count(inOne(1.055))
	t.Logf("found by %d of %d first attempts, by %d second ones, %d lost", first, trials, second, lost)
	if second < first || lost > trials/10 {
		t.Errorf("found by %d of %d first attempts, by %d second ones, %d lost", first, trials, second, lost)
	}
	if first, second, _ := count(unchanged); first+second > 0 {
		t.Errorf("unchanged code fails in %d first and %d second attempts", first, second)
	}
}
