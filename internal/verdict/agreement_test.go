package verdict

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// gravity orders the outcomes of parts.
var gravity = []bench.Outcome{bench.Regression, bench.Inconclusive, bench.Improvement, bench.Pass, bench.Shown}

// TestVerdictsAgreeWithThemselves: whatever is measured, what a verdict says of its
// parts and of the whole never contradicts its figures.
func TestVerdictsAgreeWithThemselves(t *testing.T) {
	seen := make(map[bench.Outcome]int)
	for seed := range uint64(60) {
		rng := rand.New(rand.NewPCG(seed, 21))
		some := func() func(bench.Scenario) float64 {
			factor := 1 + 0.5*rng.Float64()*rng.Float64()
			if rng.IntN(4) == 0 {
				factor = 1 / factor
			}
			where := wide()[rng.IntN(12)]
			switch rng.IntN(4) {
			case 0:
				return nil
			case 1:
				return everywhere(factor)
			case 2:
				return func(s bench.Scenario) float64 {
					if s.Mode == where.Mode {
						return factor
					}
					return 1
				}
			}
			return func(s bench.Scenario) float64 {
				if s == where {
					return factor
				}
				return 1
			}
		}
		l := lab{suite: wide(), sd: 0.02 + 0.6*rng.Float64()*rng.Float64(), luck: 0.1 * rng.Float64() * rng.Float64(), latency: some(), cpu: some(), memory: some()}
		if rng.IntN(4) == 0 {
			l.stall = 100e-6 * rng.Float64()
		}
		if rng.IntN(3) == 0 {
			l.suite = suite()
		}
		room := 5 + rng.IntN(60)
		v, steps := l.within(seed, Evidence{OneStage: room < 18}, room)
		seen[v.Outcome]++
		for _, fault := range contradictions(v) {
			t.Errorf("seed %d, %s: %s", seed, shape(steps), fault)
		}
	}
	for _, o := range gravity[:4] {
		if seen[o] == 0 {
			t.Errorf("no gate is a %s: %v", o, seen)
		}
	}
}

func contradictions(v bench.Verdict) (all []string) {
	say := func(format string, args ...any) { all = append(all, fmt.Sprintf(format, args...)) }
	gravest := len(gravity)
	add := func(o bench.Outcome) { gravest = min(gravest, slices.Index(gravity, o)) }
	for _, c := range v.Comparisons {
		what := fmt.Sprintf("%s %s, %s because %s", c.Scenario, c.Metric, c.Outcome, c.Reason)
		switch c.Outcome {
		case bench.Regression, bench.Improvement:
			sign := map[bench.Outcome]float64{bench.Regression: 1, bench.Improvement: -1}[c.Outcome]
			if c.ShiftCI == nil || sign*c.ShiftCI[0] <= 0 || sign*c.ShiftCI[1] <= 0 || sign*(*c.Head-*c.Base) <= 0 {
				say("%s: the interval is %v, from %v to %v", what, c.ShiftCI, *c.Base, *c.Head)
			}
			if sign > 0 && *c.Shift <= *c.Limit || c.Pairs < LeastPairs || *c.PAdjusted > v.Rule.Level && sign > 0 {
				say("%s: shift %v, limit %v, %d pairs, p %v, level %v", what, *c.Shift, *c.Limit, c.Pairs, *c.PAdjusted, v.Rule.Level)
			}
		case bench.Pass:
			if !cleared(c) || c.Pairs < LeastPairs || strings.Contains(c.Reason, "not below") {
				say("%s: upper limit %v, limit %v, %d pairs", what, c.Upper, *c.Limit, c.Pairs)
			}
		}
		if c.Resolution != nil && (c.Pairs < LeastPairs || strings.Contains(c.Reason, "could not have been found")) {
			say("%s: resolves %v", what, *c.Resolution)
		}
	}
	for _, g := range v.Groups {
		add(g.Outcome)
		what := fmt.Sprintf("group %s %s, %s because %s", g.Group, g.Metric, g.Outcome, g.Reason)
		switch {
		case g.Outcome == bench.Regression && (g.ShiftCI[0] <= 0 || *g.Shift <= *g.Limit):
			say("%s: interval %v", what, *g.ShiftCI)
		case g.Outcome == bench.Pass && *g.Shift > 0 && (*g.Shift > 2.01**g.Limit || strings.Contains(g.Reason, "not confirmed")):
			say("%s: shift %v, limit %v", what, *g.Shift, *g.Limit)
		}
	}
	for _, e := range v.Errors {
		if e.Scenario == "" {
			add(e.Outcome)
		}
	}
	for _, s := range v.Scenarios {
		add(s.Outcome)
	}
	if want := gravity[min(gravest, len(gravity)-1)]; v.Outcome != want && v.Outcome != bench.NoBaseline && !strings.Contains(v.Reason, "too few to decide") {
		say("the whole is %s because %s, its gravest part %s", v.Outcome, v.Reason, want)
	}
	return all
}

// A typical value that improves because the slow requests became slower still is no
// improvement.
func TestImprovementThatHasATail(t *testing.T) {
	for stall, want := range map[float64]bench.Outcome{0: bench.Improvement, 40e-6: bench.Pass, 400e-6: bench.Regression} {
		l := lab{suite: suite(), sd: 0.02, latency: everywhere(1 / 1.3), stall: stall}
		v, steps := l.within(2, Evidence{}, 100)
		if v.Outcome != want {
			t.Errorf("a stall of %v s in the mean: %s: %s because %s, want %s", stall, shape(steps), v.Outcome, v.Reason, want)
		}
	}
}

// A stall of 40 ms in one request of a hundred adds 400 µs to a mean of 200, and
// nothing to what is typical.
func TestRareStallIsARegression(t *testing.T) {
	for seed := range uint64(20) {
		l := lab{suite: wide(), sd: 0.1, stall: 400e-6}
		v, _ := l.within(seed, Evidence{}, 100)
		if v.Outcome != bench.Regression || !strings.Contains(v.Reason, "_mean") {
			t.Errorf("seed %d: %s because %s", seed, v.Outcome, v.Reason)
		}
	}
}

// A slow mock hides nothing: twice the overhead is 0.5 % of a latency of 20 ms.
func TestSlowMockHidesNothing(t *testing.T) {
	for seed := range uint64(20) {
		l := lab{suite: wide(), sd: 0.002, direct: 20e-3, latency: everywhere(2)}
		if v, steps := l.within(seed, Evidence{}, 100); v.Outcome != bench.Regression {
			t.Errorf("seed %d, %s: %s because %s", seed, shape(steps), v.Outcome, v.Reason)
		}
	}
	l := lab{suite: wide(), sd: 0.002, direct: 20e-3}
	if v, _ := l.within(1, Evidence{}, 100); v.Outcome == bench.Regression {
		t.Errorf("unchanged: %s because %s", v.Outcome, v.Reason)
	}
}
