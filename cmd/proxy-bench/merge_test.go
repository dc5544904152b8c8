package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/testdata/recordtest"
)

// nineShards saves those of a gate with a suite as large as the default one, and returns
// their directory.
func nineShards(t testing.TB) string {
	t.Helper()
	var suite []bench.Scenario
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		for _, c := range []int{1, 10, 50} {
			for _, body := range []int{100, 1 << 10, 10 << 10, 100 << 10} {
				suite = append(suite, bench.Scenario{Mode: mode, Concurrency: c, BodyBytes: body})
			}
		}
	}
	dir := t.TempDir()
	for i := range 9 {
		run := recordtest.Run(15, suite...)
		run.Shard = &bench.Shard{Index: i + 1, Of: 9, By: bench.ByPairs, Suite: bench.Cells(suite)}
		run.Policy = new(bench.DefaultPolicy())
		part := filepath.Join(dir, fmt.Sprint(i+1))
		if err := os.Mkdir(part, 0o755); err != nil {
			t.Fatal(err)
		}
		if err := (record.Saved{Run: run}).Save(part); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// merged is what a merge took.
type merged struct{ wall, cpu, megabytes float64 }

// merge merges shards into a directory, by the program as scripts have it.
func merge(t testing.TB, shards, out string) merged {
	t.Helper()
	cmd := exec.Command("proxy-bench", "merge", shards, "--out", out)
	began := time.Now()
	if text, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, text)
	}
	wall := time.Since(began).Seconds()
	usage := cmd.ProcessState.SysUsage().(*syscall.Rusage)
	cpu := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime()
	return merged{wall, cpu.Seconds(), float64(usage.Maxrss) / 1024}
}

// mostMegabytes is how much memory a merge of nine shards may take. It does not depend on
// what else runs; the seconds do, and the measured tier judges them.
const mostMegabytes = 200

// TestMerge: nine shards of a default suite are merged in little memory, and what is left of
// them can be read again.
func TestMerge(t *testing.T) {
	out := t.TempDir()
	took := merge(t, nineShards(t), out)
	t.Logf("%.1f s, %.1f s of CPU time, %.0f MB", took.wall, took.cpu, took.megabytes)
	if took.megabytes > mostMegabytes {
		t.Errorf("it takes %.0f MB", took.megabytes)
	}
	if text, err := exec.Command("proxy-bench", "compare", filepath.Join(out, record.RunFile)).CombinedOutput(); err != nil {
		t.Errorf("decided again: %v\n%s", err, text)
	}
}

// BenchmarkMerge prints what a merge takes:
//
//	go test -run '^$' -bench Merge -benchtime 5x ./cmd/proxy-bench
func BenchmarkMerge(b *testing.B) {
	shards, out := nineShards(b), b.TempDir()
	var sum merged
	n := 0.0
	for b.Loop() {
		took := merge(b, shards, out)
		sum, n = merged{sum.wall + took.wall, sum.cpu + took.cpu, max(sum.megabytes, took.megabytes)}, n+1
	}
	b.ReportMetric(0, "ns/op")
	b.ReportMetric(sum.wall/n, "s/merge")
	b.ReportMetric(sum.cpu/n, "CPU-s/merge")
	b.ReportMetric(sum.megabytes, "MB")
}
