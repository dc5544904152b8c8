package trial

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

func paced(concurrency int) bench.Scenario {
	return bench.Scenario{Mode: bench.SSE, Concurrency: concurrency, BodyBytes: 1 << 10, Paced: true}
}

// pacedSuite is the default one with paced streams.
func pacedSuite() []bench.Scenario { return append(usualSuite(), paced(1), paced(10)) }

// TestOrderOfPacedStreams: four slices of each gateway and two of the direct path, each
// pass over the gateways the reverse of the one before, and none that is not recorded.
func TestOrderOfPacedStreams(t *testing.T) {
	for _, arms := range [][]bench.Arm{twoArms, threeArms} {
		p := mustSchedule(t, Settings{Scenarios: []bench.Scenario{paced(1)}, Arms: arms})
		for round := 1; round <= 20; round++ {
			turn := p.Order(round).Turns[0]
			count := map[bench.Arm]int{}
			for i, pass := range turn.Cycles {
				for _, arm := range pass {
					count[arm]++
				}
				if i%2 == 1 {
					there := slices.DeleteFunc(slices.Clone(turn.Cycles[i-1]), func(a bench.Arm) bool { return a == bench.Direct })
					slices.Reverse(there)
					if !slices.Equal(there, pass) {
						t.Errorf("round %d: %v", round, turn.Cycles)
					}
				}
			}
			if len(turn.Settle) > 0 || count[bench.Direct] != 2 || count[bench.Head] != 4 || count[bench.Base] != 4*(len(arms)-2) {
				t.Errorf("round %d: %+v", round, turn)
			}
		}
	}
}

// TestPacedStreams: a slice is one stream of each connection, warm-ups are without
// pauses, and a turn is bounded in time even for a slow gateway.
func TestPacedStreams(t *testing.T) {
	for _, c := range []struct {
		latency time.Duration
		slices  int // of head
	}{{41 * time.Millisecond, 4}, {90 * time.Millisecond, 4}, {180 * time.Millisecond, 2}, {800 * time.Millisecond, 1}} {
		rig := newRig()
		rig.latency = map[bench.Arm]time.Duration{bench.Direct: 40 * time.Millisecond, bench.Base: c.latency, bench.Head: c.latency}
		began := rig.now()
		var bursts []string
		rig.onSlice = func(arm bench.Arm, s bench.Scenario, slice *bench.Slice) error {
			if n := len(slice.Observations) + slice.Uncounted; n != 1 {
				t.Errorf("%s %s sends %d requests", arm, s, n)
			}
			if len(bursts) == 0 {
				began = rig.now().Add(-rig.latency[arm])
			}
			bursts = append(bursts, string(arm))
			return nil
		}
		r := mustRun(t, mustSchedule(t, Settings{Scenarios: []bench.Scenario{paced(1)}, Arms: threeArms, Rounds: 1}), rig)
		took := rig.now().Sub(began)
		if took > pacedTurn+2*c.latency || c.slices == 4 && c.latency < 42*time.Millisecond && took > pacedTurn/2 {
			t.Errorf("latency %s: a turn of %s", c.latency, took)
		}
		if n := strings.Count(strings.Join(bursts, " "), "head"); n != c.slices || len(r.Rounds) != 3 {
			t.Errorf("latency %s: %d slices of head in %v, %d rounds", c.latency, n, bursts, len(r.Rounds))
		}
		if cost := r.Costs.Turn(paced(1), 12); cost != took {
			t.Errorf("latency %s: costs %s, took %s", c.latency, cost, took)
		}
		if i := slices.IndexFunc(rig.log, func(line string) bool { return strings.HasPrefix(line, "warm-up") && strings.Contains(line, "paced") }); i >= 0 {
			t.Errorf("warmed by %q", rig.log[i])
		}
	}
}

// TestPacedStreamsStay: with one request in flight always, with ten until there is no
// room; and one that has not been driven costs what another does.
func TestPacedStreamsStay(t *testing.T) {
	suite := pacedSuite()
	if got := keepers(suite); !slices.Contains(got, paced(1)) || slices.Contains(got, paced(10)) || len(got) != 3 {
		t.Errorf("kept %v", got)
	}
	order := ranked(suite)
	at := func(s bench.Scenario) int { return slices.Index(order, s) }
	plain := paced(10)
	plain.Paced = false
	if n := at(paced(10)); n != at(plain)+1 {
		t.Errorf("%s is number %d, the plain one %d", paced(10), n, at(plain))
	}
	costs := costsOf([]bench.Scenario{paced(1), plain}, 0, 0, func(s bench.Scenario) time.Duration {
		if s.Paced {
			return time.Second
		}
		return time.Minute
	})
	costs.turns[paced(1)] = []turnCost{{once: time.Second}}
	if got := costs.Turn(paced(10), DefaultCycles); got != time.Second {
		t.Errorf("takes %s", got)
	}
	plain.Concurrency = 50
	if got := costs.Turn(plain, DefaultCycles); got < 50*time.Second {
		t.Errorf("%s takes %s", plain, got)
	}
}
