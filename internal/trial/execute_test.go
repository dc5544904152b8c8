package trial

import (
	"context"
	"errors"
	"math"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

func suite() []bench.Scenario { return []bench.Scenario{smallJSON, smallSSE} }

func TestRunMeasuresThePlan(t *testing.T) {
	rig := newRig()
	p := mustSchedule(t, Settings{Scenarios: suite(), Arms: threeArms, Rounds: 6, Seed: 3})
	got := mustRun(t, p, rig)

	if len(got.Rounds) != 6*2*3 || got.Restart != 1 || got.Done != (Count{6, 6}) {
		t.Fatalf("%d rounds, restart %d, done %+v", len(got.Rounds), got.Restart, got.Done)
	}
	v := got.Validity
	if !v.Complete || v.Incomplete != "" || v.VoidRounds != 0 {
		t.Errorf("validity %+v", v)
	}
	// 1/10 µs, but the slice of 2c requests is stretched to 10 ms.
	if want := 2 / 0.01; v.Ceiling[smallJSON.ID()] != want {
		t.Errorf("ceiling %v, want %v", v.Ceiling, want)
	}
	for _, arm := range threeArms {
		// 10 recorded slices, of direct those of every other cycle, and a
		// settling one; 2 scenarios, 6 rounds.
		want := 11 * 2 * 6
		if arm == bench.Direct {
			want = 7 * 2 * 6
		}
		if rig.slices[arm] != want {
			t.Errorf("%s: %d slices", arm, rig.slices[arm])
		}
	}
	for _, r := range got.Rounds {
		process, latency, recorded := r.Round, rig.latency[r.Arm].Seconds(), 10
		if r.Arm == bench.Direct {
			process, recorded = 0, 6
		}
		primary := bench.LatencyTypical
		if r.Scenario == smallSSE.ID() {
			primary = bench.TotalTypical
		}
		if r.Process != process || r.Stage != bench.Screen || r.Void != "" || r.Metrics[primary] != latency || len(r.Slices[primary]) != recorded {
			t.Errorf("round %+v", r)
		}
		// Of 40 requests of both gateways there is no p95, of 160 there is.
		if n := len(r.Slices[bench.TotalP95]); (n == 10) != (r.Scenario == smallSSE.ID() && r.Arm != bench.Direct) {
			t.Errorf("%s %s: %d slices of the p95", r.Scenario, r.Arm, n)
		}
		// One connection a slice of 2c requests; a microsecond of CPU a request.
		c := float64(1)
		if r.Scenario == smallSSE.ID() {
			c = 4
		}
		if r.Metrics[bench.UpstreamConnections] != 1/(2*c) {
			t.Errorf("%s %s: %v upstream connections a request", r.Scenario, r.Arm, r.Metrics[bench.UpstreamConnections])
		}
		if r.Metrics[bench.UpstreamRequests] != 2 {
			t.Errorf("%s %s: %v upstream requests a request", r.Scenario, r.Arm, r.Metrics[bench.UpstreamRequests])
		}
		// A slice of another arm takes 10 ms, of which the gateway works for 1.
		if idle, ok := r.Metrics[bench.CPUIdle]; ok != (r.Arm != bench.Direct) || ok && math.Abs(idle-0.1) > 1e-9 {
			t.Errorf("%s %s: %v CPUs while idle", r.Scenario, r.Arm, idle)
		}
		if cpu, ok := r.Metrics[bench.CPUPerRequest]; ok != (r.Arm != bench.Direct) || ok && (cpu < 0.999e-6 || cpu > 1.001e-6) {
			t.Errorf("%s %s: CPU per request %v", r.Scenario, r.Arm, cpu)
		}
	}
}

// What is called follows the schedule: gateways, warm-up, then turn by turn.
func TestRunFollowsTheOrder(t *testing.T) {
	rig := newRig()
	p := mustSchedule(t, Settings{Scenarios: suite(), Arms: threeArms, Rounds: 2, Seed: 9})
	mustRun(t, p, rig)
	var want []string
	for round := 1; round <= 2; round++ {
		o := p.Order(round)
		want = append(want, "fresh ["+string(o.Start[0])+" "+string(o.Start[1])+"]")
		for _, s := range p.warmUps() {
			one := s
			one.Concurrency = 1
			warmed := func(arm bench.Arm, s bench.Scenario) { want = append(want, "warm-up "+string(arm)+" "+s.ID()) }
			warmed(bench.Direct, one)
			warmed(bench.Direct, s)
			warmed(bench.Base, one)
			warmed(bench.Head, one)
			order := shuffled(p.gateways(), p.rng(round, "warm-up "+s.ID()))
			for burst := 0; burst == 0 || round == 1 && burst < 5; burst++ { // 20 or 80 requests, and bursts of 500 up to 2000
				warmed(order[0], s)
				warmed(order[1], s)
				slices.Reverse(order)
			}
		}
		if round == 1 {
			cheapFirst(o.Turns)
		}
		for _, turn := range o.Turns {
			for _, arm := range slices.Concat(turn.Settle, turn.Slices()) {
				want = append(want, "slice "+string(arm)+" "+turn.Scenario.ID())
			}
		}
	}
	if !slices.Equal(rig.log, want) {
		t.Errorf("calls:\n%s\nwant:\n%s", strings.Join(rig.log, "\n"), strings.Join(want, "\n"))
	}
}

func TestDirectAlone(t *testing.T) {
	rig := newRig()
	got := mustRun(t, mustSchedule(t, Settings{Scenarios: suite(), Arms: []bench.Arm{bench.Direct}, Rounds: 2}), rig)
	if len(got.Rounds) != 4 || got.Done != (Count{Rounds: 2}) {
		t.Errorf("%d rounds, done %+v", len(got.Rounds), got.Done)
	}
	if len(rig.starts) != 2 || len(rig.starts[0]) != 0 {
		t.Errorf("fresh starts %v; want one a round, of nothing", rig.starts)
	}
}

func TestLaterStageCountsOn(t *testing.T) {
	rig := newRig()
	first := mustRun(t, mustSchedule(t, Settings{Scenarios: suite(), Arms: twoArms, Rounds: 3}), rig)
	second := mustRun(t, mustSchedule(t, Settings{
		Scenarios: suite()[:1], Arms: twoArms, Rounds: 2, Stage: bench.Confirm, Done: first.Done,
	}), rig)
	last := second.Rounds[len(second.Rounds)-1]
	if last.Round != 5 || last.Process != 5 || last.Stage != bench.Confirm || second.Done != (Count{5, 5}) {
		t.Errorf("last round %+v, done %+v", last, second.Done)
	}
}

func TestBudgetIsKept(t *testing.T) {
	// Rounds so long that no budget here shortens the warm-up.
	settings := Settings{Scenarios: suite(), Arms: twoArms, Cycles: 12, SliceTime: 100 * time.Millisecond, Rounds: 1}
	probe := newRig()
	mustRun(t, mustSchedule(t, settings), probe)
	round := probe.time.Sub(time.Unix(0, 0))
	for _, c := range []struct {
		budget time.Duration
		want   int
	}{
		{round / 2, 1}, // the first is measured whatever it takes
		{2*round - 1, 1},
		{2 * round, 2},
		{7*round + round/2, 7},
		{100 * round, 10},
	} {
		rig := newRig()
		settings.Rounds, settings.Budget = 10, c.budget
		got := mustRun(t, mustSchedule(t, settings), rig)
		if got.Done.Rounds != c.want || !got.Validity.Complete {
			t.Errorf("budget of %.2f rounds: %d measured, want %d", float64(c.budget)/float64(round), got.Done.Rounds, c.want)
		}
		if took := rig.time.Sub(time.Unix(0, 0)); c.want > 1 && took > c.budget {
			t.Errorf("budget %s, took %s", c.budget, took)
		}
		if warned := hasWarning(got, "time budget:"); warned != (c.want < 10) {
			t.Errorf("%d of 10 rounds, warnings %q", c.want, got.Validity.Warnings)
		}
		if warned := hasWarning(got, "few rounds:"); warned != (c.want < 6) {
			t.Errorf("%d rounds, warnings %q", c.want, got.Validity.Warnings)
		}
	}
}

func hasWarning(r Result, prefix string) bool {
	return slices.ContainsFunc(r.Validity.Warnings, func(w string) bool { return strings.HasPrefix(w, prefix) })
}

func TestInterruptionKeepsWholeRounds(t *testing.T) {
	reason := errors.New("interrupted")
	for name, interrupt := range map[string]func(*fakeRig, context.CancelCauseFunc){
		"in a slice": func(r *fakeRig, cancel context.CancelCauseFunc) {
			n := 0
			r.onSlice = func(_ bench.Arm, _ bench.Scenario, s *bench.Slice) error {
				if n++; n == 100 { // a round has 44: the third
					cancel(reason)
					fail(s, len(s.Observations), bench.ErrTimeout) // what an ended context looks like to a client
				}
				return nil
			}
		},
		"in a start": func(r *fakeRig, cancel context.CancelCauseFunc) {
			r.onFresh = func(n int) error {
				if n == 3 {
					cancel(reason)
					return errors.New("killed")
				}
				return nil
			}
		},
		"in a warm-up": func(r *fakeRig, cancel context.CancelCauseFunc) {
			r.onWarmUp = func(bench.Arm, *bench.Slice) error {
				if len(r.starts) == 3 {
					cancel(reason)
				}
				return nil
			}
		},
	} {
		rig := newRig()
		ctx, cancel := context.WithCancelCause(t.Context())
		interrupt(rig, cancel)
		p := mustSchedule(t, Settings{Scenarios: suite(), Arms: twoArms, Rounds: 5})
		got, err := Run(ctx, p, rig, rig.now, func(Progress) {})
		if !errors.Is(err, reason) {
			t.Errorf("%s: error %v", name, err)
		}
		if len(got.Rounds) != 2*2*2 || got.Validity.Complete || !strings.Contains(got.Validity.Incomplete, "round 3, dropped") {
			t.Errorf("%s: %d rounds, validity %+v", name, len(got.Rounds), got.Validity)
		}
		if hasWarning(got, "time budget:") {
			t.Errorf("%s: blamed on the budget: %q", name, got.Validity.Warnings)
		}
		cancel(nil)
	}
}

func TestEndedBeforeTheFirstRound(t *testing.T) {
	rig := newRig()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	got, err := Run(ctx, mustSchedule(t, Settings{Scenarios: suite(), Arms: twoArms}), rig, rig.now, func(Progress) {})
	if !errors.Is(err, context.Canceled) || len(got.Rounds) != 0 || len(rig.slices) != 0 {
		t.Errorf("error %v, %d rounds, slices %v", err, len(got.Rounds), rig.slices)
	}
}

func TestRigErrorNamesThePlace(t *testing.T) {
	rig := newRig()
	broken := errors.New("broken")
	rig.onSlice = func(arm bench.Arm, _ bench.Scenario, _ *bench.Slice) error {
		if arm == bench.Head && len(rig.starts) == 2 {
			return broken
		}
		return nil
	}
	got, err := Run(t.Context(), mustSchedule(t, Settings{Scenarios: suite()[:1], Arms: twoArms}), rig, rig.now, func(Progress) {})
	if !errors.Is(err, broken) || !strings.HasPrefix(err.Error(), "round 2, dropped: head json/c1/100B: ") {
		t.Errorf("error %v", err)
	}
	if len(got.Rounds) != 2 {
		t.Errorf("%d rounds kept, want the first's two", len(got.Rounds))
	}
}

func failAll(s *bench.Slice) {
	n := len(s.Observations) + s.Uncounted
	fail(s, len(s.Observations), bench.ErrStatus)
	s.Uncounted = 0
	s.Errors = map[bench.ErrorClass]int{bench.ErrStatus: n}
}

// TestWhatCannotBeMeasured: an arm that fails in a scenario has no figures there,
// nor has any other arm; the other scenarios go on.
func TestWhatCannotBeMeasured(t *testing.T) {
	heads := func(is func(r *fakeRig, s bench.Scenario, slice *bench.Slice) bool) func(*fakeRig) {
		return func(r *fakeRig) {
			r.onSlice = func(arm bench.Arm, s bench.Scenario, slice *bench.Slice) error {
				if arm == bench.Head && is(r, s, slice) {
					failAll(slice)
				}
				return nil
			}
		}
	}
	for name, c := range map[string]struct {
		spoil  func(*fakeRig)
		rounds map[bench.Scenario]int // that have figures, of four
		want   []bench.Unmeasured
	}{
		"always": {
			heads(func(_ *fakeRig, s bench.Scenario, _ *bench.Slice) bool { return s == smallSSE }),
			map[bench.Scenario]int{smallJSON: 4},
			// A slice of 8, the second try, in each of two rounds; then it is given up.
			[]bench.Unmeasured{{Scenario: smallSSE.ID(), Arm: bench.Head, Rounds: []int{1, 2}, Requests: 16, Failed: 16, Class: bench.ErrStatus, Reason: "what it looked like"}},
		},
		"in one round": {
			heads(func(r *fakeRig, s bench.Scenario, _ *bench.Slice) bool { return len(r.starts) == 2 && s == smallSSE }),
			map[bench.Scenario]int{smallJSON: 4, smallSSE: 3},
			[]bench.Unmeasured{{Scenario: smallSSE.ID(), Arm: bench.Head, Rounds: []int{2}, Requests: 8, Failed: 8, Class: bench.ErrStatus, Reason: "what it looked like"}},
		},
		"half and one": {
			func(r *fakeRig) {
				r.onSlice = func(arm bench.Arm, s bench.Scenario, slice *bench.Slice) error {
					if arm == bench.Head && s == smallSSE {
						fail(slice, 4, bench.ErrBody) // of the 4 that count
						slice.Uncounted, slice.Errors[bench.ErrBody] = 3, 5
					}
					return nil
				}
			},
			map[bench.Scenario]int{smallJSON: 4},
			[]bench.Unmeasured{{Scenario: smallSSE.ID(), Arm: bench.Head, Rounds: []int{1, 2}, Requests: 16, Failed: 10, Class: bench.ErrBody, Reason: "what it looked like"}},
		},
		"by chance, not twice": {
			func(r *fakeRig) {
				first := true
				heads(func(_ *fakeRig, s bench.Scenario, _ *bench.Slice) bool {
					was := first && s == smallJSON
					first = first && !was
					return was
				})(r)
			},
			map[bench.Scenario]int{smallJSON: 4, smallSSE: 4},
			nil,
		},
		"once it is measured": {
			func(r *fakeRig) {
				n := 0
				heads(func(r *fakeRig, s bench.Scenario, _ *bench.Slice) bool {
					if len(r.starts) > 1 || s != smallJSON {
						return false
					}
					n++
					return n > 1 // the one that settles goes well
				})(r)
			},
			map[bench.Scenario]int{smallJSON: 3, smallSSE: 4},
			[]bench.Unmeasured{{Scenario: smallJSON.ID(), Arm: bench.Head, Rounds: []int{1}, Requests: 20, Failed: 20, Class: bench.ErrStatus, Reason: "what it looked like"}},
		},
		"no stream answers in time": {
			func(r *fakeRig) {
				r.onWarmUp = func(arm bench.Arm, s *bench.Slice) error {
					if arm == bench.Head && strings.Contains(r.log[len(r.log)-1], "sse") {
						failAll(s)
						s.Errors = map[bench.ErrorClass]int{bench.ErrTimeout: s.Errors[bench.ErrStatus]}
					}
					return nil
				}
			},
			map[bench.Scenario]int{smallJSON: 4},
			[]bench.Unmeasured{{Scenario: smallSSE.ID(), Arm: bench.Head, Rounds: []int{1, 2}, Requests: 4, Failed: 4, Class: bench.ErrTimeout, Reason: "what it looked like"}},
		},
	} {
		rig := newRig()
		c.spoil(rig)
		got := mustRun(t, mustSchedule(t, Settings{Scenarios: suite(), Arms: threeArms, Rounds: 4}), rig)
		if !reflect.DeepEqual(got.Unmeasured, c.want) {
			t.Errorf("%s: %+v, want %+v", name, got.Unmeasured, c.want)
		}
		for _, s := range suite() {
			for _, arm := range threeArms {
				n := 0
				for _, r := range got.Rounds {
					if r.Scenario == s.ID() && r.Arm == arm {
						n++
					}
				}
				if n != c.rounds[s] {
					t.Errorf("%s: %d rounds of %s %s, want %d", name, n, arm, s, c.rounds[s])
				}
			}
		}
		if !got.Validity.Complete {
			t.Errorf("%s: incomplete: %s", name, got.Validity.Incomplete)
		}
	}
}

// TestNothingCanBeMeasured: with no figure after a round, the first failure is the
// error.
func TestNothingCanBeMeasured(t *testing.T) {
	for _, c := range []struct {
		name  string
		spoil func(*fakeRig)
		want  Failure
	}{
		{"slices", func(r *fakeRig) {
			r.onSlice = func(arm bench.Arm, s bench.Scenario, slice *bench.Slice) error {
				if arm == bench.Head {
					failAll(slice)
					slice.Errors = map[bench.ErrorClass]int{bench.ErrTimeout: 1, bench.ErrStatus: slice.Errors[bench.ErrStatus] - 1}
				}
				return nil
			}
		}, Failure{bench.Head, smallSSE, false, 8, 8, bench.ErrStatus, "what it looked like"}},
		{"warm-up", func(r *fakeRig) {
			r.onWarmUp = func(arm bench.Arm, slice *bench.Slice) error {
				if arm == bench.Head {
					failAll(slice)
				}
				return nil
			}
		}, Failure{bench.Head, smallSSE, true, 80, 80, bench.ErrStatus, "what it looked like"}},
		{"the mock", func(r *fakeRig) {
			r.onSlice = func(arm bench.Arm, s bench.Scenario, slice *bench.Slice) error {
				if arm == bench.Direct && s == smallJSON {
					failAll(slice)
				}
				return nil
			}
		}, Failure{bench.Direct, smallJSON, false, 2, 2, bench.ErrStatus, "what it looked like"}},
	} {
		rig := newRig()
		c.spoil(rig)
		got, err := Run(t.Context(), mustSchedule(t, Settings{Scenarios: []bench.Scenario{smallSSE, smallJSON}[:1+strings.Count(c.name, "mock")], Arms: twoArms}), rig, rig.now, func(Progress) {})
		var failure *Failure
		if !errors.As(err, &failure) || *failure != c.want {
			t.Errorf("%s: error %v (%+v), want %+v", c.name, err, failure, c.want)
			continue
		}
		for _, part := range []string{string(c.want.Arm), failure.Scenario.ID(), string(failure.Class), failure.First} {
			if !strings.Contains(err.Error(), part) {
				t.Errorf("%s: %q does not say %q", c.name, err, part)
			}
		}
		if len(got.Rounds) != 0 || got.Validity.Complete || len(rig.starts) != 1 {
			t.Errorf("%s: %d rounds kept, %d starts", c.name, len(got.Rounds), len(rig.starts))
		}
	}
}

func TestSomeFailingRequestsAreCounted(t *testing.T) {
	rig := newRig()
	rig.onWarmUp = func(_ bench.Arm, s *bench.Slice) error {
		fail(s, len(s.Observations)/2, bench.ErrStatus)
		return nil
	}
	rig.onSlice = func(arm bench.Arm, _ bench.Scenario, s *bench.Slice) error {
		if arm == bench.Head {
			fail(s, 1, bench.ErrTruncated)
		}
		return nil
	}
	got := mustRun(t, mustSchedule(t, Settings{Scenarios: suite(), Arms: twoArms, Rounds: 2}), rig)
	for _, r := range got.Rounds {
		want := 0
		if r.Arm == bench.Head {
			want = 10 // one a slice; the settling slice is not recorded
		}
		if r.Errors[bench.ErrTruncated] != want || r.Errors[bench.ErrStatus] != 0 {
			t.Errorf("%s %s: errors %v", r.Scenario, r.Arm, r.Errors)
		}
	}
}

func TestNoRequestAtAllIsAnError(t *testing.T) {
	rig := newRig()
	rig.onSlice = func(_ bench.Arm, _ bench.Scenario, s *bench.Slice) error {
		*s = bench.Slice{}
		return nil
	}
	_, err := Run(t.Context(), mustSchedule(t, Settings{Scenarios: suite(), Arms: twoArms}), rig, rig.now, func(Progress) {})
	if err == nil || !strings.Contains(err.Error(), "no request was sent") {
		t.Errorf("error %v", err)
	}
}

func TestSlicesAreReleased(t *testing.T) {
	rig := newRig()
	rig.watch = true
	p := mustSchedule(t, Settings{
		Scenarios: []bench.Scenario{smallJSON, smallSSE, wideJSON, {Mode: bench.SSE, Concurrency: 1, BodyBytes: 1}},
		Arms:      twoArms, Rounds: 2, Cycles: 2,
	})
	mustRun(t, p, rig)
	// A turn's slices, and a few that a register or the stack still holds.
	if turn := p.SlicesPer() * len(p.Arms); rig.most > turn+2 {
		t.Errorf("%d of %d slices were reachable at once, want at most the %d of a turn", rig.most, len(rig.alive), turn)
	}
}
