package verdict

import (
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
