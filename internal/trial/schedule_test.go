package trial

import (
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

func TestScheduleDefaults(t *testing.T) {
	p := mustSchedule(t, Settings{Scenarios: []bench.Scenario{smallJSON}, Arms: twoArms})
	if p.Rounds != 10 || p.Budget != 4*time.Minute || p.WarmUp != 20 || p.SlicesPer() != 10 ||
		p.SliceTime != 10*time.Millisecond || p.Stage != bench.Screen {
		t.Errorf("schedule %+v", p)
	}
	want := bench.Plan{Arms: twoArms, Rounds: 10, SlicesPer: 10, SliceMin: 0.01, Budget: 240, Restart: 3, WarmUp: 20}
	if got := p.Record(3); !reflect.DeepEqual(got, want) {
		t.Errorf("record %+v, want %+v", got, want)
	}
}

func TestAutomaticRounds(t *testing.T) {
	for budget, want := range map[time.Duration]int{
		0: 10, 45 * time.Second: 10, 4 * time.Minute: 10, 6 * time.Minute: 15, 8 * time.Minute: 20,
	} {
		p := mustSchedule(t, Settings{Scenarios: []bench.Scenario{smallJSON}, Arms: twoArms, Budget: budget})
		if p.Rounds != want {
			t.Errorf("budget %s: %d rounds, want %d", budget, p.Rounds, want)
		}
	}
}

func TestScheduleRefuses(t *testing.T) {
	good := Settings{Scenarios: []bench.Scenario{smallJSON}, Arms: twoArms}
	for want, spoil := range map[string]func(*Settings){
		"no scenarios":              func(s *Settings) { s.Scenarios = nil },
		"listed twice":              func(s *Settings) { s.Scenarios = []bench.Scenario{smallJSON, smallJSON} },
		"concurrency 0":             func(s *Settings) { s.Scenarios = []bench.Scenario{{Mode: bench.JSON}} },
		"arms []":                   func(s *Settings) { s.Arms = nil },
		"arms [head]":               func(s *Settings) { s.Arms = []bench.Arm{bench.Head} },
		"arms [direct direct]":      func(s *Settings) { s.Arms = []bench.Arm{bench.Direct, bench.Direct} },
		"must not be negative":      func(s *Settings) { s.Rounds = -1 },
		"1 cycles of slices":        func(s *Settings) { s.Cycles = 1 },
		"13 cycles of slices":       func(s *Settings) { s.Cycles = 13 },
		"use 2 to 12":               func(s *Settings) { s.Cycles = -2 },
		"schedule of the trial: no": func(s *Settings) { s.Scenarios = nil },
	} {
		s := good
		spoil(&s)
		if _, err := NewSchedule(s); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("error %v, want one with %q", err, want)
		}
	}
}

// Every scenario once, every arm equally often, and in each cycle base and
// head as ABBA or BAAB with all arms' mean position in the middle.
func TestOrderIsBalanced(t *testing.T) {
	scenarios := []bench.Scenario{smallJSON, smallSSE, wideJSON}
	for _, arms := range [][]bench.Arm{{bench.Direct}, twoArms, threeArms} {
		p := mustSchedule(t, Settings{Scenarios: scenarios, Arms: arms, Seed: 7, Cycles: 6})
		orientations := make(map[bench.Arm]int)
		for round := 1; round <= 30; round++ {
			o := p.Order(round)
			if o.Round != round || !sameSet(o.Start, p.gateways()) || len(o.Turns) != len(scenarios) {
				t.Fatalf("order %+v", o)
			}
			for _, s := range scenarios {
				if !slices.ContainsFunc(o.Turns, func(turn Turn) bool { return turn.Scenario == s }) {
					t.Errorf("round %d has no %s", round, s)
				}
			}
			for _, turn := range o.Turns {
				if !sameSet(turn.Settle, arms) {
					t.Errorf("turn %+v", turn)
				}
				left := turn.Slices()
				for i := range p.Cycles {
					in := arms
					if len(arms) == 3 && i%2 == 1 {
						in = p.gateways()
					}
					checkCycle(t, left[:2*len(in)], in)
					if len(in) == len(arms) {
						orientations[left[0]]++
					}
					left = left[2*len(in):]
				}
				if len(left) > 0 {
					t.Errorf("more than %d cycles: %v", p.Cycles, left)
				}
			}
		}
		// 30 rounds × 3 scenarios × 6 cycles (3 with all of three arms), evenly
		// begun by each arm.
		whole := 540
		if len(arms) == 3 {
			whole = 270
		}
		for _, arm := range arms {
			if n, fair := orientations[arm], whole/len(arms); n < fair*3/4 || n > fair*5/4 {
				t.Errorf("%s begins %d of %d cycles", arm, n, whole)
			}
		}
	}
}

func checkCycle(t *testing.T, cycle, arms []bench.Arm) {
	t.Helper()
	for _, arm := range arms {
		sum, n := 0, 0
		for i, a := range cycle {
			if a == arm {
				sum, n = sum+i, n+1
			}
		}
		if n != 2 || sum != len(cycle)-1 {
			t.Errorf("cycle %v: %s comes %d times, positions add up to %d", cycle, arm, n, sum)
		}
	}
}

func sameSet(a, b []bench.Arm) bool {
	return slices.Equal(slices.Sorted(slices.Values(a)), slices.Sorted(slices.Values(b)))
}

func TestOrderIsAFunctionOfSeedAndRound(t *testing.T) {
	s := Settings{Scenarios: []bench.Scenario{smallJSON, smallSSE, wideJSON}, Arms: threeArms, Seed: 1}
	p, again := mustSchedule(t, s), mustSchedule(t, s)
	again.Order(1) // what was computed before does not matter
	if !reflect.DeepEqual(p.Order(5), again.Order(5)) {
		t.Error("equal settings, different orders")
	}
	s.Seed = 2
	if reflect.DeepEqual(p.Order(5).Turns, mustSchedule(t, s).Order(5).Turns) {
		t.Error("different seeds, equal orders")
	}
	if reflect.DeepEqual(p.Order(5).Turns, p.Order(6).Turns) {
		t.Error("different rounds, equal orders")
	}
}

func TestOrderOfSlicesDoesNotDependOnOtherScenarios(t *testing.T) {
	s := Settings{Scenarios: []bench.Scenario{smallJSON, smallSSE, wideJSON}, Arms: threeArms, Seed: 1}
	all := mustSchedule(t, s).Order(20)
	s.Scenarios, s.Stage, s.Done = []bench.Scenario{smallSSE}, bench.Confirm, Count{Rounds: 15}
	some := mustSchedule(t, s).Order(20)
	for _, turn := range all.Turns {
		if turn.Scenario == smallSSE && !reflect.DeepEqual(turn, some.Turns[0]) {
			t.Errorf("%+v, alone %+v", turn, some.Turns[0])
		}
	}
	if !slices.Equal(all.Start, some.Start) {
		t.Errorf("gateways start as %v, alone %v", all.Start, some.Start)
	}
}

func TestScheduleKeepsItsOwnLists(t *testing.T) {
	s := Settings{Scenarios: []bench.Scenario{smallJSON, smallSSE}, Arms: slices.Clone(twoArms)}
	p := mustSchedule(t, s)
	before := p.Order(1)
	s.Scenarios[0], s.Arms[0] = wideJSON, bench.Base
	if !reflect.DeepEqual(before, p.Order(1)) {
		t.Error("the schedule changed with the caller's slices")
	}
}

func TestWarmUpUsesEveryConnectionInEachMode(t *testing.T) {
	p := mustSchedule(t, Settings{Scenarios: []bench.Scenario{smallJSON, wideJSON, smallSSE}, Arms: twoArms})
	want := []bench.Scenario{{Mode: bench.JSON, Concurrency: 10, BodyBytes: 100}, smallSSE}
	if got := p.warmUps(); !slices.Equal(got, want) {
		t.Errorf("warm-ups %v, want %v", got, want)
	}
}
