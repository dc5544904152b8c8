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
	if i < 0 || v.Scenarios[i].Outcome != bench.Inconclusive || v.Outcome != bench.Inconclusive {
		t.Errorf("%s, which only head cannot do: %+v", head, v.Scenarios)
	}
	if strings.Contains(strings.Join(v.Warnings, "\n"), once.ID()) {
		t.Errorf("warnings %q name what was measured in another round", v.Warnings)
	}
}
