package gating

import (
	"bytes"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
	"github.com/org/proxy-bench-action/internal/trial"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// world is a rig with a clock of its own: base and head are gateways that start in a
// while and answer one request at a time.
type world struct {
	suite            []bench.Scenario
	now              time.Time
	startup, service time.Duration
	noise            *rand.Rand
	cpu              map[bench.Arm]time.Duration
	slower           float64 // head in JSON, by this share
	slowing          float64 // of each start, by this share of the one before
	// busy are the shares of the machine that something else uses, one round after the
	// other; 0 when they are used up.
	busy    []float64
	foreign time.Duration
	began   time.Time // the round; zero between rounds
}

func newWorld(startup, service time.Duration) *world {
	return &world{suite: usualSuite(), now: time.Unix(1000, 0), startup: startup, service: service, noise: rand.New(rand.NewPCG(1, 1)), cpu: map[bench.Arm]time.Duration{}}
}

// Leave has nothing to look at.
func (w *world) Leave(context.Context, int) error { return nil }

func (w *world) Fresh(_ context.Context, arms []bench.Arm) error {
	if len(arms) > 0 {
		w.now = w.now.Add(w.startup)
		w.startup += time.Duration(w.slowing * float64(w.startup))
	}
	return nil
}

func (w *world) WarmUp(_ context.Context, arm bench.Arm, s bench.Scenario, b trial.Burst) (bench.Slice, error) {
	return w.drive(arm, s, b, max(b.Requests, b.Each*s.Concurrency), 0), nil
}

func (w *world) Slice(_ context.Context, arm bench.Arm, s bench.Scenario, b trial.Burst) (bench.Slice, error) {
	filling := 0
	if s.Concurrency > 1 {
		filling = s.Concurrency
	}
	return w.drive(arm, s, b, b.Requests+filling, filling), nil
}

// drive answers n requests, or those that begin before the limit, each after those that
// are in flight before it.
func (w *world) drive(arm bench.Arm, s bench.Scenario, b trial.Burst, n, filling int) bench.Slice {
	latency := 20 * time.Microsecond
	if arm != bench.Direct {
		latency += time.Duration(float64(w.service) * (1 + 0.02*w.noise.NormFloat64()))
	}
	if arm == bench.Head && s.Mode == bench.JSON {
		latency += time.Duration(w.slower * float64(latency))
	}
	if b.Limit > 0 {
		n = min(n, s.Concurrency+int(b.Limit/latency))
	}
	ns := int64(latency) * int64(min(n, s.Concurrency))
	if s.Paced { // once of each connection, with the backend's pauses
		n = s.Concurrency
		ns += int64(pauses)
		w.now = w.now.Add(pauses)
		filling = 0
	}
	slice := bench.Slice{Uncounted: min(filling, n), Completed: n, Sent: n, Elapsed: max(b.Time, time.Duration(n)*latency)}
	for range n - slice.Uncounted {
		slice.Observations = append(slice.Observations, bench.Observation{Headers: ns / 2, FirstByte: ns / 2, FirstEvent: ns, FirstDelta: ns, Last: ns})
	}
	w.now = w.now.Add(slice.Elapsed)
	w.cpu[arm] += time.Duration(n) * latency / 2
	return slice
}

func (w *world) Usage(arm bench.Arm) (trial.Usage, error) {
	return trial.Usage{CPU: w.cpu[arm], RSS: 100, Peak: 200}, nil
}

func (w *world) Upstream(context.Context) (summary.Upstream, error) { return summary.Upstream{}, nil }

func (w *world) Machine() (trial.Machine, error) {
	if w.began.IsZero() {
		w.began = w.now
	} else {
		if len(w.busy) > 0 {
			w.foreign += time.Duration(w.busy[0] * 2 * float64(w.now.Sub(w.began)))
			w.busy = w.busy[1:]
		}
		w.began = time.Time{}
	}
	return trial.Machine{Total: 2 * w.now.Sub(time.Unix(0, 0)), Foreign: w.foreign}, nil
}

// pauses are those of the backend in a paced stream.
const pauses = 40 * time.Millisecond

// usualSuite is the default one.
func usualSuite() (all []bench.Scenario) {
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		for _, c := range []int{1, 10, 50} {
			for _, body := range []int{100, 1 << 10, 10 << 10, 100 << 10} {
				all = append(all, bench.Scenario{Mode: mode, Concurrency: c, BodyBytes: body})
			}
		}
	}
	for _, c := range []int{1, 10} {
		all = append(all, bench.Scenario{Mode: bench.SSE, Concurrency: c, BodyBytes: 1 << 10, Paced: true})
	}
	return all
}

// gate measures as a session does.
func (w *world) gate(t *testing.T, asked int, budget time.Duration) (run bench.Run, log string) {
	t.Helper()
	return w.gateAs(t, Gate{}, asked, budget)
}

// gateAs is a gate with more than what every one has.
func (w *world) gateAs(t *testing.T, g Gate, asked int, budget time.Duration) (run bench.Run, log string) {
	t.Helper()
	var b bytes.Buffer
	now := func() time.Time { return w.now }
	g.Policy, g.Now, g.Say = bench.DefaultPolicy(), now, func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	settings := trial.Settings{Scenarios: w.suite, Rounds: asked, Budget: budget}
	for _, scenario := range settings.Scenarios {
		run.Scenarios = append(run.Scenarios, bench.Cell{ID: scenario.ID(), Scenario: scenario})
	}
	for settings, more := g.Begin(settings), true; more; {
		settings.Arms = []bench.Arm{bench.Direct, bench.Base, bench.Head}
		plan, err := trial.NewSchedule(settings)
		if err != nil {
			t.Fatal(err)
		}
		result, err := trial.Run(t.Context(), plan, w, now, func(p trial.Progress) {
			if p.Scenario == "" {
				g.Say("%s %d of %d", p.Unit, p.Round, p.Rounds)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
		Add(&run, plan.Stage, result)
		settings, more = g.Next(&run, result)
		settings.Done, settings.Warmth, settings.Costs = result.Done, result.Warmth, result.Costs
	}
	return run, b.String()
}

// TestGateFitsTheBudget: whatever the gateway, within a tenth, and with process pairs
// enough to decide where that is possible.
func TestGateFitsTheBudget(t *testing.T) {
	const ms = time.Millisecond
	for _, c := range []struct {
		name             string
		startup, service time.Duration
		pairs            int // of the smallest scenarios, at least
		scenarios        int // at least
		stages           int
		says             []string
	}{
		{"the reference gateway", 100 * ms, ms / 5, 8, 26, 2, []string{"screening: process pairs 2 to 8 of 26 scenarios, then look 1", "process pair 2 of 8"}},
		{"3 s to start", 3 * time.Second, ms / 5, 10, 26, 1, []string{"all of them decide"}},
		{"6 s to start, 20 ms", 6 * time.Second, 20 * ms, 10, 6, 1, []string{"left out: "}},
		{"8 s to start, 50 ms", 8 * time.Second, 50 * ms, 10, 4, 1, []string{"left out: ", "10 process pairs of all of them take about --time-budget=", "process pair 1 of 0", "process pair 2 of 1"}},
		{"20 s to start", 20 * time.Second, ms / 5, 8, 10, 1, nil},
		{"300 s to start", 300 * time.Second, ms / 5, 1, 2, 1, []string{"time budget: 4m has room for 1 process pair, ", "8 are the fewest that decide, and take --time-budget=4"}},
	} {
		w := newWorld(c.startup, c.service)
		began := w.now
		run, log := w.gate(t, 0, 4*time.Minute)
		took := w.now.Sub(began)
		if took > 264*time.Second && c.pairs > 1 {
			t.Errorf("%s: took %s\n%s", c.name, took, log)
		}
		for _, id := range []string{"json/c1/1KB", "sse/c1/1KB", "sse/c1/1KB/paced"} {
			seen := map[int]bool{}
			for _, r := range run.Rounds {
				if r.Scenario == id && r.Arm == bench.Head {
					seen[r.Process] = true
				}
			}
			if len(seen) < c.pairs {
				t.Errorf("%s: %d process pairs of %s\n%s", c.name, len(seen), id, log)
			}
		}
		if n := len(run.Scenarios); n < c.scenarios || n+len(run.Plan.LeftOut) != 26 || run.Plan.OneStage != (c.stages == 1) {
			t.Errorf("%s: %d scenarios, left out %v, one stage %v", c.name, n, run.Plan.LeftOut, run.Plan.OneStage)
		}
		for _, r := range run.Rounds {
			if slices.Contains(run.Plan.LeftOut, r.Scenario) {
				t.Errorf("%s: a round of %s", c.name, r.Scenario)
				break
			}
		}
		for _, text := range c.says {
			if !strings.Contains(log, text) {
				t.Errorf("%s: the log lacks %q:\n%s", c.name, text, log)
			}
		}
		if len(run.Looks) == 0 {
			t.Errorf("%s: nobody looked", c.name)
		}
	}
}

// TestFreshPairs: what the screening suspects is measured again on fresh pairs, of those
// scenarios alone, in what is left of the budget.
func TestFreshPairs(t *testing.T) {
	w := newWorld(100*time.Millisecond, time.Millisecond/5)
	w.slower = 0.3
	began := w.now
	run, log := w.gate(t, 0, 4*time.Minute)
	if took := w.now.Sub(began); took > 264*time.Second {
		t.Errorf("took %s\n%s", took, log)
	}
	last := run.Looks[len(run.Looks)-1]
	if n := pairsOf(run, bench.Confirm); last.Stage != bench.Confirm || last.Pairs != n || n < trial.FewestPairs {
		t.Errorf("looks %+v, %d fresh pairs\n%s", run.Looks, n, log)
	}
	if v := verdict.Decide(bench.DefaultPolicy(), verdict.EvidenceOf(run)); v.Outcome != bench.Regression {
		t.Errorf("%s: %s", v.Outcome, v.Reason)
	}
	fresh := map[int]bool{}
	for _, r := range run.Rounds {
		if r.Stage == bench.Confirm && r.Arm == bench.Head {
			fresh[r.Process] = true
		}
		if r.Stage == bench.Screen && fresh[r.Process] {
			t.Errorf("process pair %d screens and confirms", r.Process)
		}
	}
	for _, text := range []string{"measuring again on fresh process pairs: process pairs 1 to ", "process pair 1 of "} {
		if !strings.Contains(log, text) {
			t.Errorf("the log lacks %q:\n%s", text, log)
		}
	}
}

// TestVoidRoundsLeaveTimeToConfirm: rounds that the machine disturbed are measured again
// as long as there is time beside the fresh pairs; then the least disturbed count.
func TestVoidRoundsLeaveTimeToConfirm(t *testing.T) {
	// In the first, the machine gets slower too: fresh pairs are begun, and are too few.
	slowing := []float64{0.06, 0}
	for i, budget := range []time.Duration{14 * time.Second, 4 * time.Minute} {
		w := newWorld(100*time.Millisecond, time.Millisecond/5)
		if budget < time.Minute {
			w.suite = w.suite[:2]
		}
		w.slower, w.slowing, w.busy = 0.3, slowing[i], []float64{0, 0.4, 0.4, 0.4, 0, 0.4, 0, 0.4, 0, 0.4, 0.4}
		run, log := w.gate(t, 0, budget)
		if n := pairsOf(run, bench.Confirm); n == 0 || run.Plan.OneStage != (n < trial.FewestPairs) {
			t.Errorf("%s: one stage %v, %d fresh pairs\n%s", budget, run.Plan.OneStage, n, log)
		}
		if v := verdict.Decide(bench.DefaultPolicy(), verdict.EvidenceOf(run)); v.Outcome != bench.Regression {
			t.Errorf("%s: %s: %s", budget, v.Outcome, v.Reason)
		}
	}
}

// TestNoTimeToConfirm: a machine that gets slower leaves no time to measure suspects
// again, or time for a few pairs; a large regression is found all the same.
func TestNoTimeToConfirm(t *testing.T) {
	for _, slowing := range []float64{1, 1.2} {
		w := newWorld(100*time.Millisecond, time.Millisecond/5)
		w.slower, w.slowing = 0.5, slowing
		run, log := w.gate(t, 0, 4*time.Minute)
		if n := pairsOf(run, bench.Confirm); n >= trial.FewestPairs || !strings.Contains(log, "no time is left to measure again: all process pairs decide") {
			t.Errorf("%d fresh pairs\n%s", n, log)
		}
		v := verdict.Decide(bench.DefaultPolicy(), verdict.EvidenceOf(run))
		if v.Outcome != bench.Regression || !v.Rule.OneStage {
			t.Errorf("%s: %s\n%s", v.Outcome, v.Reason, log)
		}
	}
}

// TestNumberOfPairs: who asks for a number of process pairs gets the whole suite.
func TestNumberOfPairs(t *testing.T) {
	for _, asked := range []int{1, 9} {
		run, log := newWorld(time.Second, time.Millisecond).gate(t, asked, 4*time.Minute)
		look := bench.Look{}
		for _, l := range run.Looks {
			if l.Stage == bench.Screen {
				look = l
			}
		}
		if n := pairsOf(run, bench.Screen); n > asked || look.Pairs != n || len(run.Plan.LeftOut) > 0 || run.Plan.Rounds < n {
			t.Errorf("%d asked for: %d pairs, looks %+v, left out %v\n%s", asked, n, run.Looks, run.Plan.LeftOut, log)
		}
	}
}

// TestFewestPairs: the plan and the decision mean the same.
func TestFewestPairs(t *testing.T) {
	if trial.FewestPairs != verdict.LeastPairs {
		t.Errorf("%d process pairs are planned for, %d decide", trial.FewestPairs, verdict.LeastPairs)
	}
}
