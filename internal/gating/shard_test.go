package gating

import (
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/trial"
)

// TestShardUsesItsTime: nothing is looked at before all shards are there, so that a shard
// measures all its time in one stage, also where head is much slower.
func TestShardUsesItsTime(t *testing.T) {
	const budget = 4 * time.Minute
	w := newWorld(50*time.Millisecond, 100*time.Microsecond)
	w.slower = 1
	began := w.now
	run, log := w.gateAs(t, Gate{OneStage: true, Machines: 3}, 0, budget)
	if took := w.now.Sub(began); took < 9*budget/10 || took > budget {
		t.Errorf("%s of %s\n%s", took, budget, log)
	}
	if pairsOf(run, bench.Confirm) > 0 || !run.Plan.OneStage || len(run.Looks) != 1 || len(run.Plan.LeftOut) > 0 {
		t.Errorf("%d fresh pairs, looks %+v, left out %v", pairsOf(run, bench.Confirm), run.Looks, run.Plan.LeftOut)
	}
	if asked, _ := newWorld(50*time.Millisecond, 100*time.Microsecond).gateAs(t, Gate{OneStage: true}, 5, budget); pairsOf(asked, bench.Screen) != 5 || !asked.Plan.OneStage {
		t.Errorf("%d pairs where 5 are asked for", pairsOf(asked, bench.Screen))
	}
}

// TestMachinesShareTheSuite: a gateway that takes 8 s to start and 50 ms a request leaves
// out most of the suite on one machine, and less where others add their process pairs.
func TestMachinesShareTheSuite(t *testing.T) {
	left := map[int]int{}
	for _, machines := range []int{1, 3, 9} {
		run, log := newWorld(8*time.Second, 50*time.Millisecond).gateAs(t, Gate{OneStage: true, Machines: machines}, 0, 4*time.Minute)
		left[machines] = len(run.Plan.LeftOut)
		least := trial.Offer{Machines: machines}.Fewest()
		if n := pairsOf(run, bench.Screen); n < least || machines > 1 && (machines-1)*n < trial.FewestPairs {
			t.Errorf("%d machines: %d pairs, %d are needed\n%s", machines, n, least, log)
		}
	}
	if left[1] <= left[3] || left[3] <= left[9] {
		t.Errorf("left out by machines: %v", left)
	}
}
