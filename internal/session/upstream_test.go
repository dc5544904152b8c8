package session

import (
	"math"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

// TestUpstreamRequests: each round says how often the backend was asked for a
// request, over whatever the gateway speaks to it.
func TestUpstreamRequests(t *testing.T) {
	r := newRepository(t)
	for how, want := range map[string]float64{"secure": 1, "twice": 2, "cache": 0} {
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

// TestUnserved: a run that fails because the gateway asks the backend for another
// path says which, and keeps it.
func TestUnserved(t *testing.T) {
	r := newRepository(t)
	r.gateway("astray", 0)
	run, err := r.open("suite.modes", "json").Measure(t.Context(), Sides{})
	if !isDriveError(err) || run.Schema == "" || len(run.Unserved) != 1 {
		t.Fatalf("%v, with %v", err, run.Unserved)
	}
	testenv.WantError(t, err, "the gateway asked the backend for POST /v1/v1/responses (404, ")
	if u := run.Unserved[0]; u.Method != "POST" || u.Path != "/v1/v1/responses" || u.Status != 404 || u.Count < 20 {
		t.Errorf("%+v", u)
	}
}
