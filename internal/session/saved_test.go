package session

import (
	"bytes"
	"os"
	"reflect"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/history"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/trial"
	"github.com/org/proxy-bench-action/testdata/recordtest"
)

// TestReadReport: a directory gives back the verdict that it was saved with, a
// file of rounds the one that follows from them.
func TestReadReport(t *testing.T) {
	t.Chdir(t.TempDir())
	run := recordtest.Run(8, recordtest.SSE10)
	run.Base = &bench.BaseInfo{Source: bench.SourceBundle, SHA: "abc"}
	run.Policy = new(bench.DefaultPolicy())
	r := Result{Run: run, Base: Base{Info: *run.Base}, Verdict: Decide(run, nil)}.Report([]bench.Outcome{bench.Regression}, nil)
	if err := os.Mkdir("out", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := Saved(r).Save("out"); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"out", "out/" + record.RunFile} {
		got, err := ReadReport(path)
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
	if got, err := ReadReport("out"); err != nil || got.Verdict.Outcome != r.Verdict.Outcome {
		t.Errorf("without a verdict: %s, %v", got.Verdict.Outcome, err)
	}
	if err := os.WriteFile("out/"+record.RunFile, []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, path := range []string{"missing", "out", "out/" + record.RunFile} {
		if _, err := ReadReport(path); !host.IsUsage(err) {
			t.Errorf("%s: error %v", path, err)
		}
	}
}

// TestRunOfAStoredBase has no base in it, and no stored numbers beside it.
func TestRunOfAStoredBase(t *testing.T) {
	t.Chdir(t.TempDir())
	run := headOnly(recordtest.Run(2, recordtest.SSE10))
	run.Base = &bench.BaseInfo{Source: bench.SourceStored, SHA: "abc"}
	if err := SavedRun(run).Save("."); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadReport(record.RunFile); err != nil || got.Verdict.Outcome != bench.NoBaseline {
		t.Errorf("outcome %s, %v", got.Verdict.Outcome, err)
	}
}

// TestRunWithoutABase is measured and not judged: its report has no outcome, and
// the run is as it was saved.
func TestRunWithoutABase(t *testing.T) {
	t.Chdir(t.TempDir())
	run := headOnly(recordtest.Run(2, recordtest.SSE10))
	if err := SavedRun(run).Save("."); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadReport("."); err != nil || got.Verdict.Outcome != "" || got.Run.Policy != nil {
		t.Errorf("outcome %q, policy %v, %v", got.Verdict.Outcome, got.Run.Policy, err)
	}
}

// TestRunWithoutAPolicy is decided by the default one.
func TestRunWithoutAPolicy(t *testing.T) {
	t.Chdir(t.TempDir())
	run := recordtest.Run(2, recordtest.SSE10)
	if err := SavedRun(run).Save("."); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadReport(record.RunFile); err != nil || !reflect.DeepEqual(*got.Run.Policy, bench.DefaultPolicy()) {
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

// TestLoadConfig: a file that was named has to be there.
func TestLoadConfig(t *testing.T) {
	t.Chdir(t.TempDir())
	start := config.Override{Path: "gateway.start", Value: "bin/gw", Origin: "--start"}
	if _, err := LoadConfig(config.ForMeasuring, "", []config.Override{start}); err != nil {
		t.Errorf("without a file: %v", err)
	}
	for path, says := range map[string]string{"missing.yml": "missing.yml", "": "gateway.start"} {
		if _, err := LoadConfig(config.ForMeasuring, path, nil); !host.IsUsage(err) || !strings.Contains(err.Error(), says) {
			t.Errorf("%q: error %v", path, err)
		}
	}
	if err := os.WriteFile("go.mod", nil, 0o644); err != nil {
		t.Fatal(err)
	}
	if c, err := LoadConfig(config.ForMeasuring, "", []config.Override{start}); err != nil || c.Gateway.Build != "go build -o bin/ ./..." {
		t.Errorf("build line %q, %v", c.Gateway.Build, err)
	}
}

// TestHistory: what the baseline knows of main is shown, and where main has
// drifted.
func TestHistory(t *testing.T) {
	run := recordtest.Run(4, recordtest.SSE10)
	run.Policy = new(bench.DefaultPolicy())
	run.Base = &bench.BaseInfo{Source: bench.SourceBundle}
	stored := baseline.Baseline{Run: run}
	for i := range 5 {
		run.Commit.SHA = strings.Repeat(strconv.Itoa(i), 40)
		stored.History = history.Append(stored.History, headOnly(run))
	}
	r := Result{Run: run, Base: Base{Info: *run.Base, Stored: &stored}}
	c := r.Report(nil, nil).Context
	if len(c.History) != 5 || len(c.History[0].Overhead[recordtest.SSE10.ID()]) == 0 || len(c.Notes) > 0 {
		t.Errorf("context %+v", c)
	}
	run.Plan.Fingerprint = "another"
	r.Run = run
	if notes := r.Report(nil, nil).Context.Notes; len(notes) != 1 || !strings.Contains(notes[0], "another suite") || !strings.Contains(notes[0], "history of main only") {
		t.Errorf("notes %q", notes)
	}
	e := storedEvidence(run, stored)
	if e.Unlike == "" || len(e.History) != 0 {
		t.Errorf("history of other suites counts: %+v", e.History)
	}
}

// TestLines: a round has one line, and the next trial starts anew.
func TestLines(t *testing.T) {
	var b bytes.Buffer
	l := &Lines{W: &b}
	l.Group("measure")
	for _, round := range []int{1, 1, 2} {
		l.Progress(trial.Progress{Unit: "round", Round: round, Rounds: 2, Elapsed: 1400 * time.Millisecond, Remaining: time.Minute})
	}
	l.EndProgress()
	l.Progress(trial.Progress{Unit: "process pair", Round: 2})
	l.EndGroup()
	if want := "round 1 of 2, 1s gone, 1m0s left\nround 2 of 2, 1s gone, 1m0s left\nprocess pair 2, 0s gone, 0s left\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

// TestFailuresOf: requests of the direct path do not count.
func TestFailuresOf(t *testing.T) {
	f := FailuresOf(bench.Run{Rounds: []bench.Round{
		{Arm: bench.Direct, Requests: 50, Errors: map[bench.ErrorClass]int{bench.ErrStatus: 50}},
		{Arm: bench.Base, Requests: 10},
		{Arm: bench.Head, Requests: 7, Errors: map[bench.ErrorClass]int{bench.ErrTimeout: 2, bench.ErrStatus: 1}},
	}})
	if f.Failed != 3 || f.Sent != 20 || f.String() != "3 of 20 requests through the gateway failed ([status timeout])" {
		t.Error(f)
	}
}
