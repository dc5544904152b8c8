package saved

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/shard"
	"github.com/org/proxy-bench-action/testdata/recordtest"
)

// written saves the shards of a gate and returns their directory.
func written(t testing.TB, of, pairs int, suite ...bench.Scenario) string {
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

// BenchmarkMerge reads nine shards of a suite as large as the default one, decides, and
// builds the report with its page.
func BenchmarkMerge(b *testing.B) {
	var suite []bench.Scenario
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		for _, c := range []int{1, 10, 50} {
			for _, body := range []int{100, 1 << 10, 10 << 10, 100 << 10} {
				suite = append(suite, bench.Scenario{Mode: mode, Concurrency: c, BodyBytes: body})
			}
		}
	}
	dir := written(b, 9, 15, suite...)
	for b.Loop() {
		began := time.Now()
		shards, _, err := Shards([]string{dir})
		if err != nil {
			b.Fatal(err)
		}
		run, _, err := shard.Merge(shards, shard.Expect{})
		if err != nil {
			b.Fatal(err)
		}
		files, err := Files(report.Report{Run: run, Verdict: Decide(run, nil)}).Files()
		if err != nil || len(files) < 4 {
			b.Fatal(len(files), err)
		}
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		b.ReportMetric(time.Since(began).Seconds(), "s/merge")
		b.ReportMetric(float64(m.Sys)/(1<<20), "MB-of-the-system")
	}
}
