package workflow

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

// forked is a job that publishes a result of a fork's pull request with files.
func forked(t *testing.T, files ...record.File) *job {
	t.Helper()
	j := newJob(t)
	j.pulled(stranger)
	j.finished(j.addResult(files...), stranger, "pull_request")
	return j
}

// TestPublish: decided again from the rounds, answered on the pull request that
// GitHub names, and the exit status fails nothing.
func TestPublish(t *testing.T) {
	run := measured(t, "regression")
	run.Commit.SHA = fakegithub.SHA("a lie")
	j := forked(t, runFile(t, run))
	e := j.run(t.Context())
	e.wants(t, host.ExitOK, "regression")
	if text := j.comment(); !strings.Contains(text, j.head[:7]) || strings.Contains(text, run.Commit.SHA[:7]) {
		t.Errorf("comment:\n%s", text)
	}
	if c := j.lastCheck(); c.Conclusion != "failure" {
		t.Errorf("check %q", c.Conclusion)
	}
	if e.summary == "" || e.outputs["comment-url"] == "" || e.outputs["baseline-sha"] == "" || j.opened.Log != nil {
		t.Errorf("outputs %v", e.outputs)
	}
}

// TestPublishByTheInputs: those of the publishing workflow win over what the run
// was measured for, and its label accepts.
func TestPublishByTheInputs(t *testing.T) {
	j := forked(t, runFile(t, measured(t, "regression")))
	j.env["INPUT_THRESHOLD"] = "900%"
	j.run(t.Context()).wants(t, host.ExitOK, "pass")

	j = forked(t, runFile(t, measured(t, "regression")))
	j.hub.SetLabels(pull, "accept-regression")
	j.run(t.Context()).wants(t, host.ExitOK, "regression")
	if c := j.lastCheck(); c.Conclusion != "neutral" {
		t.Errorf("check %q", c.Conclusion)
	}

	j = forked(t, runFile(t, measured(t, "regression")))
	j.env["INPUT_ALPHA"] = "much"
	if e := j.run(t.Context()); e.code != host.ExitUsage || !strings.Contains(e.log, "input alpha") {
		t.Errorf("exit status %d\n%s", e.code, e.log)
	}
}

// TestPublishStoredNumbers: a run that was compared with numbers is decided again
// with the baseline that it finds itself, not with any that the run brings.
func TestPublishStoredNumbers(t *testing.T) {
	run := measured(t, "no_baseline")
	run.Base = &bench.BaseInfo{Source: bench.SourceStored, SHA: fakegithub.SHA("x")}
	j := forked(t, runFile(t, run))
	if e := j.run(t.Context()); e.code != host.ExitFailed {
		t.Errorf("without a baseline: exit status %d\n%s", e.code, e.log)
	}
	j = forked(t, runFile(t, run))
	j.addBaseline(measured(t, "no_baseline"))
	if e := j.run(t.Context()); e.code != host.ExitOK || e.outputs["verdict"] == "" || e.outputs["verdict"] == "regression" {
		t.Errorf("exit status %d, outputs %v\n%s", e.code, e.outputs, e.log)
	}
}

// TestPublishFailure: what kept the run from a verdict is told.
func TestPublishFailure(t *testing.T) {
	context := func(text string) record.File { return record.File{Name: record.ContextFile, Content: []byte(text)} }
	for name, c := range map[string]struct {
		files []record.File
		says  string
	}{
		"a failed build":       {[]record.File{context(`{"Failure": {"Step": "building the gateway", "Message": "oh no"}}`)}, "oh no"},
		"failed while driving": {[]record.File{runFile(t, measured(t, "pass")), context(`{"Failure": {"Step": "driving the gateway", "Message": "it died"}}`)}, "it died"},
		"without a reason":     {[]record.File{{Name: "other.txt", Content: []byte("x")}}, "neither rounds nor a reason"},
	} {
		t.Run(name, func(t *testing.T) {
			j := forked(t, c.files...)
			j.run(t.Context()).wants(t, host.ExitOK, "failed")
			if text := j.comment(); !strings.Contains(text, c.says) {
				t.Errorf("the comment lacks %q:\n%s", c.says, text)
			}
		})
	}
}

// TestPublishRefuses: an artifact that is not what it says ends the step.
func TestPublishRefuses(t *testing.T) {
	for name, j := range map[string]*job{
		"a run that is none":     forked(t, record.File{Name: record.RunFile, Content: []byte(`{"schema": "proxy-bench/run/v1", "rounds": 7}`)}),
		"a context that is none": forked(t, record.File{Name: record.ContextFile, Content: []byte(`[]`)}),
	} {
		if e := j.run(t.Context()); e.code != host.ExitFailed || !strings.Contains(e.log, "::error::") || j.comment() != "" {
			t.Errorf("%s: exit status %d\n%s", name, e.code, e.log)
		}
	}
	j := forked(t, runFile(t, measured(t, "pass")))
	j.hub.Inject(fakegithub.Failing("actions/download-artifact", 404))
	if e := j.run(t.Context()); e.code != host.ExitFailed {
		t.Errorf("exit status %d\n%s", e.code, e.log)
	}
}

// TestNothingToPublish ends well, with a notice.
func TestNothingToPublish(t *testing.T) {
	for name, c := range map[string]struct {
		start func(*job)
		says  string
	}{
		"a push":                  {func(j *job) { j.finished(5, j.hub.ID, "push") }, "not by a pull request"},
		"no pull request":         {func(j *job) { j.finished(5, stranger, "pull_request") }, "::notice::"},
		"of the repository":       {func(j *job) { j.pulled(j.hub.ID); j.finished(5, j.hub.ID, "pull_request") }, "its own run could answer"},
		"a run that left nothing": {func(j *job) { j.pulled(stranger); j.finished(5, stranger, "pull_request") }, "has left no artifact"},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJob(t)
			c.start(j)
			if e := j.run(t.Context()); e.code != host.ExitOK || !strings.Contains(e.log, "::notice::") || !strings.Contains(e.log, c.says) || j.comment() != "" {
				t.Errorf("exit status %d\n%s", e.code, e.log)
			}
		})
	}
}

// TestWrongPublish is a mistake in the workflow.
func TestWrongPublish(t *testing.T) {
	for name, c := range map[string]struct {
		start func(*job)
		says  string
	}{
		"another event": {func(j *job) { j.pushed("main"); j.args = []string{"publish"} }, "use command: gate"},
		"no token":      {func(j *job) { j.finished(5, stranger, "pull_request"); j.env["INPUT_GITHUB-TOKEN"] = "" }, "needs the input github-token"},
	} {
		j := newJob(t)
		c.start(j)
		if e := j.run(t.Context()); e.code != host.ExitUsage || !strings.Contains(e.log, c.says) {
			t.Errorf("%s: exit status %d\n%s", name, e.code, e.log)
		}
	}
}
