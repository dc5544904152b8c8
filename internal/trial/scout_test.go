package trial

import (
	"slices"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// scouted measures the first process pair of a gate.
func scouted(t *testing.T, r *fakeRig, suite []bench.Scenario, budget time.Duration) Result {
	t.Helper()
	return mustRun(t, mustSchedule(t, Settings{Scenarios: suite, Arms: threeArms, Rounds: 1, Step: true, Scout: true, Budget: budget, Seed: 3}), r)
}

// TestScout: the first process pair costs a fifth of the budget at most beside its
// start. It tells enough for the plan, and the plan then takes the time that it says.
func TestScout(t *testing.T) {
	for _, c := range []struct {
		name             string
		service, startup time.Duration
		budget           time.Duration
		kept             [2]int // at least, at most
		pairs            int    // at least
	}{
		{"fast", 200 * time.Microsecond, 100 * time.Millisecond, 4 * time.Minute, [2]int{24, 24}, 18},
		{"20 ms", 20 * time.Millisecond, 0, 4 * time.Minute, [2]int{8, 16}, 10},
		{"50 ms, slow to start", 50 * time.Millisecond, 8 * time.Second, 4 * time.Minute, [2]int{4, 8}, 10},
		{"slow to start", 200 * time.Microsecond, 20 * time.Second, 4 * time.Minute, [2]int{10, 24}, 8},
		{"half a second", 500 * time.Millisecond, time.Second, 4 * time.Minute, [2]int{2, 2}, 8},
		{"half a minute", 200 * time.Microsecond, 100 * time.Millisecond, 30 * time.Second, [2]int{4, 20}, 10},
	} {
		rig := newRig()
		rig.startup = c.startup
		queue(rig, c.service)
		first := scouted(t, rig, usualSuite(), c.budget)
		took := rig.time.Sub(time.Unix(0, 0))
		if most := c.budget/5 + c.startup + 2*time.Second; took > most {
			t.Errorf("%s: the first pair took %s, more than %s", c.name, took, most)
		}
		if hasWarning(first, "time budget:") || hasWarning(first, "few ") {
			t.Errorf("%s: warnings %q", c.name, first.Validity.Warnings)
		}
		f := Offer{Suite: usualSuite(), Costs: first.Costs, Budget: c.budget, Left: c.budget - took}.Fit()
		if n := len(f.Kept); n < c.kept[0] || n > c.kept[1] || f.Pairs < c.pairs {
			t.Errorf("%s: %d scenarios kept, %d pairs; %+v", c.name, n, f.Pairs, f)
		}
		rest := mustRun(t, mustSchedule(t, Settings{
			Scenarios: f.Kept, Arms: threeArms, Budget: c.budget - took, Rounds: (f.Pairs - 1) * f.Sharing, Sharing: f.Sharing, Cycles: f.Cycles,
			Step: true, Before: 1, Seed: 3, Done: first.Done, Warmth: first.Warmth, Costs: first.Costs,
		}), rig)
		if all := rig.time.Sub(time.Unix(0, 0)); rest.Done.Processes < f.Pairs-1 || all > c.budget*11/10 {
			t.Errorf("%s: %d of %d pairs in %s", c.name, rest.Done.Processes, f.Pairs, all)
		}
		decides := map[bench.Mode]bench.Metric{bench.JSON: bench.LatencyTypical, bench.SSE: bench.TotalTypical}
		for _, r := range rest.Rounds {
			mode := bench.JSON
			if r.Scenario[:3] == "sse" {
				mode = bench.SSE
			}
			if n := len(r.Slices[decides[mode]]); r.Arm != bench.Direct && n < 2*f.Cycles && r.Process < f.Pairs {
				t.Errorf("%s: pair %d: %s %s has %d slices of %d", c.name, r.Process, r.Arm, r.Scenario, n, 2*f.Cycles)
				break
			}
		}
	}
}

// TestScoutBeginsWithWhatStays, and drives nothing beyond the first scenario for which
// there is no room.
func TestScoutBeginsWithWhatStays(t *testing.T) {
	rig := newRig()
	queue(rig, 50*time.Millisecond)
	got := scouted(t, rig, usualSuite(), 4*time.Minute)
	var order []bench.Scenario
	for _, s := range usualSuite() {
		if got.Costs.Known(s) {
			order = append(order, s)
		}
	}
	ranks := ranked(usualSuite())
	for _, s := range order {
		if i := slices.Index(ranks, s); i >= len(order) {
			t.Errorf("%s was driven, %s was not", s, ranks[len(order)-1])
		}
	}
	if len(order) < 3 || len(order) > 12 {
		t.Errorf("drove %v", order)
	}
	for _, s := range order {
		if s.Concurrency == 50 {
			t.Errorf("drove %s", s)
		}
	}
}

// TestScoutCountsWithTheRest: it is a process pair like the others, disturbed or not.
func TestScoutCountsWithTheRest(t *testing.T) {
	for _, disturbed := range []bool{false, true} {
		rig := newRig()
		if disturbed {
			disturb(rig, func(m *Machine, d time.Duration) { m.Steal += d }, 1)
		}
		got := scouted(t, rig, suite(), time.Minute)
		for _, r := range got.Rounds {
			if r.Process != 1 && r.Arm != bench.Direct || r.Stage != bench.Screen || r.Void != "" || (r.Disturbed != "") != disturbed {
				t.Errorf("disturbed %v: %+v", disturbed, r)
			}
		}
		if len(got.Rounds) != 6 {
			t.Errorf("disturbed %v: %d rounds", disturbed, len(got.Rounds))
		}
	}
}
