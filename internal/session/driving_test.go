package session

import (
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/openloop"
	"github.com/org/proxy-bench-action/internal/pace"
	"github.com/org/proxy-bench-action/internal/trial"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

// driving is a session whose head is a gateway like this, built and not started.
func (r *repository) driving(how string, after int, settings ...string) *Session {
	r.t.Helper()
	r.gateway(how, after)
	s := r.open(settings...)
	s.sides[bench.Head] = side{Recipe: s.Config.Gateway}
	if err := s.build(r.t.Context(), bench.Head, s.sides[bench.Head]); err != nil {
		r.t.Fatal(err)
	}
	return s
}

// TestOpenLoopFailures: requests that fail belong to their window; a gateway that
// dies ends the open loop, and what was complete before it is kept.
func TestOpenLoopFailures(t *testing.T) {
	r := newRepository(t)
	settings := openloop.Settings{Arrivals: pace.Evenly, Window: openloop.ShortestWindow, Rates: []openloop.Rate{{PerSecond: 50}}}
	const ready = 2 // requests: the ready path, and one for a right answer
	const warmUp = ready + trial.DefaultWarmUp
	for name, c := range map[string]struct {
		how   string
		after int
		class bench.ErrorClass
		says  string // of the error
	}{
		"lies":         {"lies", warmUp, bench.ErrStatus, ""},
		"dies":         {"dies", warmUp, "", "gateway died: exited with status 7"},
		"dies at once": {"dies", ready, "", "open loop, warm-up of head: gateway died"},
	} {
		t.Run(name, func(t *testing.T) {
			var run bench.Run
			s := r.driving(c.how, c.after, "suite.modes", "json")
			err := s.openLoop(t.Context(), &run, settings)
			testenv.WantError(t, err, c.says)
			for _, w := range run.Windows {
				if w.Arm == bench.Head && w.Errors[c.class] == 0 || w.Arm == bench.Direct && len(w.Errors) > 0 {
					t.Errorf("%s: %v", w.Arm, w.Errors)
				}
			}
			if c.class != "" && len(run.Windows) != 3*2 {
				t.Errorf("%d windows", len(run.Windows))
			}
		})
	}
}
