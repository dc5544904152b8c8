package verdict

import (
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/verdict/failures"
)

// shape is what steps were: "screen 8 of all, confirm 10 of 1".
func shape(steps []Step) string {
	var all []string
	for _, s := range steps {
		of := "all"
		if s.Scenarios != nil {
			of = fmt.Sprint(len(s.Scenarios))
		}
		all = append(all, fmt.Sprintf("%s %d of %s", s.Look.Stage, s.Pairs, of))
	}
	return strings.Join(all, ", ")
}

func TestStepsOfAGate(t *testing.T) {
	slow := lab{suite: wide(), latency: inOne(1.4)}
	for name, c := range map[string]struct {
		lab   lab
		pairs int // that there is room for
		e     Evidence
		want  string // begins with
		is    bench.Outcome
	}{
		"unchanged":                           {lab{suite: wide(), sd: 0.02}, 100, Evidence{}, "screen 8 of all", bench.Pass},
		"slower in one":                       {slow, 100, Evidence{}, "screen 8 of all, screen 3 of ", bench.Regression},
		"slower in one, little time":          {slow, 17, Evidence{}, "screen 8 of all, confirm 9 of ", bench.Regression},
		"slower in one, no time to confirm":   {slow, 15, Evidence{}, "screen 8 of all, screen 0 of all", bench.Regression},
		"a little slower, no time":            {lab{suite: wide(), latency: inOne(1.08)}, 15, Evidence{}, "screen 8 of all, screen 0 of all", bench.Pass},
		"more memory everywhere, little time": {lab{suite: suite(), sd: 0.02, memory: everywhere(1.9)}, 24, Evidence{}, "screen 8 of all, screen ", bench.Regression},
		"fewer rounds are asked for":          {slow, 100, Evidence{Pairs: 5}, "screen 5 of all, confirm 10 of ", bench.Regression},
		"more rounds are asked for":           {slow, 100, Evidence{Pairs: 20}, "screen 8 of all, screen 6 of ", bench.Regression},
		"one stage":                           {slow, 14, Evidence{OneStage: true}, "screen 14 of all", bench.Regression},
		"one stage, unchanged":                {lab{suite: wide(), sd: 0.02}, 40, Evidence{OneStage: true}, "screen 17 of all", bench.Pass},
		"too few pairs":                       {slow, 7, Evidence{OneStage: true}, "screen 7 of all", bench.Inconclusive},
		"no time":                             {slow, 0, Evidence{}, "", bench.NoBaseline},
		"faster in one":                       {lab{suite: wide(), sd: 0.02, latency: inOne(1 / 1.4)}, 100, Evidence{}, "screen 8 of all, confirm 20 of 1", bench.Improvement},
	} {
		t.Run(name, func(t *testing.T) {
			v, steps := c.lab.within(3, c.e, c.pairs)
			if got := shape(steps); !strings.HasPrefix(got, c.want) || v.Outcome != c.is {
				t.Errorf("%s: %s because %s; want %s…, %s", got, v.Outcome, v.Reason, c.want, c.is)
			}
		})
	}
}

// A change that makes one scenario slower and another one faster has both reported.
func TestImprovementBesideARegression(t *testing.T) {
	l := lab{suite: wide(), sd: 0.02, latency: func(s bench.Scenario) float64 {
		if s.Mode == bench.SSE && s.Concurrency == 10 && s.BodyBytes == 100 {
			return 1 / 1.4
		}
		return inOne(1.4)(s)
	}}
	v, steps := l.within(3, Evidence{}, 100)
	improved := slices.ContainsFunc(v.Comparisons, func(c bench.Comparison) bool { return c.Outcome == bench.Improvement })
	if v.Outcome != bench.Regression || !improved || !strings.HasSuffix(shape(steps), "confirm 20 of 1") {
		t.Errorf("%s: %s because %s; an improvement: %v", shape(steps), v.Outcome, v.Reason, improved)
	}
}

// Whatever time there is, the shares of the level add up to one at most, and no step
// is too small to be worth its start.
func TestLevelIsSpentOnce(t *testing.T) {
	l := lab{suite: suite(), latency: everywhere(1.11), sd: 0.3}
	for pairs := 18; pairs < 70; pairs += 3 {
		_, steps := l.within(1, Evidence{}, pairs)
		spent, confirmed := 0.0, 0
		for _, s := range steps {
			if s.Look.Stage == bench.Confirm {
				spent += s.Look.Level
				confirmed += s.Pairs
				if s.Look.Pairs != confirmed {
					t.Errorf("room for %d: %s: look at %d pairs", pairs, shape(steps), s.Look.Pairs)
				}
			}
			if s.Pairs < leastStep && !s.AllDecide() {
				t.Errorf("room for %d: %s", pairs, shape(steps))
			}
		}
		if spent > 1+1e-12 {
			t.Errorf("room for %d: %s: %v of the level is spent", pairs, shape(steps), spent)
		}
	}
}

// Where the time ends before anything can be measured again, a gate falsely alarms as
// one does that has one stage: of 4,500 simulated ones of each kind, one did.
func TestAllDecideAsInOneStage(t *testing.T) {
	fell := 0
	for seed := range uint64(40) {
		l := lab{suite: wide(), luck: 0.03}
		v, steps := l.within(seed, Evidence{}, 15)
		if steps[len(steps)-1].AllDecide() {
			fell++
		}
		if one, _ := l.within(seed, Evidence{OneStage: true}, LeastPairs); v.Outcome != one.Outcome {
			t.Errorf("seed %d: %s because %s; in one stage %s", seed, v.Outcome, v.Reason, one.Outcome)
		}
	}
	if fell == 0 {
		t.Error("no gate had a suspect")
	}
}

// The last look has what is left, also when the time ended before it was planned to.
func TestLevels(t *testing.T) {
	look := func(shares ...float64) (all []bench.Look) {
		for _, s := range shares {
			all = append(all, bench.Look{Stage: bench.Confirm, Level: s})
		}
		return all
	}
	whole := firstAttempt * (policy.Alpha - failures.Looks*failures.Level(policy.Alpha))
	for _, c := range []struct {
		looks     []bench.Look
		attempt   int
		own, left float64
	}{
		{nil, 0, whole, whole},
		{nil, 1, whole, whole},
		{nil, 2, whole / 8, whole / 8},
		{nil, 3, whole / 16, whole / 16},
		{look(.05), 0, .05 * whole, whole},
		{look(.05, .15), 0, .15 * whole, .95 * whole},
		{look(.05, .15, .8), 0, .8 * whole, .8 * whole},
		{look(.05, .15, .8, 0), 0, .8 * whole, .8 * whole}, // an improvement was tried
		{append(look(), bench.Look{Stage: bench.Screen, Level: 1}), 0, whole, whole},
	} {
		a := analysis{Policy: policy, Evidence: Evidence{Looks: c.looks, Attempt: c.attempt}}
		if own, left := a.levels(); math.Abs(own-c.own) > 1e-12 || math.Abs(left-c.left) > 1e-12 {
			t.Errorf("%+v, attempt %d: %v and %v, want %v and %v", c.looks, c.attempt, own, left, c.own, c.left)
		}
	}
	spent := 0.0
	for attempt := 1; attempt < 50; attempt++ {
		spent += analysis{Policy: policy, Evidence: Evidence{Attempt: attempt}}.level()
	}
	if all := policy.Alpha - failures.Looks*failures.Level(policy.Alpha); math.Abs(spent-all) > 1e-9 {
		t.Errorf("all attempts together have %v, want %v", spent, all)
	}
}

// The screening of a suspected group leaves time for twenty fresh pairs of its members.
func TestGroupHasItsTime(t *testing.T) {
	for latency, want := range map[float64]string{1.12: "screen 8 of all, confirm 10 of ", 1: "screen 8 of all, screen "} {
		l := lab{suite: wide(), latency: constant(latency), sd: 0.1}
		if _, steps := l.within(3, Evidence{}, 30); !strings.HasPrefix(shape(steps), want) {
			t.Errorf("latency times %v: %s, want %s…", latency, shape(steps), want)
		}
	}
}

// What lies beyond the limit in all pairs together is not given up after ten fresh ones.
func TestTogether(t *testing.T) {
	was, fresh := moved(bench.LatencyTypical, 0.10, 0.05, 0.1), moved(bench.LatencyTypical, 0, 0.05, 0.1)
	was.Pairs, fresh.Pairs = 15, 10
	s := screening{before: map[key]bench.Comparison{keyOf(was): was}}
	if got, want := s.together(fresh), 0.6*math.Log(1.10); math.Abs(got-want) > 1e-12 {
		t.Errorf("together %v, want %v", got, want)
	}
	fresh.Scenario = "another"
	if got := s.together(fresh); got != 0 {
		t.Errorf("without a screening %v", got)
	}
}

// Possible improvements never cost a verdict: however little time is left for them,
// the gate is as without.
func TestPossibleImprovementsCostNothing(t *testing.T) {
	l := lab{suite: wide(), sd: 0.02, latency: inOne(1 / 1.4)}
	for pairs := 8; pairs <= 30; pairs++ {
		v, steps := l.within(3, Evidence{}, pairs)
		tried := len(steps) > 1
		if want := pairs >= 8+LeastPairs; tried != want || v.Outcome != bench.Pass && !tried || v.Outcome == bench.Inconclusive {
			t.Errorf("room for %d: %s: %s because %s", pairs, shape(steps), v.Outcome, v.Reason)
		}
	}
	// An improvement that its fresh rounds do not show, or that has too few of them.
	for _, fresh := range []int{2, 20} {
		e := Evidence{Scenarios: l.suite, Rounds: l.pairs(3, bench.Screen, 1, 8, nil), Looks: []bench.Look{{Stage: bench.Screen, Pairs: 8}, {Stage: bench.Confirm, Pairs: fresh}}}
		found := foundIn(policy, e)
		noisy := lab{suite: l.suite, sd: 2}
		e.Rounds = append(e.Rounds, noisy.pairs(4, bench.Confirm, 9, 8+fresh, found.Improvements)...)
		if v := Decide(policy, e); len(found.Improvements) != 1 || v.Outcome != bench.Pass {
			t.Errorf("%d fresh pairs of %v: %s because %s", fresh, found.Improvements, v.Outcome, v.Reason)
		}
	}
}

func TestFewPairsDecideNothing(t *testing.T) {
	for pairs := 1; pairs <= 9; pairs++ {
		for _, stage := range []bool{true, false} {
			l := lab{suite: suite(), latency: everywhere(3)}
			e := Evidence{Scenarios: l.suite, OneStage: stage, Budget: 240, Rounds: l.pairs(1, bench.Screen, 1, pairs, nil)}
			v := Decide(policy, e)
			few := pairsAre(bench.Screen, pairs) + " too few to decide; 8 are needed"
			switch {
			case pairs < LeastPairs && (v.Outcome != bench.Inconclusive || !strings.HasPrefix(v.Reason, few)):
				t.Errorf("%d pairs: %s because %s", pairs, v.Outcome, v.Reason)
			case pairs >= LeastPairs && stage && v.Outcome != bench.Regression:
				t.Errorf("%d pairs in one stage: %s because %s", pairs, v.Outcome, v.Reason)
			}
			if pairs == 4 && strings.Contains(v.Reason, "--time-budget 8m10s") != stage {
				t.Errorf("4 pairs in 240 s: %s", v.Reason)
			}
			for _, c := range v.Comparisons {
				if pairs < LeastPairs && c.Resolution != nil {
					t.Errorf("%d pairs resolve %v", pairs, *c.Resolution)
				}
			}
		}
	}
}

// Rounds that share processes are no pairs of their own.
func TestRoundsOfOneProcessAreOnePair(t *testing.T) {
	l := lab{suite: suite(), latency: everywhere(3)}
	e := Evidence{Scenarios: l.suite, OneStage: true, Rounds: l.pairs(1, bench.Screen, 1, 40, nil)}
	e = altered(e, func(r *bench.Round) {
		if r.Process > 0 {
			r.Process = (r.Process + 9) / 10
		}
	})
	if v := Decide(policy, e); v.Outcome != bench.Inconclusive || !strings.HasPrefix(v.Reason, "4 process pairs are too few") {
		t.Errorf("%s because %s", v.Outcome, v.Reason)
	}
}

// A saved gate decides itself again at each of its looks.
func TestReplayOfEveryLook(t *testing.T) {
	l := lab{suite: wide(), latency: inOne(1.15), sd: 0.15}
	var runs []Evidence
	e := Evidence{Scenarios: l.suite, Seed: 7}
	InSteps(policy, e, Unlimited, func(s Step) []bench.Round {
		rounds := l.pairs(7, s.Look.Stage, len(runs)*100+1, len(runs)*100+s.Pairs, s.Scenarios)
		e.Rounds, e.Looks = append(e.Rounds, rounds...), append(e.Looks, s.Look)
		runs = append(runs, e)
		return rounds
	})
	if len(runs) < 3 {
		t.Fatalf("%d steps", len(runs))
	}
	for i, e := range runs {
		want, err := json.Marshal(Decide(policy, e))
		if err != nil {
			t.Fatal(err)
		}
		slices.Reverse(e.Rounds)
		if got, _ := json.Marshal(Decide(policy, e)); string(got) != string(want) {
			t.Errorf("look %d: the verdict differs", i+1)
		}
		slices.Reverse(e.Rounds)
	}
}

// A look that finds something has its own share of the level only, as long as another
// could follow: to use what is left for the later ones would be to look for free.
func TestEarlyLooksHaveTheirShare(t *testing.T) {
	l := lab{suite: suite(), latency: inOne(1.2), sd: 0.2}
	whole := firstAttempt * (policy.Alpha - failures.Looks*failures.Level(policy.Alpha))
	early := 0
	for seed := range uint64(40) {
		v, steps := l.within(seed, Evidence{}, 1000)
		last := steps[len(steps)-1].Look
		if v.Outcome != bench.Regression || last.Level == 0 || last.Level == lastLevel {
			continue
		}
		early++
		if v.Rule.Level > last.Level*whole*(1+1e-9) {
			t.Errorf("seed %d, %s: found at %v, of which the last look has %v", seed, shape(steps), v.Rule.Level, last.Level*whole)
		}
	}
	if early < 5 {
		t.Errorf("%d gates ended early", early)
	}
}
