package verdict

import (
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/behaviour/changes"
	"github.com/org/proxy-bench-action/internal/bench"
)

// seen are facts of two processes of base and head, each with three exchanges, in so many
// of which a behaviour was seen.
func seen(name bench.BehaviourName, base, head int) (facts []bench.Fact) {
	for process := 1; process <= 2; process++ {
		facts = append(facts,
			bench.Fact{Behaviour: name, Arm: bench.Base, Process: process, Seen: base, Of: 3},
			bench.Fact{Behaviour: name, Arm: bench.Head, Process: process, Seen: head, Of: 3})
	}
	return facts
}

const (
	cached  = "answered-without-backend" // loses work
	doubled = "asks-twice"               // does not
)

// TestHarmDecides: whatever the speed does, and however few process pairs there are.
func TestHarmDecides(t *testing.T) {
	few := screened(1, 0.02, unchanged)
	few.Rounds = measure(1, bench.Screen, 1, 3, 0.02, unchanged)
	for name, e := range map[string]Evidence{
		"unchanged": both(1, 0.02, unchanged), "faster": both(1, 0.02, everywhere(0.6)), "slower": both(1, 0.02, everywhere(1.6)), "few pairs": few,
	} {
		without := Decide(policy, e)
		e.Facts = seen(doubled, 0, 3)
		v := Decide(policy, e)
		want := "head asks the backend more than once for one request: 6 of 6, base 0 of 6"
		if v.Outcome != bench.Regression || !strings.HasPrefix(v.Reason, want) || len(v.Behaviours) != 1 {
			t.Errorf("%s: %s: %s, %+v", name, v.Outcome, v.Reason, v.Behaviours)
		}
		if more := without.Outcome == bench.Regression; more != strings.HasSuffix(v.Reason, " more") {
			t.Errorf("%s: %q with speed alone a %s", name, v.Reason, without.Outcome)
		}
		for i, c := range v.Comparisons {
			if c.Outcome != without.Comparisons[i].Outcome {
				t.Errorf("%s: %s of %s is %s, without facts %s", name, c.Metric, c.Scenario, c.Outcome, without.Comparisons[i].Outcome)
			}
		}
	}
}

// TestOneReasonForAllCases: the cases of one behaviour are one reason.
func TestOneReasonForAllCases(t *testing.T) {
	e := screened(1, 0.02, unchanged)
	for _, name := range []string{"429", "500"} {
		for _, f := range seen("keeps-memory", 0, 3) {
			f.Case, f.Value = name, new(float64(1<<20))
			e.Facts = append(e.Facts, f)
		}
	}
	e.Facts = append(e.Facts, seen(doubled, 0, 3)...)
	v := Decide(policy, e)
	want := "head asks the backend more than once for one request: 6 of 6, base 0 of 6; and 1 more"
	if reasons := changes.Reasons(v.Behaviours); len(reasons) != 2 || !strings.HasSuffix(reasons[1], " (429): 6 of 6 (1.00 MB), base 0 of 6 (1.00 MB), and 500") {
		t.Errorf("%q", reasons)
	}
	if v.Reason != want || len(v.Behaviours) != 3 {
		t.Errorf("%s, %+v", v.Reason, v.Behaviours)
	}
}

// TestHarmThatDecidesNothing is still there to be read.
func TestHarmThatDecidesNothing(t *testing.T) {
	one := seen(doubled, 0, 3)[:2]
	noBase := slices.DeleteFunc(seen(doubled, 0, 3), func(f bench.Fact) bool { return f.Arm == bench.Base })
	for _, c := range []struct {
		facts  []bench.Fact
		change bench.Change
	}{
		{seen(doubled, 3, 3), bench.ChangeKept},
		{seen(doubled, 3, 0), bench.ChangeGone},
		{seen(doubled, 0, 2), bench.ChangeSometimes},
		{one, bench.ChangeUndecided},
		{noBase, bench.ChangeUndecided},
	} {
		e := screened(1, 0.02, unchanged)
		e.Facts = c.facts
		v := Decide(policy, e)
		if v.Outcome != bench.Pass || len(v.Behaviours) != 1 || v.Behaviours[0].Change != c.change || v.Behaviours[0].Outcome != bench.Pass {
			t.Errorf("%s: %s: %s, %+v", c.change, v.Outcome, v.Reason, v.Behaviours)
		}
		if warned := strings.Contains(strings.Join(v.Warnings, "\n"), "is not decided"); warned != (c.change == bench.ChangeUndecided) {
			t.Errorf("%s: warnings %q", c.change, v.Warnings)
		}
	}
}

func TestRulesOfThePolicy(t *testing.T) {
	e := screened(1, 0.02, unchanged)
	e.Facts = append(seen(cached, 0, 3), seen(doubled, 0, 3)...)
	single := func(name bench.BehaviourName, rule bench.BehaviourRule) map[bench.BehaviourName]bench.BehaviourRule {
		return map[bench.BehaviourName]bench.BehaviourRule{name: rule}
	}
	for name, c := range map[string]struct {
		rule    bench.BehaviourRule
		singles map[bench.BehaviourName]bench.BehaviourRule
		fails   []bench.BehaviourName
		reports []bench.BehaviourName
	}{
		"an older policy": {"", nil, []bench.BehaviourName{cached, doubled}, nil},
		"fail":            {bench.BehaviourFails, nil, []bench.BehaviourName{cached, doubled}, nil},
		"report":          {bench.BehaviourReported, nil, nil, []bench.BehaviourName{cached, doubled}},
		"off":             {bench.BehaviourOff, nil, nil, nil},
		"one reported":    {bench.BehaviourFails, single(cached, bench.BehaviourReported), []bench.BehaviourName{doubled}, []bench.BehaviourName{cached}},
		"one off":         {bench.BehaviourFails, single(doubled, bench.BehaviourOff), []bench.BehaviourName{cached}, nil},
		"one alone":       {bench.BehaviourOff, single(doubled, bench.BehaviourFails), []bench.BehaviourName{doubled}, nil},
	} {
		p := policy
		p.Behaviour, p.Behaviours = c.rule, c.singles
		v := Decide(p, e)
		var fails, reports []bench.BehaviourName
		for _, b := range v.Behaviours {
			if b.Outcome == bench.Regression {
				fails = append(fails, b.Behaviour)
				continue
			}
			reports = append(reports, b.Behaviour)
			if !strings.HasSuffix(b.Text, "; reported only, by gate.behaviour") {
				t.Errorf("%s: %q", name, b.Text)
			}
		}
		if !slices.Equal(fails, c.fails) || !slices.Equal(reports, c.reports) {
			t.Errorf("%s: %v fail, %v are reported", name, fails, reports)
		}
		if want := len(fails) > 0; want != (v.Outcome == bench.Regression) {
			t.Errorf("%s: %s: %s", name, v.Outcome, v.Reason)
		}
	}
}

// TestLostWorkIsNoImprovement: who answers from a cache is faster, and so is who does it
// sometimes. Harm that costs time takes nothing back, nor what the base does as well.
func TestLostWorkIsNoImprovement(t *testing.T) {
	e := both(1, 0.02, everywhere(0.6))
	reports := policy
	reports.Behaviour = bench.BehaviourReported
	off := policy
	off.Behaviour = bench.BehaviourOff
	for name, c := range map[string]struct {
		policy   bench.Policy
		facts    []bench.Fact
		improves bool
		outcome  bench.Outcome
	}{
		"nothing":      {policy, nil, true, bench.Improvement},
		"new":          {policy, seen(cached, 0, 3), false, bench.Regression},
		"reported":     {reports, seen(cached, 0, 3), false, bench.Pass},
		"sometimes":    {policy, seen(cached, 0, 1), false, bench.Pass},
		"one process":  {policy, seen(cached, 0, 3)[:2], false, bench.Pass},
		"kept":         {policy, seen(cached, 3, 3), true, bench.Improvement},
		"gone":         {policy, seen(cached, 3, 0), true, bench.Improvement},
		"off":          {off, seen(cached, 0, 3), true, bench.Improvement},
		"no work lost": {policy, seen(doubled, 0, 3), true, bench.Regression},
	} {
		e.Facts = c.facts
		v := Decide(c.policy, e)
		if v.Outcome != c.outcome {
			t.Errorf("%s: %s: %s", name, v.Outcome, v.Reason)
		}
		improved, because := false, false
		for _, c := range v.Comparisons {
			improved = improved || c.Outcome == bench.Improvement
			because = because || strings.HasPrefix(c.Reason, "no improvement, since head answers requests without asking the backend: ")
		}
		for _, g := range v.Groups {
			improved = improved || g.Outcome == bench.Improvement
		}
		for _, s := range v.Scenarios {
			improved = improved || s.Outcome == bench.Improvement
		}
		if improved != c.improves || because == c.improves {
			t.Errorf("%s: improved %v, says why not %v", name, improved, because)
		}
	}
}

// TestNoTimeForLostWork: what would be no improvement is not measured again.
func TestNoTimeForLostWork(t *testing.T) {
	e := screened(1, 0.02, everywhere(0.6))
	e.Looks = []bench.Look{{Stage: bench.Screen, Pairs: ScreenRounds}}
	if step, more := Next(policy, e, Unlimited); !more || step.Look.Stage != bench.Confirm {
		t.Fatalf("%v, %+v", more, step)
	}
	e.Facts = seen(cached, 0, 3)
	if step, more := Next(policy, e, Unlimited); more {
		t.Errorf("%+v", step)
	}
}

// TestStoredFacts decide as facts of the same job do.
func TestStoredFacts(t *testing.T) {
	scenario := suite()[0]
	run := bench.Run{Scenarios: []bench.Cell{{ID: scenario.ID(), Scenario: scenario}}}
	for _, r := range measure(1, bench.Screen, 1, 15, 0.02, unchanged) {
		if r.Scenario == scenario.ID() && r.Arm != bench.Base {
			run.Rounds = append(run.Rounds, r)
		}
	}
	stored := run
	stored.Facts, run.Facts = seen(doubled, 3, 0), seen(doubled, 0, 3)
	other := stored
	other.Plan.Fingerprint = "other"
	older := stored
	older.Facts = nil
	for name, c := range map[string]struct {
		base   bench.Run
		change bench.Change
	}{
		"of another job": {stored, bench.ChangeNew}, "other requests": {other, bench.ChangeUndecided}, "without facts": {older, bench.ChangeUndecided},
	} {
		v := DecideStored(policy, StoredOf(run, c.base, nil))
		if len(v.Behaviours) != 1 || v.Behaviours[0].Change != c.change || (v.Outcome == bench.Regression) != (c.change == bench.ChangeNew) {
			t.Errorf("%s: %s: %s, %+v", name, v.Outcome, v.Reason, v.Behaviours)
		}
	}
}

// TestFactsWithoutABase: a run has facts and no verdict.
func TestFactsWithoutABase(t *testing.T) {
	e := screened(1, 0.02, unchanged)
	e.Rounds = slices.DeleteFunc(e.Rounds, func(r bench.Round) bool { return r.Arm == bench.Base })
	e.Facts = slices.DeleteFunc(seen(doubled, 0, 3), func(f bench.Fact) bool { return f.Arm == bench.Base })
	if v := Decide(policy, e); v.Outcome != bench.NoBaseline || len(v.Behaviours) > 0 {
		t.Errorf("%s, %+v", v.Outcome, v.Behaviours)
	}
}
