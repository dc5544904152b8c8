package diagnose

import (
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// TestOtherWaitsAreNoTimer: a wait of a length that nobody writes, one that differs, and
// work are no timer.
func TestOtherWaitsAreNoTimer(t *testing.T) {
	for name, c := range map[string]struct {
		fault fault
		want  bool
	}{
		"250 ms": {waiting(250e-3), true},
		"100 ms, but for the first of each slice": {func(s bench.Scenario, r *bench.Round) {
			waiting(100e-3)(s, r)
			for i := range summary.Levels / 2 {
				r.Distribution[s.Mode.Primary()][i] -= 5e-3 * float64(summary.Levels/2-i)
			}
		}, true},
		"37 ms":             {waiting(37e-3), false},
		"140 ms":            {waiting(140e-3), false},
		"20, 40, 60 ms ...": {func(s bench.Scenario, r *bench.Round) { waiting(20e-3*float64(r.Round))(s, r) }, false},
		"half of them":      {late(0.5, 100e-3), false},
		"with many in flight": {func(s bench.Scenario, r *bench.Round) {
			if s.Concurrency > 1 {
				waiting(100e-3)(s, r)
			}
		}, false},
		"100 ms of work": {func(s bench.Scenario, r *bench.Round) {
			waiting(100e-3)(s, r)
			r.Metrics[bench.CPUPerRequest] = 90e-3
		}, false},
	} {
		found := false
		for _, d := range Run(gateways(9, true, nil, c.fault)) {
			found = found || d.Name == TimerWait.Name
		}
		if found != c.want {
			t.Errorf("%s: found %v, want %v", name, found, c.want)
		}
	}
}
