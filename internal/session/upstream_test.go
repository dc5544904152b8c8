package session

import (
	"math"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// TestUpstreamRequests: each round says how often the backend was asked for a
// request, over whatever the gateway speaks to it.
func TestUpstreamRequests(t *testing.T) {
	r := newRepository(t)
	for how, want := range map[string]float64{"good": 1, "secure": 1, "twice": 2, "cache": 0} {
		t.Run(how, func(t *testing.T) {
			r.gateway(how, 0)
			run, err := r.open("suite.modes", "json").Measure(t.Context(), Sides{})
			if err != nil {
				t.Fatal(err)
			}
			for _, round := range run.Rounds {
				want := want
				if round.Arm == bench.Direct {
					want = 1
				}
				if got := round.Metrics[bench.UpstreamRequests]; math.Abs(got-want) > 0.005 {
					t.Errorf("%s: %g upstream requests for each, want %g (%s)", round.Arm, got, want, round.Omitted[bench.UpstreamRequests])
				}
			}
			if len(run.Rounds) != 2 {
				t.Errorf("%d rounds", len(run.Rounds))
			}
		})
	}
}
