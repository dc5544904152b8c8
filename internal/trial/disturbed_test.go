package trial

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// disturb makes the counters grow in the given rounds, from 1, by shares of the
// round's time; a round reads the counters at its start and at its end.
func disturb(r *fakeRig, grow func(m *Machine, elapsed time.Duration), rounds ...int) {
	reading := 0
	var began time.Time
	r.onMachine = func(m *Machine) {
		if reading++; reading%2 == 1 {
			began = r.time
		} else if slices.Contains(rounds, reading/2) {
			grow(m, r.time.Sub(began))
		}
	}
}

func part(d time.Duration, share float64) time.Duration { return time.Duration(share * float64(d)) }

func TestDisturbedRoundsAreVoid(t *testing.T) {
	for _, c := range []struct {
		name string
		grow func(*Machine, time.Duration)
		void string
	}{
		// The machine has two CPUs: 21 % of the round's time is 10.5 % of theirs.
		{"steal", func(m *Machine, d time.Duration) { m.Steal += part(d, 0.21) }, "stolen CPU time 10.5 %, limit 10 %"},
		{"little steal", func(m *Machine, d time.Duration) { m.Steal += part(d, 0.19) }, ""},
		{"foreign", func(m *Machine, d time.Duration) { m.Foreign += part(d, 0.6) }, "CPU time of other processes 30.0 %, limit 25 %"},
		{"little foreign", func(m *Machine, d time.Duration) { m.Foreign += part(d, 0.4) }, ""},
		{"memory", func(m *Machine, d time.Duration) { m.MemoryStall += part(d, 0.2) }, "memory stall 20.0 %, limit 10 %"},
		{"io", func(m *Machine, d time.Duration) { m.IOStall += part(d, 0.2) }, "I/O stall 20.0 %, limit 10 %"},
		{"quota", func(m *Machine, d time.Duration) { m.Throttled += part(d, 0.02); m.Quota = 0.6 }, "the container's CPU quota of 0.6 CPUs throttled it for 9 ms: 2.0 %, limit 1 %"},
		{"hardly a quota", func(m *Machine, d time.Duration) { m.Throttled += part(d, 0.009); m.Quota = 0.6 }, ""},
		{"two", func(m *Machine, d time.Duration) { m.MemoryStall += d; m.IOStall += d }, "memory stall 100.0 %, limit 10 %; I/O stall 100.0 %, limit 10 %"},
	} {
		rig := newRig()
		disturb(rig, c.grow, 2)
		got := mustRun(t, mustSchedule(t, Settings{Scenarios: suite(), Arms: twoArms, Rounds: 4}), rig)
		extra := 0
		if c.void != "" {
			extra = 1
		}
		if got.Done.Rounds != 4+extra || got.Validity.VoidRounds != extra {
			t.Errorf("%s: %d rounds, %d void", c.name, got.Done.Rounds, got.Validity.VoidRounds)
		}
		for _, r := range got.Rounds {
			want := ""
			if r.Round == 2 {
				want = c.void
			}
			if r.Void != want {
				t.Errorf("%s: round %d %s is void for %q, want %q", c.name, r.Round, r.Arm, r.Void, want)
			}
		}
		if hasWarning(got, "void rounds: 1 of 5, the last for: "+c.void) != (extra == 1) {
			t.Errorf("%s: warnings %q", c.name, got.Validity.Warnings)
		}
	}
}

func TestVoidRoundsAreReplacedOnlySoOften(t *testing.T) {
	rig := newRig()
	disturb(rig, func(m *Machine, d time.Duration) { m.Steal += d }, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10)
	got := mustRun(t, mustSchedule(t, Settings{Scenarios: suite(), Arms: twoArms, Rounds: 4}), rig)
	if got.Done.Rounds != 6 || got.Validity.VoidRounds != 2 {
		t.Errorf("%d rounds, %d void; want 4 and half as many again", got.Done.Rounds, got.Validity.VoidRounds)
	}
	if !hasWarning(got, "disturbed rounds: 4 of 4 count") {
		t.Errorf("warnings %q", got.Validity.Warnings)
	}
	if got.Validity.Steal < 0.49 || got.Validity.Steal > 0.51 || len(got.Validity.Ceiling) != 2 {
		t.Errorf("validity %+v", got.Validity)
	}
	if hasWarning(got, "time budget:") {
		t.Errorf("blamed on the budget: %q", got.Validity.Warnings)
	}
}

func TestVoidRoundsAreReplacedWithinTheBudget(t *testing.T) {
	probe := newRig()
	mustRun(t, mustSchedule(t, Settings{Scenarios: suite(), Arms: twoArms, Rounds: 4}), probe)
	rig := newRig()
	disturb(rig, func(m *Machine, d time.Duration) { m.Steal += d }, 1)
	got := mustRun(t, mustSchedule(t, Settings{
		Scenarios: suite(), Arms: twoArms, Rounds: 4, Budget: probe.time.Sub(time.Unix(0, 0)),
	}), rig)
	if got.Done.Rounds != 4 || got.Validity.VoidRounds != 0 || !hasWarning(got, "disturbed rounds: 1 of 4 count") {
		t.Errorf("%d rounds, %d void, warnings %q", got.Done.Rounds, got.Validity.VoidRounds, got.Validity.Warnings)
	}
	for _, r := range got.Rounds {
		if (r.Disturbed != "") != (r.Round == 1) || r.Void != "" {
			t.Errorf("round %d: disturbed %q, void %q", r.Round, r.Disturbed, r.Void)
		}
	}
}

func TestSlowGatewayIsRestartedLessOften(t *testing.T) {
	rig := newRig()
	rig.startup = 3 * time.Second
	got := mustRun(t, mustSchedule(t, Settings{Scenarios: suite(), Arms: twoArms, Rounds: 10}), rig)
	if got.Restart != 3 || len(rig.starts) != 4 || got.Done != (Count{10, 4}) {
		t.Fatalf("restart %d, %d starts, done %+v", got.Restart, len(rig.starts), got.Done)
	}
	for _, r := range got.Rounds {
		if want := (r.Round + 2) / 3; r.Arm == bench.Head && r.Process != want {
			t.Errorf("round %d: process %d, want %d", r.Round, r.Process, want)
		}
		if _, ok := r.Metrics[bench.RSSIdle]; ok != (r.Arm == bench.Head) {
			t.Errorf("round %d %s: idle memory known: %v", r.Round, r.Arm, ok)
		}
	}
	if !hasWarning(got, "slow start: the gateway took up to 3s to start, so 4 processes served 10 rounds") {
		t.Errorf("warnings %q", got.Validity.Warnings)
	}
}

// The time that a start costs is planned for where there is one, and only there.
func TestBudgetKnowsWhichRoundsStart(t *testing.T) {
	for budget, want := range map[time.Duration]int{
		96 * time.Second: 9, // three starts of 30 s and nine short rounds
		61 * time.Second: 3, // the second start alone would fit, its round would not
	} {
		rig := newRig()
		rig.startup = 30 * time.Second
		got := mustRun(t, mustSchedule(t, Settings{Scenarios: suite(), Arms: twoArms, Rounds: 9, Budget: budget}), rig)
		if took := rig.time.Sub(time.Unix(0, 0)); got.Done.Rounds != want || took > budget {
			t.Errorf("budget %s: %d rounds in %s, want %d", budget, got.Done.Rounds, took, want)
		}
	}
}

func TestWarningsOfFigures(t *testing.T) {
	alone := []bench.Scenario{wideJSON}
	for _, c := range []struct {
		name      string
		scenarios []bench.Scenario
		prepare   func(*fakeRig)
		want      string // the only warning's beginning; empty for none
	}{
		{"clean", alone, func(*fakeRig) {}, ""},
		{"client is the limit", alone, func(r *fakeRig) {
			r.onSlice = func(_ bench.Arm, _ bench.Scenario, s *bench.Slice) error {
				s.ClientCPU = part(s.Elapsed, 0.95)
				return nil
			}
		}, "client-bound: the client's CPU was busy more than 90 % of the time with head"},
	} {
		rig := newRig()
		rig.requests = 2000
		c.prepare(rig)
		got := mustRun(t, mustSchedule(t, Settings{Scenarios: c.scenarios, Arms: twoArms, Rounds: 6}), rig).Validity.Warnings
		if c.want == "" && len(got) > 0 || c.want != "" && (len(got) != 1 || !strings.HasPrefix(got[0], c.want)) {
			t.Errorf("%s: warnings %q, want %q", c.name, got, c.want)
		}
	}
}

func TestLongListsOfScenariosAreCounted(t *testing.T) {
	var many []bench.Scenario
	for c := 1; c <= 9; c++ {
		many = append(many, bench.Scenario{Mode: bench.JSON, Concurrency: c, BodyBytes: 100})
	}
	p := mustSchedule(t, Settings{Scenarios: many, Arms: twoArms})
	got := p.where(func(s bench.Scenario) bool { return s.Concurrency > 1 })
	if want := "json/c2/100B, json/c3/100B, json/c4/100B and 5 more of 9 scenarios"; got != want {
		t.Errorf("%q, want %q", got, want)
	}
}

// TestTheLeastDisturbedCount: with room for only some, the worst stay void.
func TestTheLeastDisturbedCount(t *testing.T) {
	rig := newRig()
	nth := 0
	disturb(rig, func(m *Machine, d time.Duration) { nth++; m.Steal += part(d, 1-0.1*float64(nth)) }, 1, 2, 3, 4, 5, 6)
	got := mustRun(t, mustSchedule(t, Settings{Scenarios: suite(), Arms: twoArms, Rounds: 4}), rig)
	for _, r := range got.Rounds {
		if (r.Void != "") != (r.Round <= 2) {
			t.Errorf("round %d: disturbed %q, void %q", r.Round, r.Disturbed, r.Void)
		}
	}
}
