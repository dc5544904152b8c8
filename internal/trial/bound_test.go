package trial

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// queue makes the arm a worker that serves one request at a time.
func queue(r *fakeRig, service time.Duration) {
	r.latency[bench.Base], r.latency[bench.Head] = service, service
}

var wide = []bench.Scenario{
	{Mode: bench.JSON, Concurrency: 1, BodyBytes: 100},
	{Mode: bench.JSON, Concurrency: 10, BodyBytes: 100},
	{Mode: bench.JSON, Concurrency: 50, BodyBytes: 100},
	{Mode: bench.SSE, Concurrency: 1, BodyBytes: 100},
	{Mode: bench.SSE, Concurrency: 10, BodyBytes: 100},
	{Mode: bench.SSE, Concurrency: 50, BodyBytes: 100},
}

// TestSlowGatewaysKeepTheBudget: however slow a gateway is, a trial ends near its
// budget, with figures, and says what they lack.
func TestSlowGatewaysKeepTheBudget(t *testing.T) {
	for _, c := range []struct {
		service, startup, budget time.Duration
	}{
		{50 * time.Millisecond, 0, 30 * time.Second},
		{50 * time.Millisecond, 8 * time.Second, 4 * time.Minute},
		{time.Second, 0, 30 * time.Second},
		{time.Millisecond, 60 * time.Second, 30 * time.Second},
	} {
		rig := newRig()
		rig.startup = c.startup
		queue(rig, c.service)
		got := mustRun(t, mustSchedule(t, Settings{Scenarios: wide, Arms: threeArms, Budget: c.budget, Seed: 5}), rig)
		took := rig.time.Sub(time.Unix(0, 0)) - c.startup
		if took > 2*c.budget || len(got.Rounds) == 0 || !got.Validity.Complete {
			t.Errorf("%v: took %s of %s, %d rounds, %+v", c, took, c.budget, len(got.Rounds), got.Validity)
		}
		if !hasWarning(got, "time budget:") {
			t.Errorf("%v: warnings %q", c, got.Validity.Warnings)
		}
		for _, r := range got.Rounds {
			if r.Requests == 0 {
				t.Errorf("%v: %s %s has no requests", c, r.Scenario, r.Arm)
			}
		}
	}
}

// TestFastGatewaysAreNotCut: the bounds touch nothing that is as fast as gateways are.
func TestFastGatewaysAreNotCut(t *testing.T) {
	rig := newRig()
	queue(rig, 200*time.Microsecond)
	got := mustRun(t, mustSchedule(t, Settings{Scenarios: wide, Arms: threeArms, Budget: 30 * time.Second, Rounds: 3}), rig)
	for _, r := range got.Rounds {
		want := 10
		if r.Arm == bench.Direct {
			want = 6
		}
		decides := bench.LatencyTypical
		if strings.HasPrefix(r.Scenario, "sse") {
			decides = bench.TotalTypical
		}
		if n := len(r.Slices[decides]); n != want {
			t.Errorf("%s %s: %d slices, want %d", r.Scenario, r.Arm, n, want)
		}
	}
	if slices.ContainsFunc(got.Validity.Warnings, func(w string) bool { return strings.HasPrefix(w, "time") }) {
		t.Errorf("warnings %q", got.Validity.Warnings)
	}
}

func TestSettled(t *testing.T) {
	for _, c := range []struct {
		costs []float64
		want  bool
	}{
		{nil, false},
		{[]float64{9}, false},
		{[]float64{9, 9}, false},
		{[]float64{9, 9, 9}, true},
		{[]float64{9, 5, 5}, false},
		{[]float64{9, 5, 5, 5}, true},
		{[]float64{9, 5, 7, 4.8}, true}, // noise
		{[]float64{300, 200, 150, 120, 100, 90}, false},
		{[]float64{300, 200, 150, 120, 100, 98, 99}, true},
	} {
		if got := settled(c.costs); got != c.want {
			t.Errorf("%v: %v", c.costs, got)
		}
	}
}

// TestWarmUpGoesOnUntilItSettles, within its bound, once for each process.
func TestWarmUpGoesOnUntilItSettles(t *testing.T) {
	for _, c := range []struct {
		name    string
		warms   time.Duration // how long the cost falls
		settled bool
	}{
		{"cold for half a second", 500 * time.Millisecond, true},
		{"cold for a minute", time.Minute, false},
	} {
		rig := newRig()
		served := time.Duration(0)
		rig.onWarmUp = func(arm bench.Arm, s *bench.Slice) error {
			if arm == bench.Head {
				served += s.Elapsed
				if served < c.warms {
					rig.cpu[arm] += time.Duration(len(s.Observations)) * time.Duration(1e6*math.Exp(-3*served.Seconds()))
				}
			}
			return nil
		}
		got := mustRun(t, mustSchedule(t, Settings{Scenarios: []bench.Scenario{wideJSON}, Arms: twoArms, Rounds: 1}), rig)
		if len(got.WarmUps) != 1 {
			t.Fatalf("%s: %+v", c.name, got.WarmUps)
		}
		w := got.WarmUps[0]
		if w.Settled != c.settled || w.Seconds < min(c.warms, mostWarm).Seconds()*0.9 || w.Seconds > (mostWarm+2*warmWindow).Seconds() || w.Last >= w.First || w.Requests == 0 {
			t.Errorf("%s: %+v", c.name, w)
		}
		if hasWarning(got, "not warm: head") == c.settled {
			t.Errorf("%s: warnings %q", c.name, got.Validity.Warnings)
		}
	}
	rig := newRig()
	rig.startup = 9 * time.Second
	got := mustRun(t, mustSchedule(t, Settings{Scenarios: suite(), Arms: twoArms, Rounds: 10}), rig)
	if len(got.WarmUps) != 2*len(rig.starts) || len(rig.starts) >= 10 {
		t.Errorf("%d warm-ups of %d processes in two modes", len(got.WarmUps), len(rig.starts))
	}
}

// TestWarmUpLearns: the first process of an arm shows how many requests the next ones
// need, few for a compiled program.
func TestWarmUpLearns(t *testing.T) {
	for name, c := range map[string]struct {
		cold  int // requests until the cost is a fifth
		least int // requests of the second process
		most  int
	}{
		"compiled":     {0, 20 * wideJSON.Concurrency, 20*wideJSON.Concurrency + firstLook},
		"just in time": {5000, 4000, 5500},
	} {
		rig, served := newRig(), 0
		rig.onFresh = func(int) error { served = 0; return nil }
		rig.onWarmUp = func(arm bench.Arm, s *bench.Slice) error {
			if arm == bench.Head {
				served += len(s.Observations)
				rig.cpu[arm] += time.Duration(4 * 1e3 * len(s.Observations) * max(0, c.cold-served) / max(1, c.cold))
			}
			return nil
		}
		got := mustRun(t, mustSchedule(t, Settings{Scenarios: []bench.Scenario{wideJSON}, Arms: twoArms, Rounds: 2}), rig)
		if len(got.WarmUps) != 2 || !got.WarmUps[0].Settled || !got.WarmUps[1].Settled || got.WarmUps[0].Requests < leastRequests {
			t.Fatalf("%s: %+v", name, got.WarmUps)
		}
		if n := got.WarmUps[1].Requests; n < c.least || n > c.most {
			t.Errorf("%s: %d requests for the second process, want %d to %d", name, n, c.least, c.most)
		}
		next := mustRun(t, mustSchedule(t, Settings{
			Scenarios: []bench.Scenario{wideJSON}, Arms: twoArms, Rounds: 1, Done: got.Done, Warmth: got.Warmth,
		}), rig)
		if n := next.WarmUps[0].Requests; n < c.least || n > c.most {
			t.Errorf("%s: %d requests in the next stage, want %d to %d", name, n, c.least, c.most)
		}
	}
}

// TestWarmUpOfASlowGateway: one that serves a request at a time is not given more than
// it answers in the time of a warm-up.
func TestWarmUpOfASlowGateway(t *testing.T) {
	rig := newRig()
	rig.latency[bench.Head] = 50 * time.Millisecond
	wide := bench.Scenario{Mode: bench.JSON, Concurrency: 200, BodyBytes: 100}
	got := mustRun(t, mustSchedule(t, Settings{Scenarios: []bench.Scenario{wide}, Arms: twoArms, Rounds: 2}), rig)
	for i, w := range got.WarmUps {
		if !w.Settled || w.Seconds > 1.5*mostWarm.Seconds() {
			t.Errorf("process %d: %+v", i+1, w)
		}
	}
	wide.Concurrency = int(mostWarm / (4 * rig.latency[bench.Head]))
	if want := "warm-up head " + wide.String(); !slices.Contains(rig.log, want) {
		t.Errorf("no %q in %v", want, rig.log)
	}
}

// TestWarmUpInVain: where no process can get enough requests, only the first is warmed
// for the whole time, and the result says that it has not settled.
func TestWarmUpInVain(t *testing.T) {
	rig := newRig()
	queue(rig, 50*time.Millisecond)
	bursts := 0
	rig.onWarmUp = func(arm bench.Arm, s *bench.Slice) error {
		bursts++
		rig.cpu[arm] += time.Duration(len(s.Observations)) * time.Hour >> bursts // cheaper each time
		return nil
	}
	got := mustRun(t, mustSchedule(t, Settings{Scenarios: []bench.Scenario{wideJSON}, Arms: threeArms, Rounds: 3}), rig)
	for _, w := range got.WarmUps {
		if first := w.Process == 1; w.Seconds < mostWarm.Seconds() == first || first && w.Settled {
			t.Errorf("%+v", w)
		}
	}
	if !hasWarning(got, "not warm: head") || len(got.WarmUps) != 6 {
		t.Errorf("%d warm-ups, warnings %q", len(got.WarmUps), got.Validity.Warnings)
	}
}

// TestWarmUpWithFewerInFlight: what was learned with many requests in flight is no
// need where a gateway cannot get as many.
func TestWarmUpWithFewerInFlight(t *testing.T) {
	rig := newRig()
	queue(rig, 50*time.Millisecond)
	one := bench.Scenario{Mode: bench.JSON, Concurrency: 1, BodyBytes: 100}
	warmth := Warmth{warming{bench.Base, bench.JSON}: 200, warming{bench.Head, bench.JSON}: 150}
	got := mustRun(t, mustSchedule(t, Settings{Scenarios: []bench.Scenario{one}, Arms: threeArms, Rounds: 3, Warmth: warmth}), rig)
	for _, w := range got.WarmUps {
		if (w.Process == 1) == (w.Seconds < mostWarm.Seconds()) {
			t.Errorf("%+v", w)
		}
	}
	if warmth[warming{bench.Base, bench.JSON}] != 200 {
		t.Error("the warmth of the stage before has changed")
	}
}

// TestWarmUpIsTheSameForBoth: if one arm got fewer requests, it would be the slower one
// of two that are the same.
func TestWarmUpIsTheSameForBoth(t *testing.T) {
	rig, served := newRig(), 0
	rig.onFresh = func(int) error { served = 0; return nil }
	rig.onWarmUp = func(arm bench.Arm, s *bench.Slice) error {
		if arm == bench.Head { // base is warm at once
			served += len(s.Observations)
			rig.cpu[arm] += time.Duration(len(s.Observations) * max(0, 3000-served))
		}
		return nil
	}
	got := mustRun(t, mustSchedule(t, Settings{Scenarios: []bench.Scenario{wideJSON}, Arms: threeArms, Rounds: 3}), rig)
	requests := map[int]map[bench.Arm]int{}
	for _, w := range got.WarmUps {
		if requests[w.Process] == nil {
			requests[w.Process] = map[bench.Arm]int{}
		}
		requests[w.Process][w.Arm] = w.Requests
	}
	for process, by := range requests {
		if process > 1 && (by[bench.Base] != by[bench.Head] || by[bench.Head] < 1500) {
			t.Errorf("process %d: %v", process, by)
		}
	}
	if len(requests) != 3 {
		t.Errorf("warm-ups of %d processes", len(requests))
	}
}

// TestWarmUpIsFair: what a gateway compiles by itself after its bursts is ready sooner for
// the one that was warmed first, so each is the first as often.
func TestWarmUpIsFair(t *testing.T) {
	const rounds = 60
	rig := newRig()
	mustRun(t, mustSchedule(t, Settings{Scenarios: suite()[:1], Arms: threeArms, Rounds: rounds}), rig)
	last, before := map[string]int{}, ""
	for _, line := range rig.log {
		if strings.HasPrefix(line, "slice ") && strings.HasPrefix(before, "warm-up ") {
			last[strings.Fields(before)[1]]++
		}
		before = line
	}
	if last["base"]+last["head"] != rounds || min(last["base"], last["head"]) < rounds/3 {
		t.Errorf("warmed last: %v", last)
	}
}
