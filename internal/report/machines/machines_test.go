package machines

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report/document"
)

func merged(problems ...bench.ShardProblem) bench.Run {
	return bench.Run{Merged: &bench.Merged{
		Of: 9, By: bench.ByPairs, Problems: problems,
		Machines: []bench.Machine{{Shard: 1, Pairs: 15, Elapsed: 240, Environment: bench.Environment{CPUs: 4, CPUModel: "a CPU"}}, {Shard: 3, Attempt: 2, Pairs: 12}},
	}}
}

func problem(shard int, kind bench.ProblemKind) bench.ShardProblem {
	return bench.ShardProblem{Shard: shard, Kind: kind, Text: "shard " + string(kind), Dropped: kind != bench.ShardProgram}
}

func TestLead(t *testing.T) {
	for want, run := range map[string]bench.Run{
		"":                     merged(),
		"shard 2/9 is missing": merged(problem(2, bench.ShardMissing)),
		"of 9 shards 2 and 4 are missing, 7 failed":            merged(problem(2, bench.ShardMissing), problem(4, bench.ShardMissing), problem(7, bench.ShardFailed)),
		"of 9 shards 1, 2, 3, 4 and 2 more had a busy machine": merged(problem(1, bench.ShardSaturated), problem(2, bench.ShardSaturated), problem(3, bench.ShardSaturated), problem(4, bench.ShardSaturated), problem(5, bench.ShardSaturated), problem(6, bench.ShardSaturated)),
	} {
		if got := Lead(run); got != want {
			t.Errorf("%q, want %q", got, want)
		}
	}
	if got := Lead(bench.Run{}); got != "" {
		t.Errorf("a run of one machine has the lead %q", got)
	}
	for _, kind := range bench.ProblemKinds() {
		if short[kind] == "" {
			t.Errorf("nothing is said of %s", kind)
		}
	}
}

func TestSection(t *testing.T) {
	if s := Section(bench.Run{}); !s.Empty() {
		t.Errorf("a run of one machine has %+v", s)
	}
	whole, broken := Section(merged()), Section(merged(problem(2, bench.ShardMissing), problem(4, bench.ShardProgram)))
	if whole.Rank != document.Folded || broken.Rank != document.Always {
		t.Errorf("ranks %v and %v", whole.Rank, broken.Rank)
	}
	var items, rows []string
	for _, b := range broken.Blocks {
		switch b := b.(type) {
		case document.List:
			for _, i := range b.Items {
				items = append(items, i.Text)
			}
		case document.Table:
			for _, r := range b.Rows {
				rows = append(rows, r.Cells[0].Text+" "+r.Cells[1].Text)
			}
		}
	}
	if got := strings.Join(items, "; "); got != "shard missing; shard program (it counts)" {
		t.Errorf("problems %q", got)
	}
	if got := strings.Join(rows, "; "); got != "1/9 15; 3/9, attempt 2 12" {
		t.Errorf("machines %q", got)
	}
}
