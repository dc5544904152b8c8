package basis

import (
	"reflect"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
)

func TestLine(t *testing.T) {
	const sha = "1a2b3c4d5e6f7"
	for want, b := range map[string]bench.BaseInfo{
		"main at 1a2b3c4d5e6f, its build from run 123; 2 commits behind the base of this change": {Source: bench.SourceBundle, SHA: sha, Name: "main", Run: 123, Behind: 2},
		"the gateway of 1a2b3c4d5e6f that the baseline carries":                                  {Source: bench.SourceBundle, SHA: sha},
		"v1.2.0 at 1a2b3c4d5e6f, built again here":                                               {Source: bench.SourceRebuild, SHA: sha, Name: "v1.2.0"},
		"1a2b3c4d5e6f, built again here":                                                         {Source: bench.SourceRebuild, SHA: sha},
		"stored numbers of main at 1a2b3c4d5e6f from run 7, measured elsewhere":                  {Source: bench.SourceStored, SHA: sha, Name: "main", Run: 7},
		"stored numbers of , measured elsewhere":                                                 {Source: bench.SourceStored},
		"1a2 (guess)":                                                                            {Source: "guess", SHA: "1a2"},
	} {
		if got := Line(b); got != want {
			t.Errorf("%+v:\n%s, want\n%s", b, got, want)
		}
	}
}

// accusing is a verdict in which everything is a regression that can be one.
func accusing() bench.Verdict {
	return bench.Verdict{
		Outcome: bench.Regression, Reason: "streams are slower",
		Scenarios:   []bench.ScenarioVerdict{{Outcome: bench.Regression, Reason: "slower"}, {Outcome: bench.Pass}},
		Groups:      []bench.Group{{Outcome: bench.Regression}},
		Errors:      []bench.ErrorRate{{Outcome: bench.Regression}},
		Behaviours:  []bench.BehaviourChange{{Outcome: bench.Regression, Harm: true}},
		Comparisons: []bench.Comparison{{Outcome: bench.Regression}, {Outcome: bench.Improvement}},
	}
}

// TestJudge: beside a base that is behind nobody is accused, and what was found is still
// there to see.
func TestJudge(t *testing.T) {
	behind := &bench.BaseInfo{Source: bench.SourceBundle, Behind: 1}
	before := accusing()
	v := Judge(before, behind)
	if v.Outcome != bench.Inconclusive || !strings.Contains(v.Reason, "1 commit behind its own") || !Withheld(v, behind) {
		t.Errorf("%s: %s", v.Outcome, v.Reason)
	}
	for what, got := range map[string]bench.Outcome{
		"scenario": v.Scenarios[0].Outcome, "group": v.Groups[0].Outcome, "error": v.Errors[0].Outcome,
		"behaviour": v.Behaviours[0].Outcome, "comparison": v.Comparisons[0].Outcome,
	} {
		if got != bench.Inconclusive {
			t.Errorf("%s: %s", what, got)
		}
	}
	if v.Scenarios[0].Reason != "slower" || v.Scenarios[1].Outcome != bench.Pass || v.Comparisons[1].Outcome != bench.Improvement {
		t.Errorf("changed: %+v", v)
	}
	if !reflect.DeepEqual(before, accusing()) {
		t.Error("the verdict before has changed, too")
	}
	for name, b := range map[string]*bench.BaseInfo{"none": nil, "of the change": {Source: bench.SourceRebuild}} {
		if got := Judge(accusing(), b); !reflect.DeepEqual(got, accusing()) || Withheld(got, b) {
			t.Errorf("%s: %+v", name, got)
		}
	}
	for _, o := range []bench.Outcome{bench.Pass, bench.Improvement, bench.Inconclusive} {
		if got := Judge(bench.Verdict{Outcome: o, Reason: "x"}, behind); got.Outcome != o || got.Reason != "x" || Withheld(got, behind) {
			t.Errorf("%s: %+v", o, got)
		}
	}
}
