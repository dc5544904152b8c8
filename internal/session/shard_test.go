package session

import (
	"maps"
	"testing"

	"github.com/org/proxy-bench-action/internal/attempt"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/internal/shard"
)

// TestShards: shards measure the same plan with orders of their own, decide nothing, and
// are one gate together.
func TestShards(t *testing.T) {
	r := newRepository(t)
	r.commit()
	var all []shard.Named
	for _, part := range []string{"1/2", "2/2"} {
		earlier := bench.Run{Rounds: []bench.Round{{Round: 1}}}
		g := r.gate(BaseSources{Ref: "HEAD~1", RunID: "7", Attempts: attempt.Attempts{Number: 3, Runs: []bench.Run{earlier}}}, "measure.shard", part, "measure.same", "true")
		s := g.Run.Shard
		if s == nil || s.RunID != "7" || s.Attempt != 3 || s.By != bench.ByPairs || len(s.Suite) != len(g.Run.Scenarios) {
			t.Fatalf("%s: %+v", part, s)
		}
		if g.Verdict.Schema != "" || len(g.Run.Earlier) > 0 || len(g.Run.Rounds) == 0 || !g.Run.Plan.OneStage || g.Run.Policy == nil || len(g.Run.Facts) == 0 {
			t.Errorf("%s: verdict %q, earlier %v, %d rounds, %d facts", part, g.Verdict.Outcome, g.Run.Earlier, len(g.Run.Rounds), len(g.Run.Facts))
		}
		if sums := g.Run.Environment.BinarySHA256; len(sums[bench.Base]) != 64 || len(sums[bench.Head]) != 64 {
			t.Errorf("%s: digests %v", part, sums)
		}
		all = append(all, shard.Named{Name: part, Run: g.Run})
	}
	if a, b := all[0].Run.Environment.BinarySHA256, all[1].Run.Environment.BinarySHA256; !maps.Equal(a, b) {
		t.Errorf("the shards ran other gateways: %v and %v", a, b)
	}
	if all[0].Run.Seed == all[1].Run.Seed || all[0].Run.Plan.Fingerprint != all[1].Run.Plan.Fingerprint {
		t.Error("the shards have one order, or two plans")
	}
	run, _, err := shard.Merge(all, shard.Expect{RunID: "7", Commit: r.head})
	if err != nil || len(run.Merged.Machines) != 2 {
		t.Fatal(err)
	}
	if v := saved.Decide(run, nil); v.Outcome == bench.NoBaseline || v.Schema == "" {
		t.Errorf("merged: %s", v.Outcome)
	}
	r.says("shard 2/2 is measured and decides nothing")
}

// TestShardOfABrokenHead: what head fails in is a finding, and no shard that failed.
func TestShardOfABrokenHead(t *testing.T) {
	r := newRepository(t)
	r.gateway("lies", 10)
	r.commit()
	g := r.gate(BaseSources{Ref: "HEAD~1"}, "measure.shard", "1/1")
	run, problems, err := shard.Merge([]shard.Named{{Name: "it", Run: g.Run}}, shard.Expect{})
	if err != nil {
		t.Fatal(problems, err)
	}
	if v := saved.Decide(run, nil); v.Outcome != bench.Regression {
		t.Errorf("%s: %s", v.Outcome, v.Reason)
	}
}
