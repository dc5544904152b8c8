package gating

import (
	"bytes"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/trial"
	"github.com/org/proxy-bench-action/internal/verdict"
	"github.com/org/proxy-bench-action/testdata/recordtest"
)

// TestAdd: what a further part finds is added to those before it.
func TestAdd(t *testing.T) {
	var run bench.Run
	Add(&run, bench.Screen, trial.Result{Rounds: make([]bench.Round, 2), Restart: 3, Validity: bench.Validity{
		Complete: true, Steal: 0.1, VoidRounds: 1, Warnings: []string{"a"}, Ceiling: map[string]float64{"x": 1},
	}})
	Add(&run, bench.Confirm, trial.Result{Rounds: make([]bench.Round, 3), Restart: 9, Validity: bench.Validity{
		Incomplete: "time was up", Foreign: 0.2, VoidRounds: 2, Warnings: []string{"b"}, Ceiling: map[string]float64{"x": 2, "y": 3},
	}})
	v := run.Validity
	if len(run.Rounds) != 5 || run.Plan.Restart != 3 || v.Complete || v.Incomplete != "time was up" || v.Steal != 0.1 || v.Foreign != 0.2 || v.VoidRounds != 3 ||
		strings.Join(v.Warnings, ";") != "a;confirming: b" || v.Ceiling["x"] != 1 || v.Ceiling["y"] != 3 {
		t.Errorf("%d rounds, restart %d, validity %+v", len(run.Rounds), run.Plan.Restart, v)
	}
}

// TestConfirm: fresh rounds are asked for what the screening found, for a few looks,
// and for no longer than the deadline.
func TestConfirm(t *testing.T) {
	now := time.Unix(1000, 0)
	policy := bench.DefaultPolicy()
	for slow, says := range map[bench.Arm]string{bench.Head: "screened: 1 suspect", bench.Base: "possible improvements"} {
		var log bytes.Buffer
		run := recordtest.Run(15, recordtest.SSE10)
		for i := range run.Rounds {
			r := &run.Rounds[i]
			r.Errors = nil
			for m := range r.Metrics {
				if r.Arm == slow {
					r.Metrics[m] *= 2
				}
			}
		}
		screened := verdict.Step{Look: bench.Look{Stage: bench.Screen, Pairs: 15}}
		late := run
		g := Gate{
			Policy: policy, Now: func() time.Time { return now }, Say: func(format string, args ...any) { fmt.Fprintf(&log, format, args...) },
			deadline: now.Add(time.Minute), step: screened, kept: run.Scenarios, fit: trial.Fit{Cycles: 5, Sharing: 1},
		}
		settings, more := g.Next(&run, trial.Result{})
		if !more || settings.Stage != bench.Confirm || len(settings.Scenarios) != 1 || settings.Scenarios[0] != recordtest.SSE10 || settings.Budget != time.Minute || settings.Rounds == 0 {
			t.Errorf("%s is slow: more %v, %+v", slow, more, settings)
		}
		if !strings.Contains(log.String(), says) {
			t.Errorf("%s is slow: the log lacks %q: %s", slow, says, &log)
		}
		looks := 0
		for more := true; more && looks < 9; looks++ {
			_, more = g.Next(&run, trial.Result{})
		}
		if looks > 3 {
			t.Errorf("%d looks at fresh rounds that never come", looks)
		}
		g.deadline, g.step = now, screened
		if _, more := g.Next(&late, trial.Result{}); more {
			t.Error("confirmed beyond the deadline")
		}
	}
}

// TestLeaveOut: what is left out is gone from the run, but for what an arm failed in.
func TestLeaveOut(t *testing.T) {
	run := recordtest.Run(1, recordtest.SSE10, bench.Scenario{Mode: bench.JSON, Concurrency: 1, BodyBytes: 1024})
	for _, failed := range []bool{false, true} {
		run := run
		run.Scenarios, run.Rounds = slices.Clone(run.Scenarios), slices.Clone(run.Rounds)
		run.Validity.Ceiling = maps.Clone(run.Validity.Ceiling)
		if failed {
			run.Unmeasured = []bench.Unmeasured{{Scenario: recordtest.SSE10.ID(), Arm: bench.Head, Rounds: []int{1}}}
		}
		g := Gate{kept: slices.Clone(run.Scenarios)}
		g.leaveOut(&run, []bench.Scenario{recordtest.SSE10})
		if all := g.drivable(run, nil); len(all) != 1 || all[0] == recordtest.SSE10 {
			t.Errorf("failed %v: %v is driven on", failed, all)
		}
		left := slices.ContainsFunc(run.Scenarios, func(c bench.Cell) bool { return c.Scenario == recordtest.SSE10 })
		if left != failed || run.Measured(recordtest.SSE10.ID(), bench.Head) != failed || len(run.Plan.LeftOut) == 1 == failed {
			t.Errorf("failed %v: scenarios %v, left out %v", failed, run.Scenarios, run.Plan.LeftOut)
		}
	}
}
