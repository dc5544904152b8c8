package saved

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/shard"
	"github.com/org/proxy-bench-action/testdata/recordtest"
)

// written saves the shards of a gate and returns their directory.
func written(t *testing.T, of, pairs int, suite ...bench.Scenario) string {
	dir := t.TempDir()
	for i := range of {
		run := recordtest.Run(pairs, suite...)
		run.Shard = &bench.Shard{Index: i + 1, Of: of, By: bench.ByPairs, Suite: bench.Cells(suite)}
		run.Policy = new(bench.DefaultPolicy())
		part := filepath.Join(dir, fmt.Sprint(i+1), "deep")
		if err := record.PrepareDirectory(part); err != nil {
			t.Fatal(err)
		}
		if err := RunFiles(run).Save(part); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// TestShards: shards are found at any depth, once, and decide together.
func TestShards(t *testing.T) {
	dir := written(t, 3, 4, recordtest.SSE10)
	again := filepath.Join(dir, "1")
	shards, twice, err := Shards([]string{dir, again})
	if err != nil || len(shards) != 3 || !slices.Equal(twice, []string{filepath.Join(again, "deep", record.RunFile)}) {
		t.Fatal(len(shards), twice, err)
	}
	run, _, err := shard.Merge(shards, shard.Expect{})
	if err != nil {
		t.Fatal(err)
	}
	v := Decide(run, nil)
	if len(v.Comparisons) == 0 || v.Comparisons[0].Pairs != 12 || len(v.Comparisons[0].Machines) != 3 {
		t.Errorf("%+v", v.Comparisons[:min(1, len(v.Comparisons))])
	}
}

func TestShardsThatCannotBeRead(t *testing.T) {
	dir := written(t, 1, 1, recordtest.SSE10)
	file := filepath.Join(dir, "1", "deep", record.RunFile)
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ content, says string }{
		"cut":     {string(text[:len(text)/2]), "cut short"},
		"no part": {strings.Replace(string(text), `"index": 1`, `"index": 7`, 1), "7 of 1 is no shard"},
	} {
		if err := os.WriteFile(file, []byte(c.content), 0o644); err != nil {
			t.Fatal(err)
		}
		_, _, err := Shards([]string{dir})
		if err == nil || !host.IsUsage(err) || !strings.Contains(err.Error(), c.says) || !strings.Contains(err.Error(), file) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, _, err := Shards([]string{filepath.Join(dir, "nowhere")}); !host.IsUsage(err) || !strings.Contains(err.Error(), "nowhere: name what gate --shard") {
		t.Error(err)
	}
}
