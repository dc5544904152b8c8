package session

import (
	"bytes"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/history"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/internal/trial"
	"github.com/org/proxy-bench-action/testdata/recordtest"
)

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
		stored.History = history.Append(stored.History, saved.HeadOnly(run))
	}
	r := Result{Run: run, Base: Base{Info: *run.Base, Stored: &stored}}
	c := r.Report(nil, nil).Context
	if len(c.History) != 5 || len(c.History[0].Overhead[recordtest.SSE10.ID()]) == 0 || len(c.Notes) > 0 {
		t.Errorf("context %+v", c)
	}
	run.Plan.Fingerprint = "another"
	r.Run = run
	if notes := r.Report(nil, nil).Context.Notes; len(notes) != 1 || !strings.Contains(notes[0], "another suite") || !strings.Contains(notes[0], "both builds were measured here, alike") {
		t.Errorf("notes %q", notes)
	}
	if c := r.Report(nil, nil).Context; len(c.History) > 0 {
		t.Errorf("the history of another suite is shown: %+v", c.History)
	}
	r.Base.Stored = nil
	r.Run.Environment.Toolchain = map[bench.Arm]string{bench.Base: "go1.25.1", bench.Head: "go1.26.0"}
	if notes := r.Report(nil, nil).Context.Notes; len(notes) != 1 || !strings.Contains(notes[0], "built by go1.25.1, head by go1.26.0") {
		t.Errorf("notes %q", notes)
	}
}

// TestLines: a round has one line, no count is above what was said before, and the next
// trial starts anew.
func TestLines(t *testing.T) {
	var b bytes.Buffer
	l := &Lines{W: &b}
	l.Group("measure")
	for _, p := range [][2]int{{1, 4}, {1, 4}, {2, 3}, {3, 4}} {
		l.Progress(trial.Progress{Unit: "round", Round: p[0], Rounds: p[1], Elapsed: 1400 * time.Millisecond, Remaining: time.Minute})
	}
	l.EndProgress()
	l.Progress(trial.Progress{Unit: "process pair", Round: 2})
	l.EndGroup()
	if want := "round 1 of at most 4, 1s gone, at most 1m0s left\nround 2 of at most 3, 1s gone, at most 1m0s left\nround 3 of at most 3, 1s gone, at most 1m0s left\nprocess pair 2, 0s gone, at most 0s left\n"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
}

// TestFailuresOf: requests of the direct path do not count.
func TestFailuresOf(t *testing.T) {
	f := saved.FailuresOf(bench.Run{Rounds: []bench.Round{
		{Arm: bench.Direct, Requests: 50, Errors: map[bench.ErrorClass]int{bench.ErrStatus: 50}},
		{Arm: bench.Base, Requests: 10},
		{Arm: bench.Head, Requests: 7, Errors: map[bench.ErrorClass]int{bench.ErrTimeout: 2, bench.ErrStatus: 1}},
	}})
	if f.Failed != 3 || f.Sent != 20 || f.String() != "3 of 20 requests through the gateway failed (status, timeout)" {
		t.Error(f)
	}
}
