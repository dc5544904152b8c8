package verdict

import (
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

// TestWhatCannotBeCompared: what the base cannot do is out of the comparison and said;
// what only head cannot stays a question.
func TestWhatCannotBeCompared(t *testing.T) {
	cell := func(s bench.Scenario) bench.Cell { return bench.Cell{ID: s.ID(), Scenario: s} }
	good := bench.Scenario{Mode: bench.JSON, Concurrency: 1, BodyBytes: 1024}
	neither := bench.Scenario{Mode: bench.JSON, Concurrency: 1, BodyBytes: 10 << 10}
	base := bench.Scenario{Mode: bench.JSON, Concurrency: 10, BodyBytes: 1024}
	head := bench.Scenario{Mode: bench.JSON, Concurrency: 50, BodyBytes: 1024}
	once := bench.Scenario{Mode: bench.SSE, Concurrency: 1, BodyBytes: 1024}
	failed := func(s bench.Scenario, arm bench.Arm) bench.Unmeasured {
		return bench.Unmeasured{Scenario: s.ID(), Arm: arm, Rounds: []int{1}, Requests: 2, Failed: 2, Class: bench.ErrStatus, Reason: "status 413"}
	}
	run := bench.Run{
		Scenarios: []bench.Cell{cell(good), cell(neither), cell(base), cell(head), cell(once)},
		Unmeasured: []bench.Unmeasured{
			failed(neither, bench.Base), failed(neither, bench.Head), failed(base, bench.Base), failed(head, bench.Head), failed(once, bench.Base),
		},
	}
	for _, s := range []bench.Scenario{good, once} {
		for _, arm := range []bench.Arm{bench.Direct, bench.Base, bench.Head} {
			run.Rounds = append(run.Rounds, bench.Round{Round: 2, Stage: bench.Screen, Scenario: s.ID(), Arm: arm})
		}
	}
	e := EvidenceOf(run)
	if want := []bench.Scenario{good, head, once}; !slices.Equal(e.Scenarios, want) {
		t.Errorf("compared: %v, want %v", e.Scenarios, want)
	}
	v := Decide(bench.DefaultPolicy(), e)
	for _, s := range []bench.Scenario{neither, base} {
		want := "not compared: the base cannot do " + s.ID() + ": status 413"
		if !slices.Contains(v.Warnings, want) {
			t.Errorf("warnings %q have no %q", v.Warnings, want)
		}
		if slices.ContainsFunc(v.Scenarios, func(x bench.ScenarioVerdict) bool { return x.Scenario == s.ID() }) {
			t.Errorf("%s is judged", s)
		}
	}
	i := slices.IndexFunc(v.Scenarios, func(x bench.ScenarioVerdict) bool { return x.Scenario == head.ID() })
	if want := "head cannot do it and the base can: 2 of 2 requests failed, status 413"; i < 0 || v.Scenarios[i].Outcome != bench.Regression || v.Scenarios[i].Reason != want || v.Outcome != bench.Regression {
		t.Errorf("%s, which only head cannot do: %+v", head, v.Scenarios)
	}
	if strings.Contains(strings.Join(v.Warnings, "\n"), once.ID()) {
		t.Errorf("warnings %q name what was measured in another round", v.Warnings)
	}
}

// TestHeadThatFails: where the base works it is a regression, whatever else was
// measured; one bad moment is not.
func TestHeadThatFails(t *testing.T) {
	l := lab{suite: suite(), sd: 0.02}
	cell := func(s bench.Scenario) bench.Cell { return bench.Cell{ID: s.ID(), Scenario: s} }
	failed := func(arm bench.Arm, rounds ...int) bench.Unmeasured {
		return bench.Unmeasured{Scenario: l.suite[0].ID(), Arm: arm, Rounds: rounds, Requests: 40, Failed: 21, Class: bench.ErrTimeout, Reason: "no answer in 1s"}
	}
	without := func(rounds ...int) []bench.Round {
		return slices.DeleteFunc(l.pairs(1, bench.Screen, 1, 10, nil), func(r bench.Round) bool {
			return r.Scenario == l.suite[0].ID() && (rounds == nil || slices.Contains(rounds, r.Round))
		})
	}
	both := []bench.Arm{bench.Direct, bench.Base, bench.Head}
	for name, c := range map[string]struct {
		arms   []bench.Arm
		failed []bench.Unmeasured
		rounds []bench.Round
		want   bench.Outcome
		reason string
	}{
		"always":                           {both, []bench.Unmeasured{failed(bench.Head, 1, 2)}, without(), bench.Regression, "head cannot do it and the base can: 21 of 40 requests failed, timeout: no answer in 1s"},
		"in everything":                    {both, []bench.Unmeasured{failed(bench.Head, 1)}, nil, bench.Regression, "head cannot do it and the base can"},
		"in two rounds":                    {both, []bench.Unmeasured{failed(bench.Head, 3, 7)}, without(3, 7, 8, 9, 10), bench.Regression, "head could not do it in 2 rounds and the base could"},
		"in one round":                     {both, []bench.Unmeasured{failed(bench.Head, 3)}, without(3), bench.Inconclusive, "head could not do it in one round and could in others"},
		"as the base":                      {both, []bench.Unmeasured{failed(bench.Base, 1, 2), failed(bench.Head, 1, 2)}, without(), bench.Pass, "no regression in 3 scenarios"},
		"as the base, in everything":       {both, []bench.Unmeasured{failed(bench.Base, 1), failed(bench.Head, 1)}, nil, bench.NoBaseline, "no round"},
		"where the base failed once":       {both, []bench.Unmeasured{failed(bench.Base, 1), failed(bench.Head, 3, 7)}, without(1, 3, 7), bench.Regression, "head could not"},
		"without a base":                   {both[2:], []bench.Unmeasured{failed(bench.Head, 1)}, nil, bench.NoBaseline, "no round"},
		"of an older file, without rounds": {nil, []bench.Unmeasured{failed(bench.Head, 1)}, nil, bench.NoBaseline, "no round"},
	} {
		t.Run(name, func(t *testing.T) {
			run := bench.Run{Plan: bench.Plan{Arms: c.arms}, Rounds: c.rounds, Unmeasured: c.failed}
			for _, s := range l.suite {
				run.Scenarios = append(run.Scenarios, cell(s))
			}
			e := EvidenceOf(run)
			v := Decide(policy, e)
			if v.Outcome != c.want || !strings.Contains(v.Reason, c.reason) {
				t.Errorf("%s because %q, want %s: …%s…", v.Outcome, v.Reason, c.want, c.reason)
			}
			// A regression needs no more rounds, a bad moment does.
			if c.rounds != nil {
				e.Looks = []bench.Look{{Stage: bench.Screen, Pairs: 8}}
				if next, more := Next(policy, e, Unlimited); more != (c.want == bench.Inconclusive) {
					t.Errorf("next %v: %+v", more, next)
				}
			}
		})
	}
}
