package verdict

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// counts are the work of two process pairs in a scenario, of which head does so much more.
func counts(scenario string, more float64) (all []bench.Work) {
	for process := range 2 {
		for arm, n := range map[bench.Arm]float64{bench.Base: 200e3, bench.Head: 200e3 * (1 + more)} {
			all = append(all, bench.Work{Arm: arm, Process: process + 1, Scenario: scenario, Instructions: []float64{n, 1.001 * n, 0.999 * n}})
		}
	}
	return all
}

// TestWork: more instructions are a regression whatever the clocks say, unless the policy
// only reports them, or the scenario is surely faster.
func TestWork(t *testing.T) {
	only := policy
	only.Work.Rule = bench.BehaviourReported
	off := policy
	off.Work.Rule = bench.BehaviourOff
	wide := policy
	wide.Work = bench.WorkRule{Rule: bench.BehaviourFails, Limit: 0.5}
	for name, c := range map[string]struct {
		policy  bench.Policy
		lab     lab
		more    float64
		is      bench.Outcome
		says    string // the reason of the whole
		changes string // part of the text of the one change; empty: there is none
	}{
		"unchanged":             {policy, lab{}, 0, bench.Pass, "no regression", ""},
		"38 % more":             {policy, lab{}, 0.38, bench.Regression, "+38 % of instructions", "+38 %"},
		"5 % more":              {policy, lab{}, 0.05, bench.Pass, "no regression", "+5 %"},
		"reported only":         {only, lab{}, 0.38, bench.Pass, "no regression", "reported only, by gate.instructions"},
		"off":                   {off, lab{}, 0.38, bench.Pass, "no regression", ""},
		"below a wider limit":   {wide, lab{}, 0.38, bench.Pass, "no regression", "+38 %"},
		"and yet faster":        {policy, lab{latency: constant(0.5)}, 0.38, bench.Improvement, "", "and yet it is faster"},
		"and slower":            {policy, lab{latency: constant(1.6)}, 0.38, bench.Regression, "+38 % of instructions", "+38 %"},
		"fewer":                 {policy, lab{}, -0.38, bench.Pass, "no regression", "-38 %"},
		"settings of old files": {bench.Policy{Alpha: policy.Alpha, Threshold: policy.Threshold, Floor: policy.Floor}, lab{}, 0.38, bench.Regression, "+38 %", "+38 %"},
	} {
		t.Run(name, func(t *testing.T) {
			c.lab.sd, c.lab.suite = 0.02, suite()
			first := c.lab.suite[0].ID()
			e := Evidence{Scenarios: c.lab.suite, OneStage: true, Rounds: c.lab.pairs(3, bench.Screen, 1, 20, nil), Counted: counts(first, c.more)}
			v := Decide(c.policy, e)
			if v.Outcome != c.is || !strings.Contains(v.Reason, c.says) {
				t.Errorf("%s because %s; want %s, %q", v.Outcome, v.Reason, c.is, c.says)
			}
			if (len(v.Work) == 0) != (c.changes == "") || c.changes != "" && !strings.Contains(v.Work[0].Text, c.changes) {
				t.Errorf("%+v; want %q", v.Work, c.changes)
			}
		})
	}
}

// TestWitness: what was counted in a run is the second witness of small changes.
func TestWitness(t *testing.T) {
	l := lab{suite: wide(), latency: constant(1.07), sd: 0.03}
	run := bench.Run{Rounds: l.pairs(1, bench.Screen, 1, 2, nil)}
	for _, s := range l.suite {
		run.Scenarios = append(run.Scenarios, bench.Cell{ID: s.ID(), Scenario: s})
		run.Work = append(run.Work, counts(s.ID(), 0.03)...)
	}
	e := EvidenceOf(run)
	for _, s := range l.suite {
		if g, ok := e.Grown[s.ID()]; !ok || g < 0.029 || g > 0.031 {
			t.Errorf("%s grew by %v, %v", s.ID(), g, ok)
		}
	}
}
