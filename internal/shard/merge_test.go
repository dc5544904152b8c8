package shard

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/testdata/recordtest"
)

var json1 = bench.Scenario{Mode: bench.JSON, Concurrency: 1, BodyBytes: 1 << 10}

// shards are those of one gate, each with some process pairs.
func shards(of, pairs int, by bench.ShardBy) []Named {
	suite := []bench.Scenario{recordtest.SSE10, json1}
	var all []Named
	for i := range of {
		spec := Spec{i + 1, of}
		own := suite
		if by == bench.ByScenarios {
			own = spec.Scenarios(suite)
		}
		run := recordtest.Run(pairs, own...)
		run.Seed = spec.Seed(1)
		run.Started = run.Started.Add(time.Duration(i) * time.Second)
		run.Base = &bench.BaseInfo{Source: bench.SourceRebuild, SHA: "ba5e"}
		run.Shard = &bench.Shard{Index: i + 1, Of: of, By: by, RunID: "77"}
		for _, s := range suite {
			run.Shard.Suite = append(run.Shard.Suite, bench.Cell{ID: s.ID(), Scenario: s})
		}
		run.Facts = []bench.Fact{{Behaviour: "streams", Arm: bench.Head, Process: 1, Seen: 1, Of: 1}}
		run.Work = []bench.Work{{Arm: bench.Head, Process: 1, Scenario: own[0].ID(), Instructions: []float64{1e5}}}
		run.Counting = &bench.Counting{Valgrind: "3.24", Arch: "amd64"}
		all = append(all, Named{Name: fmt.Sprintf("s%d/run.json", i+1), Run: run})
	}
	return all
}

// processesOf has the processes of head in a scenario, by machine.
func processesOf(run bench.Run, scenario string) map[int][]int {
	of := map[int][]int{}
	for _, r := range run.Rounds {
		if r.Arm == bench.Head && r.Scenario == scenario {
			of[r.Machine] = append(of[r.Machine], r.Process)
		}
	}
	return of
}

func TestMergeByPairs(t *testing.T) {
	run, problems, err := Merge(shards(3, 4, bench.ByPairs), Expect{})
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	if err := record.Validate(run); err != nil {
		t.Fatal(err)
	}
	seen := map[int]bool{}
	for machine, own := range processesOf(run, json1.ID()) {
		for _, p := range own {
			if seen[p] {
				t.Errorf("process %d of machine %d is another machine's as well", p, machine)
			}
			seen[p] = true
		}
	}
	if len(seen) != 12 || len(run.Facts) != 3 || len(run.Work) != 3 || len(run.Merged.Machines) != 3 || run.Merged.Machines[2].Pairs != 4 {
		t.Errorf("%d processes, %d facts, %d counts, machines %+v", len(seen), len(run.Facts), len(run.Work), run.Merged.Machines)
	}
	if !run.Plan.OneStage || run.Shard != nil || run.Plan.Rounds != 12 || len(run.Scenarios) != 2 || len(run.Looks) != 1 || run.Looks[0].Pairs != 12 {
		t.Errorf("plan %+v, looks %+v", run.Plan, run.Looks)
	}
}

// TestCountedUnlike: counts of machines that differ are not those of one.
func TestCountedUnlike(t *testing.T) {
	all := shards(3, 4, bench.ByPairs)
	run, _, err := Merge(all, Expect{})
	if err != nil || run.Counting == nil || run.Counting.Mixed {
		t.Fatalf("three alike: %+v, %v", run.Counting, err)
	}
	all[1].Run.Counting = &bench.Counting{Valgrind: "3.24", Arch: "amd64", Features: []string{"avx2"}}
	run, _, err = Merge(all, Expect{})
	if err != nil || !run.Counting.Mixed || run.Counting.Valgrind != "3.24" {
		t.Errorf("%+v, %v", run.Counting, err)
	}
	if all[0].Run.Counting.Mixed {
		t.Error("the shard's own run was changed")
	}
}

// TestMergeByScenarios: the first process pairs of all shards stand for one of the suite.
func TestMergeByScenarios(t *testing.T) {
	all := shards(2, 9, bench.ByScenarios)
	run, problems, err := Merge(all, Expect{})
	if err != nil || len(problems) > 0 {
		t.Fatal(problems, err)
	}
	if err := record.Validate(run); err != nil {
		t.Fatal(err)
	}
	a, b := processesOf(run, json1.ID()), processesOf(run, recordtest.SSE10.ID())
	if len(a) != 1 || len(b) != 1 || !slices.Equal(slices.Collect(maps.Values(a))[0], slices.Collect(maps.Values(b))[0]) {
		t.Errorf("processes %v and %v", a, b)
	}
	if run.Plan.Rounds != 9 || len(run.Facts) != 2 || run.Facts[0].Process == run.Facts[1].Process {
		t.Errorf("%d rounds, facts %+v", run.Plan.Rounds, run.Facts)
	}
	alone, problems, err := Merge(all[:1], Expect{})
	if err != nil || len(problems) != 1 || problems[0].Kind != bench.ShardMissing || len(alone.Scenarios) != 2 {
		t.Errorf("one of two: %v, %+v, %v", alone.Scenarios, problems, err)
	}
}

// TestProblems: what is wrong with a shard is said, and whether it counts.
func TestProblems(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(all []Named) []Named
		kind    bench.ProblemKind
		dropped bool
		text    string
	}{
		"missing": {func(all []Named) []Named { return slices.Delete(all, 1, 2) }, bench.ShardMissing, true, "shard 2/4 is missing: it has left no rounds"},
		"failed": {func(all []Named) []Named {
			all[1].Run.Validity.Complete, all[1].Run.Validity.Incomplete = false, "head: it exited with status 1"
			return all
		}, bench.ShardFailed, true, "shard 2/4 failed: head: it exited with status 1"},
		"twice": {func(all []Named) []Named {
			again := all[1]
			again.Name, again.Run.Started = "again/run.json", again.Run.Started.Add(time.Hour)
			return append([]Named{again}, all...)
		}, bench.ShardTwice, true, "shard 2/4 ran twice: again/run.json does not count, s2/run.json does"},
		"commit":    {func(all []Named) []Named { all[1].Run.Commit.SHA = "0ther"; return all }, bench.ShardCommit, true, "shard 2/4 measured commit 0ther, and most measured 0123456789ab"},
		"plan":      {func(all []Named) []Named { all[1].Run.Plan.Fingerprint = "cafe"; return all }, bench.ShardPlan, true, "shard 2/4 had another suite, other requests or other answers (plan cafe) than most (plan f00d)"},
		"tool":      {func(all []Named) []Named { all[1].Run.Tool.Version = "v2.0.0"; return all }, bench.ShardTool, true, "shard 2/4 was measured by proxy-bench v2.0.0, and most by proxy-bench v1.0.0"},
		"base":      {func(all []Named) []Named { all[1].Run.Base = nil; return all }, bench.ShardBase, true, "shard 2/4 was compared with nothing, and most with ba5e (rebuild)"},
		"saturated": {func(all []Named) []Named { all[1].Run.Validity.Foreign = 0.6; return all }, bench.ShardSaturated, true, "shard 2/4 ran on a machine of which other processes took 60 %"},
		"stolen":    {func(all []Named) []Named { all[1].Run.Validity.Steal = 0.2; return all }, bench.ShardSaturated, true, "shard 2/4 ran on a machine of which the hypervisor took 20 %"},
		"program": {func(all []Named) []Named {
			for i := range all {
				all[i].Run.Environment.BinarySHA256 = map[bench.Arm]string{bench.Head: "aa"}
			}
			all[1].Run.Environment.BinarySHA256 = map[bench.Arm]string{bench.Head: "bb"}
			return all
		}, bench.ShardProgram, false, "shard 2/4 ran another build of head than most, of the same commit"},
	} {
		run, problems, err := Merge(c.change(shards(4, 3, bench.ByPairs)), Expect{})
		if err != nil || len(problems) != 1 {
			t.Errorf("%s: %v, %v", name, problems, err)
			continue
		}
		if p := problems[0]; p.Shard != 2 || p.Kind != c.kind || p.Dropped != c.dropped || p.Text != c.text {
			t.Errorf("%s: %+v, want %q", name, p, c.text)
		}
		want := 4
		if c.dropped && name != "twice" {
			want = 3
		}
		if len(run.Merged.Machines) != want || len(run.Merged.Problems) != 1 || record.Validate(run) != nil {
			t.Errorf("%s: %d machines, want %d; %v", name, len(run.Merged.Machines), want, record.Validate(run))
		}
	}
}

// TestBuildsThatAreNotReproducible are no shard's problem: no half of the shards agrees. What
// differs from a half is, base and head at once.
func TestBuildsThatAreNotReproducible(t *testing.T) {
	for sums, want := range map[string]string{
		"aa aa aa": "",
		"aa bb cc": "",
		"aa aa":    "",
		"aa bb":    "",
		"aa - bb":  "",
		"aa - aa":  "",
		"bb aa aa": "shard 1/3 ran another build of base and head than most, of the same commit",
		"- aa aa":  "",
	} {
		all := shards(len(strings.Fields(sums)), 3, bench.ByPairs)
		for i, sum := range strings.Fields(sums) {
			if sum != "-" {
				all[i].Run.Environment.BinarySHA256 = map[bench.Arm]string{bench.Base: sum, bench.Head: sum + sum}
			}
		}
		run, problems, err := Merge(all, Expect{})
		if err != nil || len(run.Merged.Machines) != len(all) {
			t.Errorf("%s: %d machines, %v", sums, len(run.Merged.Machines), err)
		}
		got := ""
		for _, p := range problems {
			got += p.Text
		}
		if got != want {
			t.Errorf("%s: %q, want %q", sums, got, want)
		}
	}
}

// TestNothingIsMerged: what cannot be the shards of one gate is one line.
func TestNothingIsMerged(t *testing.T) {
	for name, c := range map[string]struct {
		change  func(all []Named) []Named
		expect  Expect
		mistake bool
		text    string
	}{
		"none":      {func([]Named) []Named { return nil }, Expect{}, true, "there is no shard to merge"},
		"no shard":  {func(all []Named) []Named { all[1].Run.Shard = nil; return all }, Expect{}, true, "s2/run.json is no shard"},
		"two runs":  {func(all []Named) []Named { all[1].Run.Shard.RunID = "78"; return all }, Expect{}, true, "s1/run.json and s2/run.json are shards of two runs, 77 and 78"},
		"two sizes": {func(all []Named) []Named { all[1].Run.Shard.Of = 5; return all }, Expect{}, true, "s1/run.json is one of 2 shards by pairs, s2/run.json one of 5 by pairs"},
		"other run": {func(all []Named) []Named { return all }, Expect{RunID: "9"}, true, "s1/run.json is a shard of run 77, not of 9"},
		"a lie":     {func(all []Named) []Named { all[1].Run.Commit.SHA = "fa15e"; return all }, Expect{Commit: "0123456789abcdef"}, false, "s2/run.json says it measured commit fa15e, and the shards are of 0123456789ab"},
		"no half":   {func(all []Named) []Named { all[1].Run.Commit.SHA = "fa15e"; return all }, Expect{}, false, "the shards differ in their commit, and no half of them agrees: s1/run.json has 0123456789abcdef, s2/run.json has fa15e"},
		"none left": {func(all []Named) []Named { all[0].Run.Validity.Complete = false; return all[:1] }, Expect{}, false, "no shard is left of 2: shard 1/2 failed"},
	} {
		_, _, err := Merge(c.change(shards(2, 2, bench.ByPairs)), c.expect)
		if err == nil || !strings.HasPrefix(err.Error(), c.text) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want %q", name, err, c.text)
		} else if _, is := errors.AsType[*Mistake](err); is != c.mistake {
			t.Errorf("%s: a mistake of the user's %v, want %v", name, is, c.mistake)
		}
	}
}

// TestAllSaturated: where no machine was better, all count and each is named.
func TestAllSaturated(t *testing.T) {
	all := shards(2, 2, bench.ByPairs)
	for i := range all {
		all[i].Run.Validity.Foreign = 0.7
	}
	run, problems, err := Merge(all, Expect{})
	if err != nil || len(problems) != 2 || problems[0].Dropped || len(run.Merged.Machines) != 2 ||
		problems[0].Text != "shard 1/2 ran on a machine of which other processes took 70 %, and no machine was better" {
		t.Errorf("%d machines, %+v, %v", len(run.Merged.Machines), problems, err)
	}
}

// TestAgain: a shard that failed and was run again counts as if it had never failed; one
// that was run again for nothing is a further look.
func TestAgain(t *testing.T) {
	for _, failed := range []bool{true, false} {
		all := shards(2, 4, bench.ByPairs)
		for i := range all {
			all[i].Run.Shard.Attempt = 1
		}
		again := all[1]
		again.Name, again.Run.Shard = "again/run.json", new(*again.Run.Shard)
		again.Run.Shard.Attempt = 2
		all[1].Run.Validity.Complete = !failed
		run, problems, err := Merge(append(all, again), Expect{})
		if err != nil || len(problems) > 0 {
			t.Fatal(problems, err)
		}
		machines, earlier := 2, 0
		if !failed {
			machines, earlier = 3, 1
		}
		if len(run.Merged.Machines) != machines || len(run.Earlier) != earlier || run.Attempt != 2 {
			t.Errorf("failed %v: %d machines, earlier %+v, attempt %d", failed, len(run.Merged.Machines), run.Earlier, run.Attempt)
		}
	}
}

// TestOrderDoesNotMatter: the same shards make the same run.
func TestOrderDoesNotMatter(t *testing.T) {
	all := shards(3, 2, bench.ByPairs)
	a, _, _ := Merge(all, Expect{})
	slices.Reverse(all)
	b, _, _ := Merge(all, Expect{})
	if fmt.Sprint(a.Rounds) != fmt.Sprint(b.Rounds) || a.Seed != b.Seed || a.Started != b.Started {
		t.Error("the order of the files changes the run")
	}
}

// TestWarnings: what only one machine warns of is said of that one.
func TestWarnings(t *testing.T) {
	all := shards(2, 2, bench.ByPairs)
	all[0].Run.Validity.Warnings = []string{"everywhere", "here"}
	all[1].Run.Validity.Warnings = []string{"everywhere"}
	run, _, _ := Merge(all, Expect{})
	if got := run.Validity.Warnings; !slices.Equal(got, []string{"everywhere", "shard 1/2: here"}) {
		t.Errorf("%q", got)
	}
}
