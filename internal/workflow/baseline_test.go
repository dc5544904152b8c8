package workflow

import (
	"bytes"
	"context"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/session"
	"github.com/org/proxy-bench-action/internal/spread"
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

// leave adds a baseline of base with an identity, nil for that of an older program.
func (j *job) leave(identity *baseline.Identity) {
	j.t.Helper()
	var b bytes.Buffer
	r := session.Result{Run: measured(j.t, "no_baseline"), Identity: identity}
	if err := session.WriteBaseline(&b, r, headGateway, &session.Lines{W: &strings.Builder{}}); err != nil {
		j.t.Fatal(err)
	}
	id := j.hub.AddRun(fakegithub.Run{SHA: j.base})
	j.hub.AddArtifact(fakegithub.Artifact{Run: id, Name: baselineArtifact, Zip: b.Bytes()})
}

// TestBaselineOfAnotherGateway is refused with the reason, and the base commit is built
// instead. One that does not say whose it is counts, with a note.
func TestBaselineOfAnotherGateway(t *testing.T) {
	for name, c := range map[string]struct {
		left *baseline.Identity
		used bool
		note string
	}{
		"the same":          {&baseline.Identity{Repository: 1000, Directory: "services/b"}, true, ""},
		"another directory": {&baseline.Identity{Repository: 1000, Directory: "services/a"}, false, "the baseline is of the gateway in services/a without a key, this is the gateway in services/b"},
		"another key":       {&baseline.Identity{Directory: "services/b", Key: "x"}, false, "with the key x, this is the gateway in services/b without a key"},
		"moved elsewhere":   {&baseline.Identity{Repository: 7, Directory: "services/b"}, false, "is of repository 7"},
		"shared":            {&baseline.Identity{Directory: "services/b", Shared: true}, false, "set the input key"},
		"older":             {nil, true, "does not say which gateway it is of"},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJob(t)
			if j.hub.ID != 1000 {
				t.Fatalf("the repository's id is %d", j.hub.ID)
			}
			j.leave(c.left)
			j.pulled(j.hub.ID)
			j.write("services/b/"+session.DefaultConfig, "version: 1\ngateway: {start: ./gateway}\n")
			j.env["INPUT_WORKING-DIRECTORY"] = "services/b"
			j.run(t.Context()).wants(t, host.ExitOK, "pass")
			notes := strings.Join(j.asked.Notes, "\n")
			if (j.asked.File != "") != c.used || !strings.Contains(notes, c.note) || (notes == "") != (c.note == "") || j.asked.Ref != j.base {
				t.Errorf("asked for the base %+v", j.asked)
			}
		})
	}
}

// leftIdentity is that of the baseline in the store.
func (j *job) leftIdentity() *baseline.Identity {
	j.t.Helper()
	j.store.mu.Lock()
	content := j.store.artifacts[spread.Keyed(baselineArtifact, j.env["INPUT_KEY"])]
	j.store.mu.Unlock()
	b, _, err := baseline.Open(content, baseline.DefaultLimits())
	if err != nil {
		j.t.Fatal(err)
	}
	return b.Identity
}

// TestMatrixWithoutAKey: jobs of one run that leave baselines under one name are told to
// set a key, and what they leave is used by nobody: it may be of another job. With a key
// they are kept apart.
func TestMatrixWithoutAKey(t *testing.T) {
	j := newJob(t)
	j.pushed("main")
	j.gate = comesTo(t, "no_baseline")
	for i, leg := range []string{"one", "two", "three"} {
		j.env["ACTIONS_RUNTIME_TOKEN"] = tokenOf(leg)
		e := j.run(t.Context())
		e.wants(t, host.ExitOK, "no-baseline")
		if clash := i > 0; strings.Contains(e.log, "::error::Several jobs of this run leave the baseline proxy-bench-baseline") != clash || j.leftIdentity().Shared != clash {
			t.Errorf("job %s left %+v\n%s", leg, j.leftIdentity(), e.log)
		}
	}
	j.env["INPUT_KEY"] = "three"
	e := j.run(t.Context())
	if got := j.leftIdentity(); got.Shared || got.Key != "three" || got.Directory != "." || got.Repository != j.hub.ID || strings.Contains(e.log, "::error") {
		t.Errorf("with a key: %+v\n%s", got, e.log)
	}
	j.pulled(j.hub.ID)
	j.env["ACTIONS_RUNTIME_TOKEN"] = tokenOf("four")
	if e := j.run(t.Context()); !strings.Contains(e.log, "::warning::another job of this run has left proxy-bench-result-three") {
		t.Errorf("the result of another job is replaced in silence:\n%s", e.log)
	}
}

// TestRepeatedJobLeavesItsBaseline: the service takes an earlier attempt for another
// job, so what it has left tells whether it was one.
func TestRepeatedJobLeavesItsBaseline(t *testing.T) {
	for name, c := range map[string]struct {
		left   baseline.Identity
		start  string
		shared bool
	}{
		"its own":                {baseline.Identity{Attempt: 1}, "./gateway", false},
		"another job's":          {baseline.Identity{Attempt: 1}, "./other", true},
		"of this attempt":        {baseline.Identity{Attempt: 2}, "./gateway", true},
		"shared by two as it is": {baseline.Identity{Attempt: 1, Shared: true}, "./gateway", true},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJob(t)
			j.pushed("main")
			j.gate = comesTo(t, "no_baseline")
			j.run(t.Context()) // by another job, as the service has it
			var b bytes.Buffer
			r := session.Result{Run: measured(t, "no_baseline"), Identity: &c.left}
			if err := session.WriteBaseline(&b, r, bench.Recipe{Start: c.start}, &session.Lines{W: &strings.Builder{}}); err != nil {
				t.Fatal(err)
			}
			j.hub.AddArtifact(fakegithub.Artifact{Run: 4711, Name: baselineArtifact, Zip: b.Bytes()})
			j.env["GITHUB_RUN_ATTEMPT"], j.env["ACTIONS_RUNTIME_TOKEN"] = "2", tokenOf("again")
			e := j.run(t.Context())
			if got := j.leftIdentity(); got.Shared != c.shared || got.Attempt != 2 || strings.Contains(e.log, "::error") != c.shared {
				t.Errorf("left %+v\n%s", got, e.log)
			}
		})
	}
}

// TestCancelledPush leaves no baseline, complete as its rounds may look.
func TestCancelledPush(t *testing.T) {
	j := newJob(t)
	j.pushed("main")
	ctx, cancel := context.WithCancel(t.Context())
	j.gate = func(context.Context, session.BaseSources) (session.Result, error) {
		cancel()
		return session.Result{Run: measured(t, "no_baseline")}, host.ErrInterrupted
	}
	j.run(ctx).wants(t, host.ExitInterrupted, "failed")
	if len(j.store.files(t, baselineArtifact)) > 0 {
		t.Error("a baseline was left")
	}
}
