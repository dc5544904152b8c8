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

// TestOpenLoopFailures: a gateway that dies ends the open loop, and what was complete
// before it is kept.
func TestOpenLoopFailures(t *testing.T) {
	r := newRepository(t)
	r.openLoopFails("dies", warmUp, "", "gateway died: exited with status 7")
	r.openLoopFails("dies", ready, "", "open loop, warm-up of head: gateway died")
}

const (
	ready  = 2 // requests: the ready path, and one for a right answer
	warmUp = ready + trial.DefaultWarmUp
)

// openLoopFails makes an open loop with a gateway that stops being good after so many
// requests: in each of its windows requests fail by this class, or the loop ends.
func (r *repository) openLoopFails(how string, after int, class bench.ErrorClass, says string) {
	r.t.Helper()
	settings := openloop.Settings{Arrivals: pace.Evenly, Window: openloop.ShortestWindow, Rates: []openloop.Rate{{PerSecond: 50}}}
	var run bench.Run
	err := r.driving(how, after, "suite.modes", "json").openLoop(r.t.Context(), &run, settings)
	testenv.WantError(r.t, err, says)
	for _, w := range run.Windows {
		if w.Arm == bench.Head && w.Errors[class] == 0 || w.Arm == bench.Direct && len(w.Errors) > 0 {
			r.t.Errorf("%s: %v", w.Arm, w.Errors)
		}
	}
	if class != "" && len(run.Windows) != 3*2 {
		r.t.Errorf("%d windows", len(run.Windows))
	}
}
