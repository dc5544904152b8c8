package verdict

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// What is small and everywhere is noted; it is a regression where the work of a request
// grew, or from the limit on. Half of the latency is overhead, so that the limit is
// 5 % of latency; that of CPU time is 10 %.
func TestGroups(t *testing.T) {
	work := func(growth float64) map[string]float64 {
		all := map[string]float64{}
		for _, s := range wide() {
			all[s.ID()] = growth
		}
		return all
	}
	for name, c := range map[string]struct {
		lab   lab
		work  map[string]float64
		one   bool
		is    bench.Outcome
		notes string // part of the first note; empty without any
	}{
		"unchanged":                       {lab{}, nil, false, bench.Pass, ""},
		"+3.5 %":                          {lab{latency: constant(1.07)}, nil, false, bench.Pass, "same work or not is not known: layout, caches or waiting"},
		"+3.5 %, same work":               {lab{latency: constant(1.07)}, work(0.003), false, bench.Pass, "same work (+0.3 % of instructions)"},
		"+3.5 %, more work":               {lab{latency: constant(1.07)}, work(0.03), false, bench.Regression, ""},
		"+3.5 %, in one stage":            {lab{latency: constant(1.07)}, nil, true, bench.Pass, "not known"},
		"+1.5 %, less than is noted":      {lab{latency: constant(1.03)}, work(0.03), false, bench.Pass, ""},
		"+8 %":                            {lab{latency: constant(1.16)}, work(0), false, bench.Regression, ""},
		"CPU +7 %":                        {lab{cpu: constant(1.07)}, nil, false, bench.Pass, "of the value over 6 scenarios"},
		"CPU +7 %, in one stage":          {lab{cpu: constant(1.07)}, nil, true, bench.Pass, "of the value over"},
		"CPU +7 %, more work":             {lab{cpu: constant(1.07)}, work(0.02), false, bench.Regression, ""},
		"CPU +20 %":                       {lab{cpu: constant(1.2)}, nil, false, bench.Regression, ""},
		"both":                            {lab{latency: constant(1.07), cpu: constant(1.07)}, nil, false, bench.Pass, "not known"},
		"+3.5 % in too few":               {lab{suite: suite(), latency: constant(1.07)}, nil, false, bench.Pass, ""},
		"everything is a little faster":   {lab{latency: constant(1 / 1.07)}, nil, false, bench.Pass, ""},
		"everything is faster":            {lab{latency: constant(1 / 1.5)}, nil, false, bench.Improvement, ""},
		"in one stage, far too few pairs": {lab{latency: constant(1.07)}, nil, true, bench.Pass, "not known"},
	} {
		t.Run(name, func(t *testing.T) {
			c.lab.sd = 0.03
			if c.lab.suite == nil {
				c.lab.suite = wide()
			}
			v, steps := c.lab.within(5, Evidence{OneStage: c.one, Grown: c.work}, 100)
			if v.Outcome != c.is || (len(v.Notes) == 0) != (c.notes == "") || c.notes != "" && !strings.Contains(v.Notes[0].Text, c.notes) {
				t.Errorf("%s: %s because %s, notes %+v; want %s, %q", shape(steps), v.Outcome, v.Reason, v.Notes, c.is, c.notes)
			}
			for _, n := range v.Notes {
				if !slices.ContainsFunc(v.Groups, func(g bench.Group) bool {
					return g.Group == n.Group && g.Metric == n.Metric && g.Outcome == bench.Pass
				}) {
					t.Errorf("note %+v beside groups %+v", n, v.Groups)
				}
			}
		})
	}
}

// One scenario that is much slower moves the mean of its groups, and is no group.
func TestOneScenarioIsNoGroup(t *testing.T) {
	l := lab{suite: wide(), latency: inOne(3), sd: 0.03}
	e := Evidence{Scenarios: l.suite, Rounds: l.pairs(1, bench.Screen, 1, 8, nil)}
	if found := foundIn(policy, e); found.Group != "" || len(found.Suspects) != 1 {
		t.Errorf("%+v", found)
	}
	l.latency = constant(1.2)
	e.Rounds = l.pairs(1, bench.Screen, 1, 8, nil)
	if found := foundIn(policy, e); found.Group == "" {
		t.Errorf("everything is slower: %+v", found)
	}
}

// A note fails nothing, and has a level of its own where a screening suspected the
// group; with more work of a request it is a regression only at the level of the gate.
func TestNoteHasItsLevel(t *testing.T) {
	var members []string
	grown := make(map[string]float64)
	for _, s := range wide() {
		members, grown[s.ID()] = append(members, s.ID()), 0.02
	}
	for _, c := range []struct {
		p    float64
		one  bool
		work map[string]float64
		is   bench.Outcome
		note bool
	}{
		{0.02, false, nil, bench.Pass, true},
		{0.03, false, nil, bench.Pass, false},
		{0.02, true, nil, bench.Pass, false},
		{0.02, false, grown, bench.Pass, true},
		{0.002, false, grown, bench.Regression, false},
		{0.002, true, nil, bench.Pass, true},
	} {
		d := decision{analysis: analyse(policy, Evidence{Scenarios: wide(), OneStage: c.one, Grown: c.work})}
		g := bench.Group{Group: "all", Members: members, Pairs: 20, Shift: new(0.04), ShiftCI: &bench.Interval{0.01, 0.06}, Limit: new(0.05), P: &c.p}
		judged, note := d.judgeGroup(g, worse, c.p, 0.0036)
		if judged.Outcome != c.is || note != c.note {
			t.Errorf("%+v: %s because %s, a note: %v", c, judged.Outcome, judged.Reason, note)
		}
	}
}

// In one stage of ten pairs two groups can be found, and the largest has two thirds of
// the level: one pair may contradict it by a little.
func TestLargestGroupHasMostOfTheLevel(t *testing.T) {
	l := lab{suite: wide(), latency: constant(1.5), sd: 0.03}
	d := decision{analysis: analyse(policy, Evidence{Scenarios: l.suite, OneStage: true, Rounds: l.pairs(1, bench.Screen, 1, 10, nil)})}
	d.screening = d.analysis.screening()
	d.compare(d.gated)
	tried := d.tried[worse]
	if len(tried.groups) != 2 || tried.groups[0].Group != "all" || len(tried.groups[0].Members) != len(l.suite) {
		t.Fatalf("tried %+v", tried.groups)
	}
	if most := *tried.groups[0].P * 1.5; math.Abs(tried.groupPs[0]-most) > 1e-12 || 2*most > tried.groupLevel {
		t.Errorf("adjusted p %v of %v, level %v", tried.groupPs[0], *tried.groups[0].P, tried.groupLevel)
	}
}

// With fewer pairs than the level suffices for, no group is said to be clear.
func TestGroupsThatCannotBeFound(t *testing.T) {
	l := lab{suite: wide(), latency: constant(1.5)}
	for pairs := LeastPairs; pairs <= 16; pairs++ {
		e := Evidence{Scenarios: l.suite, OneStage: true, Rounds: l.pairs(1, bench.Screen, 1, pairs, nil)}
		v := Decide(policy, e)
		for _, g := range v.Groups {
			if g.Outcome == bench.Pass {
				t.Errorf("%d pairs: group %s passes: %s", pairs, g.Group, g.Reason)
			}
		}
		if v.Outcome != bench.Regression {
			t.Errorf("%d pairs: %s because %s", pairs, v.Outcome, v.Reason)
		}
	}
	// Two stages whose fresh pairs are too few at their level.
	strict := policy
	strict.Alpha = bench.MinAlpha
	small := lab{suite: wide(), latency: constant(1.05), sd: 0.03}
	e := Evidence{Scenarios: small.suite, Rounds: small.pairs(1, bench.Screen, 1, 15, nil)}
	e.Rounds = append(e.Rounds, small.pairs(2, bench.Confirm, 16, 25, foundIn(strict, e).Members)...)
	v := Decide(strict, e)
	if len(v.Groups) == 0 || v.Groups[0].Outcome != bench.Inconclusive || !strings.Contains(v.Groups[0].Reason, "could not have been found with 10 process pairs") || v.Outcome != bench.Inconclusive {
		t.Errorf("%s because %s, groups %+v", v.Outcome, v.Reason, v.Groups)
	}
}

// TestManyPairsOfOneStage: with so many process pairs the smallest p is next to nothing,
// and every group can be tried.
func TestManyPairsOfOneStage(t *testing.T) {
	l := lab{suite: wide(), latency: constant(1.2)}
	e := Evidence{Scenarios: l.suite, OneStage: true, Rounds: l.pairs(1, bench.Screen, 1, 90, nil), Looks: []bench.Look{{Stage: bench.Screen, Pairs: 90, Level: 1}}}
	if v := Decide(policy, e); v.Outcome != bench.Regression || len(v.Groups) == 0 {
		t.Errorf("%s: %s, %d groups", v.Outcome, v.Reason, len(v.Groups))
	}
}
