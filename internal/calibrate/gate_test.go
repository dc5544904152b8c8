package calibrate

import (
	"math"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// timed is a run that took some seconds for each process pair.
func timed(run bench.Run, each float64) bench.Run {
	run.Elapsed = each * float64(len(processPairs(run.Rounds)))
	return run
}

// Two rounds a pair, in which 3 arms answer 200 requests each in 2 scenarios at 750
// a second: 3.2 s of requests, 4 s with those that do not count, and the rest is fixed.
func TestCostOfAPair(t *testing.T) {
	run := timed(measured(1, small(), 20, levels{slice: 0.05, sharing: 2}), 6)
	if c := costOf(run); c != (cost{0, 6}) {
		t.Errorf("without throughput a pair costs %+v", c)
	}
	for i := range run.Rounds {
		run.Rounds[i].Metrics[bench.Throughput] = 750
	}
	c := costOf(run)
	for some, want := range map[int]float64{4: 6, 2: 4, 0: 2} {
		if got := c.seconds(some, 4); math.Abs(got-want) > 1e-9 {
			t.Errorf("%d of 4 scenarios take %v s, want %v", some, got, want)
		}
	}
	if c := costOf(bench.Run{}); c != (cost{}) {
		t.Errorf("a run without times costs %+v", c)
	}
}

// A gate does not measure more than it has time for, and knows what it has time for.
func TestGateStaysInItsTime(t *testing.T) {
	run := timed(measured(2, small(), 20, levels{process: 0.05, slice: 0.2}), 5)
	for _, c := range []struct {
		budget float64
		room   int
		one    bool
	}{{240, 48, false}, {60, 12, true}, {20, 4, true}} {
		s := sampler{pool: pooled(t, run), Options: Options{Policy: policy, Pairs: 15, Budget: c.budget}, cost: costOf(run)}
		p := s.plan()
		if p.Room == nil || *p.Room != c.room || p.OneStage != c.one || p.PairSeconds != 5 {
			t.Errorf("plan of %v s: %+v", c.budget, p)
		}
		spent := 0.0
		verdict.InSteps(policy, s.evidence(1), func(ids []string) int { return s.fits(ids, spent) }, func(step verdict.Step) []bench.Round {
			spent += float64(step.Pairs) * s.takes(step.Scenarios)
			d := drawing{pool: s.pool, rng: Source(1, "", 0), slower: s.stretched(map[string]float64{small()[0].ID(): 0.3}), covered: func(string) bool { return true }}
			return d.draw(slot{stage: step.Look.Stage, pairs: step.Pairs, only: step.Scenarios})
		})
		if spent > c.budget {
			t.Errorf("a gate of %v s took %v s", c.budget, spent)
		}
	}
	s := sampler{pool: pooled(t, run), Options: Options{Policy: policy, Pairs: 15}}
	if p := s.plan(); p.Room != nil || s.fits(nil, 1e6) != verdict.ConfirmRounds {
		t.Errorf("without a budget: %+v", p)
	}
}

// A gateway that is too slow for the budget: nothing is found, and it is said which
// budget takes it to the eight pairs.
func TestTooSlowForTheBudget(t *testing.T) {
	o := options(8)
	o.Budget = 60
	c := estimate(t, timed(measured(3, small(), 12, calm), 20), o)
	if c.Gate.Room == nil || *c.Gate.Room != 3 || len(c.Found) != 0 || c.Advice.Budget == nil || *c.Advice.Budget != 180 {
		t.Errorf("gate %+v, found %v, advice %+v", c.Gate, c.Found, c.Advice)
	}
	for _, n := range c.Noise {
		if n.Carried {
			t.Errorf("carried: %+v", n)
		}
	}
}

// When the time is over there are fewer gates, but some, and it is said.
func TestLateMakesFewerGates(t *testing.T) {
	o := options(400)
	o.Late = func(float64) bool { return true }
	var reported []Progress
	o.Progress = func(p Progress) { reported = append(reported, p) }
	c := estimate(t, measured(4, small(), 12, calm), o)
	if n := c.FalseAlarms.Gates; n < leastGates || n >= 400 {
		t.Errorf("%d gates", n)
	}
	if len(reported) == 0 || reported[0] != (Progress{"unchanged code", 0, 400}) {
		t.Errorf("progress %v", reported)
	}
	if !contains(c.Warnings, "of 400 gates") {
		t.Errorf("warnings %q", c.Warnings)
	}
}
