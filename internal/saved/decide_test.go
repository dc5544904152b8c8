package saved

import (
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/history"
	"github.com/org/proxy-bench-action/testdata/recordtest"
)

// alone is a run of main, or a head that is compared with one.
func alone(rounds int) bench.Run {
	run := HeadOnly(recordtest.Run(rounds, recordtest.SSE10))
	run.Policy = new(bench.DefaultPolicy())
	return run
}

// TestStoredEvidence: what only head cannot do is a regression, what the base could
// not do or had no time for is said, and what head left out is no question.
func TestStoredEvidence(t *testing.T) {
	cell := recordtest.SSE10.ID()
	unable := bench.Unmeasured{Scenario: cell, Arm: bench.Head, Rounds: []int{1}, Requests: 4, Failed: 4, Class: bench.ErrStatus, Reason: "status 413"}
	without := func(r *bench.Run) { r.Rounds = nil }
	cannot := func(r *bench.Run) { r.Rounds, r.Unmeasured = nil, []bench.Unmeasured{unable} }
	nothing := func(*bench.Run) {}
	for name, c := range map[string]struct {
		base, head       func(*bench.Run)
		compared, unable int
		note             string
	}{
		"both can":         {nothing, nothing, 1, 0, ""},
		"only head cannot": {nothing, cannot, 1, 1, ""},
		"only base cannot": {cannot, nothing, 0, 0, "the base cannot do " + cell + ": status 413"},
		"neither can":      {cannot, cannot, 0, 0, "the base cannot do"},
		"base left it out": {without, nothing, 0, 0, "the stored run has no rounds of"},
		"head left it out": {nothing, without, 0, 0, ""},
	} {
		t.Run(name, func(t *testing.T) {
			base, head := alone(8), alone(8)
			c.base(&base)
			c.head(&head)
			e := storedEvidence(head, baseline.Baseline{Run: base})
			if len(e.Scenarios) != c.compared || len(e.Unable) != c.unable || e.Doubt+e.Unlike != "" {
				t.Errorf("%d compared, %d unable, doubt %q %q", len(e.Scenarios), len(e.Unable), e.Doubt, e.Unlike)
			}
			if notes := strings.Join(e.Notes, "\n"); !strings.Contains(notes, c.note) || (notes == "") != (c.note == "") {
				t.Errorf("notes %q", notes)
			}
		})
	}
}

// TestStoredDoubt: a machine of another kind and other requests are two doubts.
func TestStoredDoubt(t *testing.T) {
	for name, c := range map[string]struct {
		spoil         func(*bench.Run)
		doubt, unlike string
	}{
		"another CPU":    {func(r *bench.Run) { r.Environment.CPUModel = "X" }, "on another CPU: X, here A CPU", ""},
		"more CPUs":      {func(r *bench.Run) { r.Environment.CPUs = 64 }, "on 64 CPUs, here 2", ""},
		"another tool":   {func(r *bench.Run) { r.Tool.Version = "v2.0.0" }, "", "by proxy-bench v2.0.0, which measures otherwise"},
		"other requests": {func(r *bench.Run) { r.Plan.Fingerprint = "X" }, "", "another suite"},
	} {
		base := alone(8)
		c.spoil(&base)
		e := storedEvidence(alone(8), baseline.Baseline{Run: base})
		if !strings.Contains(e.Doubt, c.doubt) || !strings.Contains(e.Unlike, c.unlike) || (e.Doubt == "") != (c.doubt == "") || (e.Unlike == "") != (c.unlike == "") {
			t.Errorf("%s: doubt %q, unlike %q", name, e.Doubt, e.Unlike)
		}
	}
}

// TestPastFigures: every gated metric with a direct path has a history.
func TestPastFigures(t *testing.T) {
	stored := baseline.Baseline{Run: alone(8)}
	for range 3 {
		stored.History = history.Append(stored.History, alone(8))
	}
	past := storedEvidence(alone(8), stored).History[recordtest.SSE10.ID()]
	for _, m := range []bench.Metric{bench.TotalTypical, bench.FirstEventTypical, bench.TotalP95} {
		if len(past[m]) != 3 || !slices.Equal(past[m], slices.Repeat(past[m][:1], 3)) {
			t.Errorf("%s: %v", m, past[m])
		}
	}
	for what, change := range map[string]func(*bench.Run){
		"other suites":      func(r *bench.Run) { r.Plan.Fingerprint = "another" },
		"another program's": func(r *bench.Run) { r.Tool.Version = "v2.0.0" },
	} {
		other := alone(8)
		change(&other)
		if e := storedEvidence(other, stored); e.Unlike == "" || len(e.History) != 0 {
			t.Errorf("history of %s counts: %+v", what, e.History)
		}
	}
	later := alone(8)
	later.Environment.Kernel, stored.Run.Environment.Kernel = "6.17", "6.14"
	if e := storedEvidence(later, stored); e.Unlike+e.Doubt != "" || len(e.Notes) != 1 || !strings.Contains(e.Notes[0], "the kernel was 6.14 and is 6.17") {
		t.Errorf("%q %q, notes %q", e.Unlike, e.Doubt, e.Notes)
	}
}
