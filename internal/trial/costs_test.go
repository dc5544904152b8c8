package trial

import (
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// TestCosts: what a round costs is known after it, by part, and goes with the trial to the
// next stage.
func TestCosts(t *testing.T) {
	rig := newRig()
	rig.startup = 3 * time.Second
	settings := Settings{Scenarios: suite(), Arms: threeArms, Rounds: 3}
	first := mustRun(t, mustSchedule(t, settings), rig)
	began := rig.time
	settings.Done, settings.Warmth, settings.Costs, settings.Rounds = first.Done, first.Warmth, first.Costs, 1
	next := mustRun(t, mustSchedule(t, settings), rig)
	if got, want := first.Costs.Pair(suite(), DefaultCycles, 1), rig.time.Sub(began); got < want*95/100 || got > want*105/100 {
		t.Errorf("a pair takes %s, not %s", want, got)
	}
	if first.Costs.Start() != rig.startup || len(first.Costs.starts) != 3 || len(next.Costs.starts) != 4 || len(next.Costs.turns[smallJSON]) != 4 {
		t.Errorf("starts %v, then %v", first.Costs.starts, next.Costs.starts)
	}
	next.Costs.Stopped(2 * time.Second)
	if got := next.Costs.starts; got[3] != 5*time.Second || got[0] != 3*time.Second {
		t.Errorf("a stop at the end of the second stage: starts %v", got)
	}
	// Ten slices of each gateway and six of direct, of 10 ms, and one of each to settle.
	if got, want := first.Costs.Turn(smallJSON, DefaultCycles), 290*time.Millisecond; got != want {
		t.Errorf("a turn takes %s, want %s", got, want)
	}
	if got := first.Costs.Turn(smallJSON, 10); got < 500*time.Millisecond || got > 560*time.Millisecond {
		t.Errorf("with twice the cycles %s", got)
	}
	if one, two := first.Costs.Pair(suite(), 5, 1), first.Costs.Pair(suite(), 5, 2); two-one != first.Costs.Turn(smallJSON, 5)+first.Costs.Turn(smallSSE, 5) {
		t.Errorf("one round %s, two rounds %s", one, two)
	}
	if all, json := first.Costs.WarmUp(suite()), first.Costs.WarmUp(suite()[:1]); json <= 0 || json >= all {
		t.Errorf("warm-up %s, of one mode %s", all, json)
	}
}

// TestTheFirstWarmUpIsLonger: what it took to learn what is needed is not expected again.
func TestTheFirstWarmUpIsLonger(t *testing.T) {
	rig := newRig()
	queue(rig, 5*time.Millisecond)
	settings := Settings{Scenarios: suite(), Arms: threeArms, Rounds: 1}
	first := mustRun(t, mustSchedule(t, settings), rig)
	second := mustRun(t, mustSchedule(t, Settings{Scenarios: suite(), Arms: threeArms, Rounds: 1, Warmth: first.Warmth}), rig)
	got, want := first.Costs.WarmUp(suite()), second.Costs.WarmUp(suite())
	if got < want*9/10 || got > want*11/10 {
		t.Errorf("expected %s, took %s", got, want)
	}
	longest := 0.0
	for _, w := range first.WarmUps {
		longest += w.Seconds
	}
	if got.Seconds() > longest/2 {
		t.Errorf("expected %s of %.1f s", got, longest)
	}
}

// TestCostOfWhatIsCutShort: it is what the whole turn would have taken.
func TestCostOfWhatIsCutShort(t *testing.T) {
	slow := bench.Scenario{Mode: bench.JSON, Concurrency: 10, BodyBytes: 100}
	settings := Settings{Scenarios: []bench.Scenario{slow}, Arms: threeArms, Rounds: 1, Budget: time.Hour}
	whole, cut := newRig(), newRig()
	queue(whole, 50*time.Millisecond)
	queue(cut, 50*time.Millisecond)
	want := mustRun(t, mustSchedule(t, settings), whole).Costs.Turn(slow, DefaultCycles)
	settings.Budget = 30 * time.Second
	result := mustRun(t, mustSchedule(t, settings), cut)
	if got := result.Costs.Turn(slow, DefaultCycles); got < want*7/10 || got > want*13/10 {
		t.Errorf("cut short %s, whole %s", got, want)
	}
	if took := cut.time.Sub(whole.time); took >= 0 {
		t.Errorf("nothing was cut short")
	}
	guessed := result.Costs.Turn(bench.Scenario{Mode: bench.SSE, Concurrency: 50, BodyBytes: 100}, DefaultCycles)
	if known := result.Costs.Turn(slow, DefaultCycles); guessed < 4*known || guessed > 6*known {
		t.Errorf("five times as many in flight take %s, not five times %s", guessed, known)
	}
	fast := newRig()
	fast.requests = 100
	settings.Scenarios = suite()[:1]
	first := mustRun(t, mustSchedule(t, settings), fast).Costs
	// A hundred requests of 60 µs are done in the time of a slice.
	if one, fifty := first.Turn(smallJSON, 5), first.Turn(bench.Scenario{Mode: bench.JSON, Concurrency: 50, BodyBytes: 100}, 5); fifty != one {
		t.Errorf("fifty in flight take %s, one takes %s", fifty, one)
	}
	if (Costs{}).Turn(slow, 5) != 0 || (Costs{}).Pair(nil, 5, 1) != 0 {
		t.Error("something is known of nothing")
	}
}
