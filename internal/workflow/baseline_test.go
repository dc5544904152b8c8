package workflow

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

// TestBaselineWorkflow: what leaves baselines may be another workflow, whose run may
// have failed for another job's sake.
func TestBaselineWorkflow(t *testing.T) {
	for input, found := range map[string]bool{"": false, "main.yml": true, "other.yml": false} {
		j := newJob(t)
		id := j.hub.AddRun(fakegithub.Run{SHA: j.base, Workflow: "main.yml", WorkflowID: 78, Conclusion: "failure"})
		j.hub.AddArtifact(fakegithub.Artifact{Run: id, Name: baselineArtifact, Zip: baselineZip(t, measured(t, "no_baseline"))})
		j.pulled(j.hub.ID)
		j.env["INPUT_BASELINE-WORKFLOW"] = input
		j.run(t.Context()).wants(t, host.ExitOK, "pass")
		if (j.asked.File != "") != found {
			t.Errorf("%q: asked for the base %+v", input, j.asked)
		}
		if want := "workflow " + map[string]string{"": "bench.yml", "other.yml": "other.yml"}[input] + " has not run on main yet"; !found && !strings.Contains(j.asked.Notes[0], want) {
			t.Errorf("%q: the notes lack %q: %q", input, want, j.asked.Notes)
		}
	}
	j := newJob(t)
	j.pulled(j.hub.ID)
	j.env["INPUT_BASELINE-WORKFLOW"] = "../main.yml"
	if e := j.run(t.Context()); e.code != host.ExitUsage || !strings.Contains(e.log, "is not the name of a file") {
		t.Errorf("exit status %d\n%s", e.code, e.log)
	}
}

// TestNoBaseline ends well, unless the workflow wants it otherwise. On main it always
// does: the first run has none.
func TestNoBaseline(t *testing.T) {
	for _, c := range []struct {
		failOn, conclusion string
		push               bool
		code               int
	}{
		{"", "neutral", false, host.ExitOK},
		{"regression,inconclusive", "neutral", false, host.ExitOK},
		{"regression,no-baseline", "failure", false, host.ExitInconclusive},
		{"regression,no-baseline", "neutral", true, host.ExitOK},
	} {
		j := newJob(t)
		j.pulled(j.hub.ID)
		if c.push {
			j.pushed("main")
		}
		j.env["INPUT_FAIL-ON"] = c.failOn
		j.gate = comesTo(t, "no_baseline")
		e := j.run(t.Context())
		e.wants(t, c.code, "no-baseline")
		if got := j.lastCheck().Conclusion; got != c.conclusion {
			t.Errorf("%+v: check %q", c, got)
		}
		if c.code != host.ExitOK && (!strings.Contains(e.log, "::error") || !strings.Contains(j.comment(), "set to fail without one")) {
			t.Errorf("%s\n%s", j.comment(), e.log)
		}
	}
}

// TestNeverABaseline: after ten runs of pull requests the report asks whether anything
// leaves baselines.
func TestNeverABaseline(t *testing.T) {
	for name, c := range map[string]struct {
		runs    int
		prepare func(*job)
		asks    bool
	}{
		"nine":          {9, func(*job) {}, false},
		"ten":           {10, func(*job) {}, true},
		"a run without": {10, func(j *job) { j.hub.AddRun(fakegithub.Run{SHA: j.base}) }, true},
		"there is one":  {30, func(j *job) { j.addBaseline(measured(j.t, "no_baseline")) }, false},
		"it has expired": {30, func(j *job) {
			j.hub.AddArtifact(fakegithub.Artifact{Run: j.hub.AddRun(fakegithub.Run{SHA: j.base}), Name: baselineArtifact, Expired: true})
		}, false},
		"nobody looks":       {30, func(j *job) { j.env["INPUT_BASELINE"] = "rebuild" }, false},
		"a push":             {30, func(j *job) { j.pushed("main") }, false},
		"it cannot be asked": {30, func(j *job) { j.hub.Inject(fakegithub.Failing("actions/list-workflow-runs", 404)) }, false},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJob(t)
			for range c.runs {
				j.hub.AddRun(fakegithub.Run{SHA: j.head, Event: "pull_request", Branch: "topic"})
			}
			j.pulled(j.hub.ID)
			c.prepare(j)
			e := j.run(t.Context())
			if e.code != host.ExitOK || strings.Contains(e.summary, "runs of pull requests: does workflow bench.yml run on pushes to main") != c.asks {
				t.Errorf("exit status %d\n%s", e.code, e.summary)
			}
		})
	}
}
