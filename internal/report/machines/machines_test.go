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
	if s := Section(bench.Run{}, bench.Verdict{}); !s.Empty() {
		t.Errorf("a run of one machine has %+v", s)
	}
	whole, broken := Section(merged(), bench.Verdict{}), Section(merged(problem(2, bench.ShardMissing), problem(4, bench.ShardProgram)), bench.Verdict{})
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

// TestBuilds: builds that no two shards have in common are said once, and in no headline.
func TestBuilds(t *testing.T) {
	for sums, want := range map[string]bool{"aa bb": true, "aa aa": false, "aa -": false} {
		run := merged()
		for i, sum := range strings.Fields(sums) {
			if sum != "-" {
				run.Merged.Machines[i].Environment.BinarySHA256 = map[bench.Arm]string{bench.Head: sum}
			}
		}
		said := 0
		for _, b := range Section(run, bench.Verdict{}).Blocks {
			if p, ok := b.(document.Paragraph); ok && strings.HasPrefix(p.Text, "2 shards ran 2 different builds of head, of one commit") {
				said++
			}
		}
		if (said == 1) != want || Lead(run) != "" {
			t.Errorf("%s: said %d times, the headline %q", sums, said, Lead(run))
		}
	}
}

// TestEstimates: each machine's change stands beside the whole, and whether they agree.
func TestEstimates(t *testing.T) {
	json := bench.Scenario{Mode: bench.JSON, Concurrency: 1, BodyBytes: 1024}
	at := func(shift, p float64, machines ...float64) bench.Comparison {
		c := bench.Comparison{Scenario: json.ID(), Metric: bench.LatencyTypical, Gated: true, Shift: &shift, ShiftCI: &bench.Interval{shift - 0.01, shift + 0.01}, Disagree: &bench.Disagreement{Q: 30, DF: 1, P: p}}
		for i, m := range machines {
			c.Machines = append(c.Machines, bench.MachineShift{Machine: i + 1, Pairs: 9, Shift: &m})
		}
		return c
	}
	run := merged()
	run.Scenarios = bench.Cells([]bench.Scenario{json})
	for name, c := range map[string]struct {
		c    bench.Comparison
		says string
		rank document.Rank
	}{
		"agree":  {at(0.05, 0.4, 0.04, 0.06), "The machines agree: in none of 1 comparison", document.Folded},
		"differ": {at(0.05, 1e-6, -0.01, 0.11), "-1 % to +11 %, Q 30.0 with 1 degrees of freedom, p 1e-06", document.Always},
	} {
		s := Section(run, bench.Verdict{Comparisons: []bench.Comparison{c.c}})
		var said []string
		var cells []string
		for _, b := range s.Blocks {
			switch b := b.(type) {
			case document.Paragraph:
				said = append(said, b.Text)
			case document.List:
				for _, i := range b.Items {
					said = append(said, i.Text)
				}
			case document.Table:
				if b.Caption != "" {
					for _, cell := range b.Rows[0].Cells {
						cells = append(cells, cell.Text)
					}
				}
			}
		}
		if !strings.Contains(strings.Join(said, "; "), c.says) || s.Rank != c.rank {
			t.Errorf("%s: rank %v, %q lacks %q", name, s.Rank, said, c.says)
		}
		want := "json/c1/1KB latency +5.0 +4.0 to +6.0 "
		if name == "agree" {
			want += "+4.0 +6.0"
		} else {
			want += "-1.0 +11.0"
		}
		if got := strings.Join(cells, " "); got != want {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
}
