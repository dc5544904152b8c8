package saved

import (
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/testdata/recordtest"
)

// TestReadReport: a directory gives back the verdict that it was saved with, a
// file of rounds the one that follows from them.
func TestReadReport(t *testing.T) {
	t.Chdir(t.TempDir())
	run := recordtest.Run(8, recordtest.SSE10)
	run.Base = &bench.BaseInfo{Source: bench.SourceBundle, SHA: "abc"}
	run.Policy = new(bench.DefaultPolicy())
	r := report.Report{Run: run, Verdict: Decide(run, nil), Context: report.Context{FailOn: []bench.Outcome{bench.Regression}}}
	if err := os.Mkdir("out", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Files(report.Once(r)).Save("out"); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"out", "out/" + record.RunFile} {
		got, err := Report(path)
		if err != nil || got.Verdict.Outcome != r.Verdict.Outcome || len(got.Run.Rounds) != len(run.Rounds) {
			t.Errorf("%s: %s, %v; want %s", path, got.Verdict.Outcome, err, r.Verdict.Outcome)
		}
		if path == "out" && len(got.Context.FailOn) != 1 {
			t.Errorf("context %+v", got.Context)
		}
	}
	if err := os.Remove("out/" + record.VerdictFile); err != nil {
		t.Fatal(err)
	}
	if got, err := Report("out"); err != nil || got.Verdict.Outcome != r.Verdict.Outcome {
		t.Errorf("without a verdict: %s, %v", got.Verdict.Outcome, err)
	}
	if err := os.WriteFile("out/"+record.RunFile, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"missing", "out", "out/" + record.RunFile} {
		if _, err := Report(path); !host.IsUsage(err) {
			t.Errorf("%s: error %v", path, err)
		}
	}
}

// TestRunOfAStoredBase has no base in it, and no stored numbers beside it.
func TestRunOfAStoredBase(t *testing.T) {
	t.Chdir(t.TempDir())
	run := HeadOnly(recordtest.Run(2, recordtest.SSE10))
	run.Base = &bench.BaseInfo{Source: bench.SourceStored, SHA: "abc"}
	if err := RunFiles(run).Save("."); err != nil {
		t.Fatal(err)
	}
	if got, err := Report(record.RunFile); err != nil || got.Verdict.Outcome != bench.NoBaseline {
		t.Errorf("outcome %s, %v", got.Verdict.Outcome, err)
	}
}

// TestRunWithoutABase is measured and not judged: its report has no outcome, and
// the run is as it was
func TestRunWithoutABase(t *testing.T) {
	t.Chdir(t.TempDir())
	run := HeadOnly(recordtest.Run(2, recordtest.SSE10))
	if err := RunFiles(run).Save("."); err != nil {
		t.Fatal(err)
	}
	if got, err := Report("."); err != nil || got.Verdict.Outcome != "" || got.Run.Policy != nil {
		t.Errorf("outcome %q, policy %v, %v", got.Verdict.Outcome, got.Run.Policy, err)
	}
}

// TestRounds: a directory that --out has written is as good as its run.json.
func TestRounds(t *testing.T) {
	t.Chdir(t.TempDir())
	if _, err := Rounds("."); err == nil || !strings.Contains(err.Error(), record.RunFile) {
		t.Errorf("an empty directory: %v", err)
	}
	if err := RunFiles(recordtest.Run(2, recordtest.SSE10)).Save("."); err != nil {
		t.Fatal(err)
	}
	file, err := Rounds(record.RunFile)
	if err != nil {
		t.Fatal(err)
	}
	if directory, err := Rounds("."); err != nil || !reflect.DeepEqual(directory, file) {
		t.Errorf("a directory is read otherwise than its %s: %v", record.RunFile, err)
	}
}

// TestRunWithoutAPolicy is decided by the default one.
func TestRunWithoutAPolicy(t *testing.T) {
	t.Chdir(t.TempDir())
	run := recordtest.Run(2, recordtest.SSE10)
	if err := RunFiles(run).Save("."); err != nil {
		t.Fatal(err)
	}
	if got, err := Report(record.RunFile); err != nil || !reflect.DeepEqual(*got.Run.Policy, bench.DefaultPolicy()) {
		t.Errorf("policy %+v, %v", got.Run.Policy, err)
	}
}

// TestDecideBy: what is said now wins over what the run was saved with.
func TestDecideBy(t *testing.T) {
	run := recordtest.Run(2, recordtest.SSE10)
	run.Policy = new(bench.DefaultPolicy())
	run.Policy.Alpha = 0.05
	fails, err := DecideBy(&run, config.Sources{Saved: run.Policy, Overrides: []config.Override{
		{Path: "gate.threshold", Value: "30%", Origin: "--threshold"}, {Path: "gate.fail_on", Value: "regression,inconclusive", Origin: "--fail-on"},
	}})
	if err != nil || run.Policy.Alpha != 0.05 || run.Policy.Threshold != 0.3 || len(fails) != 2 {
		t.Errorf("policy %+v, fails on %v, %v", run.Policy, fails, err)
	}
	if _, err := DecideBy(&run, config.Sources{Overrides: []config.Override{{Path: "gate.alpha", Value: "much", Origin: "--alpha"}}}); !host.IsUsage(err) {
		t.Errorf("error %v", err)
	}
}
