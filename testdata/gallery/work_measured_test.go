//go:build measured

package gallery

import (
	"math"
	"slices"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/work"
)

// TestMeasuredUpgradeWork: agentic-server 0.9.0 parses every body three times where 0.8.0
// does it twice. Its programs have no symbols.
func TestMeasuredUpgradeWork(t *testing.T) {
	program := build(t)
	base, head := named(t, "agentic-server-0.8.0"), named(t, "agentic-server-0.9.0")
	install(t, base)
	install(t, head)
	dir := t.TempDir()
	t.Logf("%s", ran(t, root, 0, program, "count", "--config", head.ConfigPath(), "--base-config", base.ConfigPath(), "--body", "100B,100KB", "--out", dir))
	run, _, err := record.ReadDirectory(dir, new(any))
	if err != nil {
		t.Fatal(err)
	}
	changes := work.Compare(run.Work, bench.DefaultWork)
	for scenario, want := range map[string]struct{ least, most float64 }{
		"json/c1/100B":  {0.08, 0.17}, // what malloc finds differs by some per cent between processes
		"json/c1/100KB": {0.43, 0.49},
		"sse/c1/100B":   {0.04, 0.09},
		"sse/c1/100KB":  {0.42, 0.48},
	} {
		i := slices.IndexFunc(changes, func(c bench.WorkChange) bool { return c.Scenario == scenario && c.What == bench.Instructions })
		if i < 0 {
			t.Errorf("%s: no change of instructions", scenario)
			continue
		}
		c := changes[i]
		t.Log(c.Scenario, c.Text)
		if grew := c.Head/c.Base - 1; grew < want.least || grew > want.most {
			t.Errorf("%s grew by %.3f", scenario, grew)
		}
		once := func(f bench.FunctionChange) bool {
			return f.Module == "agentic-server" && math.Abs(f.Head/f.Base-1.5) < 0.005
		}
		if scenario == "json/c1/100KB" && !slices.ContainsFunc(c.Functions, once) {
			t.Errorf("no function of three to two: %+v", c.Functions)
		}
	}
}
