package attempt

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/verdict"
	"github.com/org/proxy-bench-action/testdata/recordtest"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

// attempt is one of a job that compares two commits, of some process pairs.
func attempt(number, pairs int) bench.Run {
	run := recordtest.Run(pairs, recordtest.SSE10)
	run.Base = &bench.BaseInfo{Source: bench.SourceRebuild, SHA: "cafe"}
	run.Policy = new(bench.DefaultPolicy())
	run.Attempt = number
	return run
}

func pooled(t *testing.T, run, earlier bench.Run) bench.Run {
	t.Helper()
	all, err := pool(run, earlier)
	if err != nil {
		t.Fatal(err)
	}
	if err := record.Validate(all); err != nil {
		t.Error(err)
	}
	return all
}

// TestPool: the rounds of earlier attempts are further process pairs, and those of
// attempts before them stay.
func TestPool(t *testing.T) {
	second := pooled(t, attempt(2, 6), attempt(0, 8))
	third := pooled(t, attempt(3, 4), second)
	for _, c := range []struct {
		run     bench.Run
		pairs   int
		earlier []bench.Attempt
	}{
		{second, 14, []bench.Attempt{{Attempt: 1, Pairs: 8}}},
		{third, 18, []bench.Attempt{{Attempt: 1, Pairs: 8}, {Attempt: 2, Pairs: 6}}},
	} {
		if !slices.Equal(c.run.Earlier, c.earlier) {
			t.Errorf("earlier attempts %+v, want %+v", c.run.Earlier, c.earlier)
		}
		if got := countPairs(c.run.Rounds); got != c.pairs || len(c.run.Rounds) != 3*c.pairs || c.run.Plan.Rounds != c.pairs {
			t.Errorf("%d process pairs in %d rounds, want %d", got, len(c.run.Rounds), c.pairs)
		}
		if e := verdict.EvidenceOf(c.run); e.Attempt != 1+len(c.earlier) {
			t.Errorf("attempt %d after %d others", e.Attempt, len(c.earlier))
		}
	}
	own := attempt(2, 6)
	if !reflect.DeepEqual(second.Rounds[:len(own.Rounds)], own.Rounds) || !reflect.DeepEqual(own, attempt(2, 6)) {
		t.Error("the own rounds are changed")
	}
	v := verdict.Decide(*third.Policy, verdict.EvidenceOf(third))
	i := slices.IndexFunc(v.Comparisons, func(c bench.Comparison) bool { return c.Metric == bench.TotalTypical })
	if i < 0 || v.Comparisons[i].Pairs != 18 {
		t.Errorf("decided by %+v", v.Comparisons)
	}
}

// TestPoolFacts: what was seen of gateways before counts as well, as of further
// processes.
func TestPoolFacts(t *testing.T) {
	of := func(process, seen int) bench.Fact {
		return bench.Fact{Behaviour: "x", Arm: bench.Head, Process: process, Seen: seen, Of: 3}
	}
	earlier, run := attempt(1, 8), attempt(2, 6)
	earlier.Facts, run.Facts = []bench.Fact{of(1, 3), of(2, 3)}, []bench.Fact{of(1, 0), of(2, 0)}
	all := pooled(t, run, earlier)
	if want := []bench.Fact{of(1, 0), of(2, 0), of(7, 3), of(8, 3)}; !reflect.DeepEqual(all.Facts, want) {
		t.Errorf("%+v", all.Facts)
	}
	if len(run.Facts) != 2 || earlier.Facts[0].Process != 1 {
		t.Error("the runs are changed")
	}
}

// TestPoolLeavesOut: void rounds, and what this attempt has not in its plan.
func TestPoolLeavesOut(t *testing.T) {
	earlier := attempt(1, 8)
	earlier.Rounds[0].Void = "stolen"
	earlier.Rounds[3].Scenario = "json/c1/1KB"
	earlier.Unmeasured = []bench.Unmeasured{
		{Scenario: recordtest.SSE10.ID(), Arm: bench.Head, Rounds: []int{3}, Requests: 2, Failed: 2},
		{Scenario: "json/c1/1KB", Arm: bench.Head, Rounds: []int{1}},
	}
	all := pooled(t, attempt(2, 6), earlier)
	if len(all.Rounds) != 3*(6+8)-2 {
		t.Errorf("%d rounds", len(all.Rounds))
	}
	if len(all.Unmeasured) != 1 || !slices.Equal(all.Unmeasured[0].Rounds, []int{3 + 6}) || earlier.Unmeasured[0].Rounds[0] != 3 {
		t.Errorf("not measurable: %+v, and %+v", all.Unmeasured, earlier.Unmeasured)
	}
}

// TestPoolRestores: what this attempt had no time for stays as it was found before.
func TestPoolRestores(t *testing.T) {
	other := bench.Scenario{Mode: bench.JSON, Concurrency: 50, BodyBytes: 100 << 10}
	earlier := recordtest.Run(8, recordtest.SSE10, other)
	earlier.Base, earlier.Attempt = attempt(1, 1).Base, 1
	run := attempt(2, 6)
	run.Plan.LeftOut = []string{"json/c50/10KB", other.ID()}
	all := pooled(t, run, earlier)
	if len(all.Scenarios) != 2 || !slices.Equal(all.Plan.LeftOut, []string{"json/c50/10KB"}) || !all.Measured(other.ID(), bench.Head) {
		t.Errorf("%d scenarios, left out %v", len(all.Scenarios), all.Plan.LeftOut)
	}
	if len(run.Scenarios) != 1 || len(run.Plan.LeftOut) != 2 {
		t.Errorf("the run is changed: %d scenarios, left out %v", len(run.Scenarios), run.Plan.LeftOut)
	}
}

// TestPoolOneStage: where one attempt had time for one stage only, all rounds decide.
func TestPoolOneStage(t *testing.T) {
	for _, first := range []bool{true, false} {
		earlier, run := attempt(1, 8), attempt(2, 6)
		earlier.Plan.OneStage, run.Plan.OneStage = first, !first
		for i := range earlier.Rounds {
			if !first && earlier.Rounds[i].Round > 4 {
				earlier.Rounds[i].Stage = bench.Confirm
			}
		}
		all := pooled(t, run, earlier)
		if !all.Plan.OneStage || slices.ContainsFunc(all.Rounds, func(r bench.Round) bool { return r.Stage != bench.Screen }) {
			t.Errorf("the first in one stage: %v, both: %v", first, all.Plan.OneStage)
		}
	}
}

// TestPoolRefuses what was not the same, and says what is not.
func TestPoolRefuses(t *testing.T) {
	for says, spoil := range map[string]func(*bench.Run){
		"":                         func(*bench.Run) {},
		"not complete":             func(r *bench.Run) { r.Validity.Complete = false },
		"it measured commit other": func(r *bench.Run) { r.Commit.SHA = "other" },
		"it measured commit ":      func(r *bench.Run) { r.Commit.SHA = "" },
		"compared with beef (re":   func(r *bench.Run) { r.Base.SHA = "beef" },
		"compared with cafe (bu":   func(r *bench.Run) { r.Base.Source = bench.SourceBundle },
		"compared with nothing":    func(r *bench.Run) { r.Base = nil },
		"another suite":            func(r *bench.Run) { r.Plan.Fingerprint = "beef" },
		"another kind of machine":  func(r *bench.Run) { r.Environment.CPUModel = "another" },
		"machine: 4 × A CPU":       func(r *bench.Run) { r.Environment.CPUs = 4 },
		"there are no rounds to":   func(r *bench.Run) { r.Rounds = nil },
	} {
		earlier := attempt(1, 8)
		spoil(&earlier)
		run := attempt(2, 6)
		got, err := pool(run, earlier)
		testenv.WantError(t, err, says)
		if err != nil && !reflect.DeepEqual(got, run) {
			t.Errorf("%s: the run is changed", says)
		}
	}
}

// TestAttempts: the newest that fits is taken, and what does not is said.
func TestAttempts(t *testing.T) {
	other := attempt(3, 5)
	other.Environment.CPUModel = "another"
	a := Attempts{Number: 4, SHA: "0123456789abcdef", Runs: []bench.Run{other, attempt(2, 6), attempt(1, 8)}, Notes: []string{"one cannot be read"}}
	run := attempt(0, 4)
	run.Commit.SHA = "a merge"
	got, notes := a.Pool(run)
	if got.Attempt != 4 || got.Commit.SHA != a.SHA || fmt.Sprint(got.Earlier) != "[{2 6}]" {
		t.Errorf("attempt %d of %s with %v", got.Attempt, got.Commit.SHA, got.Earlier)
	}
	if len(notes) != 2 || notes[0] != a.Notes[0] || !strings.Contains(notes[1], "attempt 3 do not count here: it ran on another kind of machine") {
		t.Errorf("notes %q", notes)
	}
	if none, notes := (Attempts{}).Pool(attempt(0, 4)); none.Attempt != 0 || none.Earlier != nil || len(notes) > 0 {
		t.Errorf("without others: %+v, %q", none.Earlier, notes)
	}
}
