package gating

import (
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/trial"
)

// pool measures as a session does.
func (w *world) pool(t *testing.T, pairs int, budget time.Duration) (run bench.Run) {
	t.Helper()
	now := func() time.Time { return w.now }
	p := Pool{Gate: Gate{Policy: bench.DefaultPolicy(), Now: now, Say: t.Logf}, Pairs: pairs, Share: 0.75}
	settings := trial.Settings{Scenarios: usualSuite(), Budget: budget}
	for _, scenario := range settings.Scenarios {
		run.Scenarios = append(run.Scenarios, bench.Cell{ID: scenario.ID(), Scenario: scenario})
	}
	for settings, more := p.Begin(settings), true; more; {
		settings.Arms = []bench.Arm{bench.Direct, bench.Base, bench.Head}
		plan, err := trial.NewSchedule(settings)
		if err != nil {
			t.Fatal(err)
		}
		result, err := trial.Run(t.Context(), plan, w, now, func(trial.Progress) {})
		if err != nil {
			t.Fatal(err)
		}
		Add(&run, plan.Stage, result)
		settings, more = p.Next(&run, result)
		settings.Done, settings.Warmth, settings.Costs = result.Done, result.Warmth, result.Costs
	}
	return run
}

// A calibration keeps what a gate keeps and leaves time to make gates; a slow gateway
// has more of it, so that there are pairs enough.
func TestPool(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name             string
		startup, service time.Duration
		fewest, most     int
		share            float64
	}{
		{"the reference gateway", 100 * ms, ms / 5, 15, 30, 0.75},
		{"3 s to start", 3 * time.Second, ms / 5, 10, 30, 0.75},
		{"8 s to start, 50 ms", 8 * time.Second, 50 * ms, 8, 10, 0.95},
	} {
		gate, _ := newWorld(c.startup, c.service).gate(t, 0, 4*time.Minute)
		w := newWorld(c.startup, c.service)
		began := w.now
		run := w.pool(t, 30, 4*time.Minute)
		if n := pairsOf(run, bench.Screen); n < c.fewest || n > c.most {
			t.Errorf("%s: %d process pairs, want %d to %d", c.name, n, c.fewest, c.most)
		}
		if took := w.now.Sub(began).Seconds(); took > 240*c.share {
			t.Errorf("%s: measuring took %.0f s of 240 s", c.name, took)
		}
		if len(run.Scenarios) != len(gate.Scenarios) || run.Plan.OneStage != gate.Plan.OneStage {
			t.Errorf("%s: %d scenarios, one stage %v; a gate has %d, %v", c.name, len(run.Scenarios), run.Plan.OneStage, len(gate.Scenarios), gate.Plan.OneStage)
		}
		for _, r := range run.Rounds {
			if r.Stage != bench.Screen {
				t.Fatalf("%s: a round of stage %s", c.name, r.Stage)
			}
		}
	}
}
