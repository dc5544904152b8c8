package workflow

import (
	"fmt"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/session"
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
	if c := j.lastCheck(); c.Conclusion != "failure" || c.Name != "proxy-bench verdict" {
		t.Errorf("check %q: %q", c.Name, c.Conclusion)
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

// TestPublishByTheRepository: what fails is what the repository has set in its base
// commit, not what the run says of its policy; and what the fork has changed is named.
func TestPublishByTheRepository(t *testing.T) {
	const head = "version: 1\ngateway: {start: ./gateway}\n"
	for _, c := range []struct {
		name       string
		base, head string // files; empty: none
		inputs     map[string]string
		spoil      func(*job)
		verdict    string
		conclusion string
		says       string // in the comment
		logs       string
	}{
		{"reports only", head + "gate: {fail_on: [never]}\n", head + "gate: {fail_on: [never]}\n", nil, nil, "regression", "neutral", "", ""},
		{"fails", head, head, nil, nil, "regression", "failure", "", ""},
		{"a threshold of its own", head + "gate: {threshold: 900%}\n", head + "gate: {threshold: 900%}\n", nil, nil, "pass", "success", "", ""},
		{"one that the fork changes", head + "gate: {threshold: 20%}\n", head + "gate: {threshold: 900%}\n", nil, nil, "regression", "failure", "gate.threshold: 900% (base: 20%). Those of the base decide", ""},
		{"one that the fork adds", "", head + "gate: {fail_on: [never]}\n", nil, nil, "regression", "failure", "[never] (base: not set)", "There is no cmd/gw/.proxy-bench.yml in the base commit"},
		{"head's are to count", head, head + "gate: {fail_on: [never]}\n", map[string]string{"INPUT_SETTINGS": "head"}, nil, "regression", "neutral", "", ""},
		{"an input wins", head, head, map[string]string{"INPUT_FAIL-ON": "never"}, nil, "regression", "neutral", "", ""},
		{"no file", "", "", nil, nil, "regression", "failure", "", "There is no cmd/gw/.proxy-bench.yml in the base commit"},
		{"no file where one is named", "", "", map[string]string{"INPUT_CONFIG": "other.yml"}, nil, "regression", "failure", "There is no cmd/gw/other.yml in the base commit", ""},
		{"a file that is wrong", "gate: {threshold: much}\n", "", nil, nil, "regression", "failure", "cannot be used, so this was decided by the defaults", ""},
		{"a fork's file that is wrong", head, "][", nil, nil, "regression", "failure", "", ""},
		{"a file that cannot be read", head + "gate: {fail_on: [never]}\n", head, nil, func(j *job) {
			j.hub.Inject(fakegithub.Failing("repos/get-content", 403))
		}, "regression", "failure", "could not be read, so this was decided by the defaults", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			run := measured(t, "regression")
			lie := *run.Policy
			lie.Threshold = 9
			run.Policy = &lie
			j := forked(t, runFile(t, run))
			for sha, text := range map[string]string{j.base: c.base, j.head: c.head} {
				if text != "" {
					j.hub.AddFile(sha, "cmd/gw/.proxy-bench.yml", text)
				}
			}
			j.env["INPUT_WORKING-DIRECTORY"] = "cmd/gw"
			maps.Copy(j.env, c.inputs)
			if c.spoil != nil {
				c.spoil(j)
			}
			e := j.run(t.Context())
			e.wants(t, host.ExitOK, c.verdict, c.logs)
			if told := strings.Contains(e.log, "The run decided by threshold 900"); told != (c.verdict == "regression") {
				t.Errorf("told of another policy: %v\n%s", told, e.log)
			}
			if got := j.lastCheck().Conclusion; got != c.conclusion {
				t.Errorf("check %q, want %q\n%s", got, c.conclusion, e.log)
			}
			text := j.comment()
			if named := strings.Contains(text, "This pull request changes settings"); !strings.Contains(plainText(text), c.says) || named != strings.Contains(c.says, "(base: ") {
				t.Errorf("the comment lacks %q:\n%s", c.says, text)
			}
		})
	}
	j := forked(t, runFile(t, measured(t, "regression")))
	j.env["INPUT_WORKING-DIRECTORY"] = "../.."
	if e := j.run(t.Context()); e.code != host.ExitUsage || !strings.Contains(e.log, "leads out of the repository") {
		t.Errorf("exit status %d\n%s", e.code, e.log)
	}
}

// TestPublishFromTheMergeBase: settings and baseline are those of the commit that the pull
// request starts from, wherever its base branch has gone since. Where GitHub does not say
// which that is, what it has for the base counts, with a warning.
func TestPublishFromTheMergeBase(t *testing.T) {
	for name, c := range map[string]struct {
		spoil      func(j *job)
		conclusion string
		warned     bool
	}{
		"known":             {nil, "failure", false},
		"the branch is new": {func(j *job) { j.hub.SetRef("main", fakegithub.SHA("moved")) }, "failure", false},
		"not known": {func(j *job) {
			j.hub.Inject(fakegithub.Failing("repos/compare-commits-with-basehead", 403))
		}, "neutral", true},
		"merged since": {func(j *job) {
			j.hub.AddCommit(fakegithub.SHA("merge"), fakegithub.SHA("moved"), j.head)
			j.hub.SetRef("main", fakegithub.SHA("merge"))
		}, "failure", false},
	} {
		t.Run(name, func(t *testing.T) {
			j, moved := newJob(t), fakegithub.SHA("moved")
			j.finished(j.addResult(runFile(t, measured(t, "regression"))), stranger, "pull_request")
			j.hub.AddCommit(moved, j.base)
			j.hub.AddPull(fakegithub.Pull{Number: pull, HeadSHA: j.head, BaseSHA: moved, HeadBranch: "topic", HeadOwner: "eve", HeadRepository: stranger})
			for sha, failOn := range map[string]string{j.base: "regression", moved: "never"} {
				j.hub.AddFile(sha, session.DefaultConfig, "version: 1\ngateway: {start: ./gateway}\ngate: {fail_on: ["+failOn+"]}\n")
			}
			if c.spoil != nil {
				c.spoil(j)
			}
			e := j.run(t.Context())
			e.wants(t, host.ExitOK, "regression")
			if got := j.lastCheck().Conclusion; got != c.conclusion || strings.Contains(e.log, "the merge base with main is not known") != c.warned {
				t.Errorf("check %q, want %q; warned: want %v\n%s", got, c.conclusion, c.warned, e.log)
			}
		})
	}
}

// plainText is Markdown without what keeps its characters from meaning something.
func plainText(markdown string) string { return strings.ReplaceAll(markdown, "\\", "") }

// TestPublishDependabot: it is known by who opened the pull request or started the run,
// whatever its branches are called.
func TestPublishDependabot(t *testing.T) {
	for branch, author := range map[string]string{"dependabot-cargo-hyper-1.5": "dependabot[bot]", "dependabot/cargo/hyper-1.5": "ann"} {
		j := newJob(t)
		j.finished(j.addResult(runFile(t, measured(t, "pass"))), j.hub.ID, "pull_request")
		j.hub.AddPull(fakegithub.Pull{Number: pull, HeadSHA: j.head, BaseSHA: j.base, HeadBranch: "topic", HeadRepository: j.hub.ID, Author: author})
		if e := j.run(t.Context()); e.code != host.ExitOK || (j.comment() != "") != (author == "dependabot[bot]") {
			t.Errorf("%s by %s: exit status %d\n%s", branch, author, e.code, e.log)
		}
	}
}

// TestPublishOneHeadTwice: a branch that is to go into two others has a run and a comment
// for each, and checks that do not replace one another.
func TestPublishOneHeadTwice(t *testing.T) {
	j := newJob(t)
	j.pulled(stranger)
	j.hub.AddPull(fakegithub.Pull{Number: 8, HeadSHA: j.head, BaseSHA: j.base, BaseBranch: "release", HeadBranch: "topic", HeadOwner: "eve", HeadRepository: stranger})
	for number, outcome := range map[int]string{pull: "pass", 8: "regression"} {
		claim := record.File{Name: record.ContextFile, Content: fmt.Appendf(nil, `{"PullRequest": %d}`, number)}
		j.finished(j.addResult(runFile(t, measured(t, outcome)), claim), stranger, "pull_request")
		e := j.run(t.Context())
		if all := j.hub.Comments(number); e.code != host.ExitOK || len(all) != 1 || !strings.Contains(all[0].Body, map[string]string{"pass": "No regression", "regression": "are slower"}[outcome]) {
			t.Errorf("%s: exit status %d, comments %+v\n%s", outcome, e.code, all, e.log)
		}
	}
	named := map[string]string{}
	for _, c := range j.hub.Checks(j.head) {
		named[c.Name] = c.Conclusion
	}
	if len(named) != 2 || named["proxy-bench verdict"] != "success" || named["proxy-bench verdict (into release)"] != "failure" {
		t.Errorf("checks %v", named)
	}
	for _, claim := range []string{`{}`, `{"PullRequest": 9}`} {
		j.finished(j.addResult(runFile(t, measured(t, "pass")), record.File{Name: record.ContextFile, Content: []byte(claim)}), stranger, "pull_request")
		if e := j.run(t.Context()); e.code != host.ExitFailed || !strings.Contains(e.log, "does not say for which") {
			t.Errorf("%s: exit status %d\n%s", claim, e.code, e.log)
		}
	}
}

// TestPublishTime shows how long it takes, which nothing judges.
func TestPublishTime(t *testing.T) {
	j := forked(t, runFile(t, measured(t, "regression")))
	start := time.Now()
	j.run(t.Context()).wants(t, host.ExitOK, "regression")
	t.Logf("publish, from its start to its last answer: %v", time.Since(start).Round(time.Millisecond))
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
