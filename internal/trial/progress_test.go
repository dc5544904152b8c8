package trial

import (
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

func watchProgress(t *testing.T, s Settings, prepare func(*fakeRig)) []Progress {
	t.Helper()
	rig := newRig()
	prepare(rig)
	var seen []Progress
	if _, err := Run(t.Context(), mustSchedule(t, s), rig, rig.now, func(p Progress) { seen = append(seen, p) }); err != nil {
		t.Fatal(err)
	}
	return seen
}

func TestProgress(t *testing.T) {
	seen := watchProgress(t, Settings{Scenarios: suite(), Arms: twoArms, Rounds: 5, Stage: bench.Confirm, Done: Count{Rounds: 15}}, func(*fakeRig) {})
	if len(seen) != 5*(1+2) {
		t.Fatalf("%d reports, want a start and two scenarios in each of five rounds", len(seen))
	}
	for i, p := range seen {
		if (p.Scenario == "") != (i%3 == 0) || p.Round != i/3+1 || p.Rounds != 5 || p.Total != 10 || p.Stage != bench.Confirm {
			t.Errorf("report %d: %+v", i, p)
		}
		if i > 0 && (p.Done < seen[i-1].Done || p.Elapsed < seen[i-1].Elapsed) {
			t.Errorf("report %d goes back: %+v", i, p)
		}
	}
	first, last := seen[0], seen[len(seen)-1]
	if first.Done != 0 || first.Remaining != DefaultBudget {
		t.Errorf("first %+v: nothing is known but the budget", first)
	}
	if last.Done != 9 || last.Remaining <= 0 || last.Remaining > last.Elapsed/5 {
		t.Errorf("last %+v", last)
	}
}

func TestProgressKnowsTheBudget(t *testing.T) {
	seen := watchProgress(t, Settings{Scenarios: suite(), Arms: twoArms, Rounds: 50, Budget: 5 * time.Second}, func(*fakeRig) {})
	last := seen[len(seen)-1]
	if last.Rounds >= 50 || last.Rounds != last.Round || last.Total != 2*last.Rounds {
		t.Errorf("last %+v; its rounds should be the ones that fit", last)
	}
	for i, p := range seen {
		if left := max(0, 5*time.Second-p.Elapsed); p.Remaining > left || p.Remaining < 0 {
			t.Errorf("report %d: %s remaining, %s left of the budget", i, p.Remaining, left)
		}
	}
}

func TestProgressCountsVoidRounds(t *testing.T) {
	seen := watchProgress(t, Settings{Scenarios: suite(), Arms: twoArms, Rounds: 4}, func(r *fakeRig) {
		disturb(r, func(m *Machine, d time.Duration) { m.Steal += d }, 2)
	})
	if last := seen[len(seen)-1]; last.Round != 5 || last.Rounds != 5 {
		t.Errorf("last %+v, want round 5 of 5", last)
	}
}
