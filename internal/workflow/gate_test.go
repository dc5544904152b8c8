package workflow

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/github"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/internal/session"
	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

// TestFirstPush: the first push to main has nothing to be compared with, leaves
// the first baseline and fails nothing.
func TestFirstPush(t *testing.T) {
	j := newJob(t)
	j.pushed("main")
	j.gate = comesTo(t, "no_baseline")
	e := j.run(t.Context())
	e.wants(t, host.ExitOK, "no-baseline", "::warning", "uploaded proxy-bench-baseline")
	if !j.asked.BundleOnly || j.asked.Ref != "" || len(j.asked.Notes) != 1 {
		t.Errorf("asked for the base %+v", j.asked)
	}
	if files := j.store.files(t, baselineArtifact); len(files) != 2 {
		t.Errorf("the baseline has %d files", len(files))
	}
	if c := j.lastCheck(); c.Name != "proxy-bench verdict" || c.Conclusion != "neutral" || len(j.hub.Comments(pull)) > 0 {
		t.Errorf("check %+v", c)
	}
	if !strings.Contains(e.summary, "fails nothing") {
		t.Errorf("the summary does not say that nothing is stopped:\n%s", e.summary)
	}
	if !j.closed {
		t.Error("the session was not closed")
	}
}

// TestPushOfARegression: what is on main is there already.
func TestPushOfARegression(t *testing.T) {
	j := newJob(t)
	j.pushed("main")
	j.addBaseline(measured(t, "no_baseline"))
	j.gate = comesTo(t, "regression")
	j.run(t.Context()).wants(t, host.ExitOK, "regression", "baseline of "+j.base[:12])
	if c := j.lastCheck(); c.Conclusion != "neutral" {
		t.Errorf("check %q", c.Conclusion)
	}
	if !j.asked.Fetched || filepath.Base(j.asked.File) != "main.zip" || len(j.asked.Notes) > 0 {
		t.Errorf("asked for the base %+v", j.asked)
	}
	if len(j.store.files(t, baselineArtifact)) == 0 {
		t.Error("no baseline was left")
	}
}

// TestPushOfTheSameProgram: it is measured for the baseline, which holds figures, and
// the answer says so. A pull request has no need of them.
func TestPushOfTheSameProgram(t *testing.T) {
	j := newJob(t)
	j.pushed("main")
	r := decided(t, "pass")
	r.Run.SameProgram = true
	j.gate = func(context.Context, session.BaseSources) (session.Result, error) { return r, nil }
	e := j.run(t.Context())
	e.wants(t, host.ExitOK, "pass", "uploaded proxy-bench-baseline")
	if !j.opened.Config.Measure.Same || !strings.Contains(e.summary, "measured because a baseline holds figures") {
		t.Errorf("measures the same program: %v; the summary:\n%s", j.opened.Config.Measure.Same, e.summary)
	}
	j = newJob(t)
	j.pulled(j.hub.ID)
	j.gate = func(context.Context, session.BaseSources) (session.Result, error) {
		run := r.Run
		run.Rounds = nil
		return session.Result{Run: run, Verdict: saved.Decide(run, nil)}, nil
	}
	e = j.run(t.Context())
	e.wants(t, host.ExitOK, "pass")
	if j.opened.Config.Measure.Same || !strings.Contains(j.comment(), "Nothing was measured") || j.lastCheck().Conclusion != "success" {
		t.Errorf("measures the same program: %v; the comment:\n%s", j.opened.Config.Measure.Same, j.comment())
	}
}

// TestPushThatLeavesNoBaseline: pull requests are compared with nothing that
// cannot be trusted.
func TestPushThatLeavesNoBaseline(t *testing.T) {
	for name, spoil := range map[string]func(*bench.Run){
		"not complete": func(r *bench.Run) { r.Validity.Complete, r.Validity.Incomplete = false, "time was up" },
		"many failures": func(r *bench.Run) {
			r.Rounds[len(r.Rounds)-1].Errors = map[bench.ErrorClass]int{bench.ErrStatus: 10_000}
		},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJob(t)
			j.pushed("main")
			run := measured(t, "no_baseline")
			spoil(&run)
			j.gate = func(context.Context, session.BaseSources) (session.Result, error) {
				return session.Result{Run: run, Verdict: saved.Decide(run, nil)}, nil
			}
			e := j.run(t.Context())
			if e.code != host.ExitOK || !strings.Contains(e.log, "::warning::no baseline is left") || len(j.store.files(t, baselineArtifact)) > 0 {
				t.Errorf("exit status %d\n%s", e.code, e.log)
			}
		})
	}
}

// TestPullRequest: the comment, the check, the outputs and the artifact of a pull
// request that changes nothing.
func TestPullRequest(t *testing.T) {
	j := newJob(t)
	j.addBaseline(measured(t, "no_baseline"))
	j.pulled(j.hub.ID)
	e := j.run(t.Context())
	e.wants(t, host.ExitOK, "pass", "::notice")
	if j.asked.Ref != j.base || j.asked.BundleOnly || j.asked.Named != "" || !j.asked.Fetched {
		t.Errorf("asked for the base %+v", j.asked)
	}
	if c := j.lastCheck(); c.Conclusion != "success" || c.Title == "" {
		t.Errorf("check %+v", c)
	}
	if text := j.comment(); !strings.Contains(text, j.head[:7]) || !strings.Contains(text, "/actions/runs/4711/artifacts/501") {
		t.Errorf("comment:\n%s", text)
	}
	if e.outputs["regressions"] != "0" || e.outputs["comment-url"] == "" || e.outputs["report-path"] != ".proxy-bench/report/report.html" || e.outputs["summary"] == "" || e.summary == "" {
		t.Errorf("outputs %v, summary %q", e.outputs, e.summary)
	}
	for _, files := range []map[string][]byte{j.store.files(t, resultArtifact), inWorkspace(t)} {
		if len(files) != 5 || len(files[record.HTMLFile]) == 0 || !strings.Contains(string(files[record.RunFile]), j.head) {
			t.Errorf("the result has %d files", len(files))
		}
	}
	if len(j.store.files(t, baselineArtifact)) > 0 {
		t.Error("a pull request leaves a baseline")
	}
	if ignore, err := os.ReadFile(filepath.Dir(resultDirectory) + "/.gitignore"); err != nil || string(ignore) != "*\n" {
		t.Errorf("git would show what is left: %q, %v", ignore, err)
	}
	j.run(t.Context()) // the comment is brought up to date
	j.comment()
}

func inWorkspace(t *testing.T) map[string][]byte {
	t.Helper()
	all := map[string][]byte{}
	paths, _ := filepath.Glob(resultDirectory + "/*")
	for _, path := range paths {
		data, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		all[filepath.Base(path)] = data
	}
	return all
}

// TestRegression: it fails the step, with an annotation at the configuration, and
// is neutral where a label accepts it that was set while we measured.
func TestRegression(t *testing.T) {
	for _, c := range []struct {
		name       string
		labels     []string // at the start
		later      []string
		status     string
		code       int
		conclusion string
	}{
		{"plain", nil, nil, "", host.ExitRegression, "failure"},
		{"another label", []string{"fast"}, []string{"fast"}, "", host.ExitRegression, "failure"},
		{"accepted", nil, []string{"Accept-Regression"}, "", host.ExitOK, "neutral"},
		{"no longer accepted", []string{"accept-regression"}, nil, "", host.ExitRegression, "failure"},
		{"commit status", nil, nil, "commit", host.ExitRegression, "failure"},
		{"accepted commit status", nil, []string{"accept-regression"}, "commit", host.ExitOK, "success"},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := newJob(t)
			j.pulled(j.hub.ID, c.labels...)
			j.env["INPUT_STATUS"] = c.status
			regression := comesTo(t, "regression")
			j.gate = func(ctx context.Context, from session.BaseSources) (session.Result, error) {
				j.hub.SetLabels(pull, c.later...)
				return regression(ctx, from)
			}
			e := j.run(t.Context())
			e.wants(t, c.code, "regression")
			if c.code != host.ExitOK && !strings.Contains(e.log, "::error file=.proxy-bench.yml,line=1::") {
				t.Errorf("no annotation:\n%s", e.log)
			}
			got := j.lastCheck().Conclusion
			if c.status == "commit" {
				got = j.hub.Statuses(j.head)[0].State
			}
			if got != c.conclusion {
				t.Errorf("%q, want %q", got, c.conclusion)
			}
			if !strings.Contains(j.comment(), "regression") || e.outputs["regressions"] == "0" {
				t.Errorf("outputs %v, comment:\n%s", e.outputs, j.comment())
			}
		})
	}
}

// TestLabelsThatCannotBeRead are those of the event.
func TestLabelsThatCannotBeRead(t *testing.T) {
	j := newJob(t)
	j.pulled(j.hub.ID, "accept-regression")
	j.env["INPUT_ACCEPT-UNTIL"] = "always"
	j.hub.Inject(fakegithub.Failing("pulls/get", 404))
	j.gate = comesTo(t, "regression")
	j.run(t.Context()).wants(t, host.ExitOK, "regression", "::warning::the labels are those of the start")
}

// TestFork: the token of a fork's pull request can only read. The verdict stands,
// and the notices say who can post it.
func TestFork(t *testing.T) {
	j := newJob(t)
	j.pulled(stranger)
	j.hub.Inject(fakegithub.ReadOnly(""))
	j.gate = comesTo(t, "regression")
	e := j.run(t.Context())
	e.wants(t, host.ExitRegression, "regression", "::notice::The token of this run can only read", "::notice::There is no check")
	if j.comment() != "" || len(j.hub.Checks(j.head)) > 0 || e.outputs["comment-url"] != "" {
		t.Errorf("outputs %v", e.outputs)
	}
	if len(j.store.files(t, resultArtifact)) != 5 {
		t.Error("the result is not uploaded, so nobody can publish it")
	}
}

// TestFailures: what kept a gate from a verdict is told everywhere, and is no
// regression.
func TestFailures(t *testing.T) {
	interrupted := measured(t, "pass")
	interrupted.Validity.Complete, interrupted.Validity.Incomplete = false, "interrupted"
	for _, c := range []struct {
		name  string
		run   bench.Run
		err   error
		code  int
		says  string // in comment and summary
		files int    // of the result
	}{
		{"build", bench.Run{}, &gateway.Error{Step: gateway.StepBuild, Reason: "exited with status 2", Hint: "read its output", Output: []string{"main.go:1: oh no"}}, host.ExitFailed, "oh no", 2},
		{"died", interrupted, &gateway.Error{Step: gateway.StepDied, Reason: "killed by SIGSEGV"}, host.ExitFailed, "driving the gateway", 4},
		{"wrong answers", interrupted, &session.DriveError{Err: os.ErrInvalid, Output: []string{"what?"}}, host.ExitFailed, "driving the gateway", 4},
		{"another API", interrupted, &session.DriveError{Err: os.ErrInvalid, Advice: []string{"set request.api to chat"}}, host.ExitFailed, "set request.api to chat", 4},
		{"usage", bench.Run{}, host.Usagef("no such thing"), host.ExitUsage, "reading the configuration", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			j := newJob(t)
			j.pulled(j.hub.ID)
			j.gate = func(context.Context, session.BaseSources) (session.Result, error) {
				return session.Result{Run: c.run}, c.err
			}
			e := j.run(t.Context())
			e.wants(t, c.code, "failed", "::error")
			for where, text := range map[string]string{"comment": j.comment(), "summary": e.summary} {
				if !strings.Contains(text, c.says) {
					t.Errorf("the %s lacks %q:\n%s", where, c.says, text)
				}
			}
			if got := j.lastCheck().Conclusion; got != "failure" {
				t.Errorf("check %q", got)
			}
			if files := j.store.files(t, resultArtifact); len(files) != c.files || files[record.VerdictFile] != nil {
				t.Errorf("the result has %d files, want %d", len(files), c.files)
			}
		})
	}
}

// TestCancelled: a run that was stopped leaves the comment of the one before it, and its
// check is no failure of anybody's.
func TestCancelled(t *testing.T) {
	for _, status := range []string{"check", "commit"} {
		j := newJob(t)
		j.env["INPUT_STATUS"] = status
		j.pulled(j.hub.ID)
		j.run(t.Context()).wants(t, host.ExitOK, "pass")
		before, statuses := j.comment(), len(j.hub.Statuses(j.head))
		ctx, cancel := context.WithCancel(t.Context())
		j.gate = func(context.Context, session.BaseSources) (session.Result, error) {
			cancel()
			run := measured(t, "pass")
			run.Validity.Complete, run.Validity.Incomplete = false, "interrupted"
			return session.Result{Run: run}, host.ErrInterrupted
		}
		e := j.run(ctx)
		e.wants(t, host.ExitInterrupted, "failed", "the comment of the last run stays")
		if j.comment() != before || !strings.Contains(e.summary, "the run was cancelled") {
			t.Errorf("the comment:\n%s\nthe summary:\n%s", j.comment(), e.summary)
		}
		if status == "check" && j.lastCheck().Conclusion != "cancelled" || len(j.hub.Statuses(j.head)) != statuses {
			t.Errorf("%s: check %+v, %d statuses", status, j.lastCheck(), len(j.hub.Statuses(j.head)))
		}
	}
}

// TestWrongConfiguration is answered like any failure, before anything is opened.
func TestWrongConfiguration(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*job)
		says  string
	}{
		"a mistake":          {func(j *job) { j.write(session.DefaultConfig, "version: 1\ngateway: {strat: x}\n") }, "strat"},
		"no such directory":  {func(j *job) { j.env["INPUT_WORKING-DIRECTORY"] = "missing" }, "working-directory"},
		"out of the way":     {func(j *job) { j.env["INPUT_WORKING-DIRECTORY"] = ".." }, "working-directory"},
		"a link to the side": {func(j *job) { j.link(session.DefaultConfig) }, "escapes"},
		"another name": {func(j *job) {
			if err := os.Rename(session.DefaultConfig, ".proxy-bench.yaml"); err != nil {
				j.t.Fatal(err)
			}
		}, "rename it to .proxy-bench.yml"},
		"wrong setting": {func(j *job) { j.env["INPUT_ALPHA"] = "much" }, "input alpha"},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJob(t)
			j.pulled(j.hub.ID)
			c.spoil(j)
			j.run(t.Context()).wants(t, host.ExitUsage, "failed", c.says)
			if j.opened.Log != nil {
				t.Error("a session was opened")
			}
		})
	}
}

// link replaces a file by a link to one outside of the workspace.
func (j *job) link(path string) {
	j.t.Helper()
	if err := os.Remove(path); err != nil {
		j.t.Fatal(err)
	}
	if err := os.Symlink(j.env["GITHUB_EVENT_PATH"], path); err != nil {
		j.t.Fatal(err)
	}
}

// TestWorkingDirectory: what the step leaves is relative to the workspace.
func TestWorkingDirectory(t *testing.T) {
	j := newJob(t)
	j.pulled(j.hub.ID)
	j.write("cmd/gw/"+session.DefaultConfig, "version: 1\ngateway: {start: ./gateway}\n")
	j.env["INPUT_WORKING-DIRECTORY"], j.env["INPUT_KEY"] = "cmd/gw", "axum"
	j.gate = comesTo(t, "regression")
	e := j.run(t.Context())
	e.wants(t, host.ExitRegression, "regression", "::error file=cmd/gw/.proxy-bench.yml,line=1::")
	if got := e.outputs["report-path"]; got != "cmd/gw/.proxy-bench/report-axum/report.html" {
		t.Errorf("report-path %q", got)
	}
	if c := j.lastCheck(); c.Name != "proxy-bench verdict (axum)" || len(j.store.files(t, resultArtifact+"-axum")) == 0 {
		t.Errorf("check %q", c.Name)
	}
}

// TestWhereToAnswer: the inputs say where an answer is wanted.
func TestWhereToAnswer(t *testing.T) {
	for _, c := range []struct {
		comment, status, upload, outcome string
		commented                        bool
		files                            int
	}{
		{"never", "none", "true", "regression", false, 5},
		{"changes", "none", "false", "pass", false, 4},
		{"changes", "check", "true", "regression", true, 5},
	} {
		j := newJob(t)
		j.pulled(j.hub.ID)
		j.env["INPUT_COMMENT"], j.env["INPUT_STATUS"], j.env["INPUT_UPLOAD-REPORT"] = c.comment, c.status, c.upload
		j.gate = comesTo(t, c.outcome)
		j.run(t.Context())
		if got := j.comment() != ""; got != c.commented {
			t.Errorf("%+v: commented %v", c, got)
		}
		if got := len(j.hub.Checks(j.head)) > 0; got != (c.status == "check") {
			t.Errorf("%+v: a check %v", c, got)
		}
		if files := j.store.files(t, resultArtifact); len(files) != c.files {
			t.Errorf("%+v: %d files", c, len(files))
		}
	}
}

// TestPlacesThatCannotBeReached are warnings; the verdict stands.
func TestPlacesThatCannotBeReached(t *testing.T) {
	j := newJob(t)
	j.pulled(j.hub.ID)
	j.store.down = true
	j.hub.Inject(fakegithub.Failing("issues/create-comment", 422))
	j.hub.Inject(fakegithub.Failing("checks/create", 422))
	j.write(".proxy-bench", "a file where the directory is to be")
	e := j.run(t.Context())
	e.wants(t, host.ExitOK, "pass", "::warning::the result is not kept in the workspace", "::warning::artifact proxy-bench-result", "::warning::no comment", "::warning::no check")
	if e.outputs["report-path"] != "" {
		t.Errorf("outputs %v", e.outputs)
	}
}

// TestNoToken: without one there is neither base artifact nor comment nor check.
func TestNoToken(t *testing.T) {
	j := newJob(t)
	j.pulled(j.hub.ID, "accept-regression")
	j.env["INPUT_GITHUB-TOKEN"], j.env["INPUT_ACCEPT-UNTIL"] = "", "always"
	j.gate = comesTo(t, "regression")
	j.run(t.Context()).wants(t, host.ExitOK, "regression", "::warning::the input github-token is empty")
	if len(j.hub.Requests()) > 0 || len(j.asked.Notes) != 1 || !strings.Contains(j.asked.Notes[0], "no token") || j.asked.Ref != j.base {
		t.Errorf("asked for the base %+v", j.asked)
	}
}

// TestBaselineInput: it says where a base may come from.
func TestBaselineInput(t *testing.T) {
	for input, want := range map[string]session.BaseSources{
		"auto":     {File: "main.zip", Fetched: true, Ref: "base"},
		"artifact": {File: "main.zip", Fetched: true, BundleOnly: true},
		"rebuild":  {Ref: "base"},
		"none":     {BundleOnly: true, Notes: []string{"no base is looked for: the input baseline is none"}},
	} {
		j := newJob(t)
		j.addBaseline(measured(t, "no_baseline"))
		j.pulled(j.hub.ID)
		j.env["INPUT_BASELINE"] = input
		j.run(t.Context())
		got := j.asked
		if got.Ref == j.base {
			got.Ref = "base"
		}
		if got.File != "" {
			got.File = filepath.Base(got.File)
		}
		want.Config = session.DefaultConfig
		if len(got.Notes) != len(want.Notes) || got.File != want.File || got.Ref != want.Ref || got.BundleOnly != want.BundleOnly || got.Fetched != want.Fetched || got.Config != want.Config {
			t.Errorf("%s: %+v, want %+v", input, got, want)
		}
	}
}

// TestMergeCommit: what is checked out of a pull request is a merge, whose first
// parent is what it is compared with, and which is fetched where it is missing.
func TestMergeCommit(t *testing.T) {
	j := newJob(t)
	git(t, "checkout", "--quiet", "-b", "newer", j.base)
	git(t, "commit", "--quiet", "--allow-empty", "--message=main has moved on")
	moved := git(t, "rev-parse", "HEAD")
	git(t, "merge", "--quiet", "--no-ff", "--message=merge", j.head)
	j.pulled(j.hub.ID)
	j.run(t.Context())
	if j.asked.Ref != moved {
		t.Errorf("compared with %s, want %s", j.asked.Ref, moved)
	}
	shallow := t.TempDir()
	git(t, "clone", "--quiet", "--depth=1", "--branch=newer", "file://"+j.env["GITHUB_WORKSPACE"], shallow)
	git(t, "config", "uploadpack.allowAnySHA1InWant", "true")
	t.Chdir(shallow)
	// The remote that the checkout names is nobody's business: a step before can have
	// made it a command.
	git(t, "config", "remote.origin.url", "ext::touch% "+filepath.Join(shallow, "ran"))
	j.serve(t.TempDir())
	j.run(t.Context())
	if j.asked.Ref != moved || git(t, "--git-dir="+j.asked.Repository, "cat-file", "-t", moved) != "commit" {
		t.Errorf("compared with %s, want %s", j.asked.Ref, moved)
	}
	if _, err := os.Stat("ran"); err == nil {
		t.Error("the checkout's remote was run")
	}
	// What is neither here nor there cannot be fetched.
	git(t, "checkout", "--quiet", "--orphan", "alone")
	git(t, "commit", "--quiet", "--allow-empty", "--message=no merge")
	j.head = git(t, "rev-parse", "HEAD")
	j.env["GITHUB_SERVER_URL"] = "file:///nowhere"
	j.startedBy("pull_request", map[string]any{"action": "opened", "pull_request": map[string]any{
		"number": pull, "labels": []any{},
		"head": map[string]any{"ref": "topic", "sha": j.head, "repo": repository(j.hub.ID, "octo")},
		"base": map[string]any{"ref": "main", "sha": fakegithub.SHA("gone"), "repo": repository(j.hub.ID, "octo")},
	}})
	j.run(t.Context()).wants(t, host.ExitOK, "pass", "is not here and cannot be fetched", "the merge base: that with main is not known, so the base is what the event says")
}

// TestClonesThatLack: a base commit that the clone has is fetched all the same where the
// clone has it only in part: without the files of a partial clone, or with submodules. Where
// nothing can be fetched, the clone has to do, and that is said.
func TestClonesThatLack(t *testing.T) {
	for name, lacking := range map[string]func(*testing.T){
		"whole": func(*testing.T) {},
		"partial": func(t *testing.T) {
			git(t, "config", "core.repositoryformatversion", "1")
			git(t, "config", "extensions.partialclone", "origin")
		},
		"submodules": func(t *testing.T) {
			if err := os.WriteFile(".gitmodules", nil, 0o644); err != nil {
				t.Fatal(err)
			}
			git(t, "add", ".gitmodules")
			git(t, "commit", "--quiet", "--message=submodules")
		},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJob(t)
			lacking(t)
			j.base = git(t, "rev-parse", "HEAD")
			git(t, "commit", "--quiet", "--allow-empty", "--message=head")
			j.head = git(t, "rev-parse", "HEAD")
			j.env["GITHUB_SHA"] = j.head
			git(t, "config", "uploadpack.allowAnySHA1InWant", "true")
			j.serve(t.TempDir())
			j.pulled(j.hub.ID)
			j.run(t.Context())
			if fetched := j.asked.Repository != ""; fetched != (name != "whole") || j.asked.Ref != j.base {
				t.Errorf("compared with %s in %q, want %s", j.asked.Ref, j.asked.Repository, j.base)
			}
			if name == "whole" {
				return
			}
			j.env["GITHUB_SERVER_URL"] = "file:///nowhere"
			if e := j.run(t.Context()); j.asked.Repository != "" || !strings.Contains(e.log, "::warning::the base commit is taken as this checkout has it") {
				t.Errorf("compared with %s in %q\n%s", j.asked.Ref, j.asked.Repository, e.log)
			}
		})
	}
}

// TestByTheBase: a pull request that changes what it is judged by is judged by what was
// there before it, and the answer says so.
func TestByTheBase(t *testing.T) {
	for _, c := range []struct {
		input, base, head string // the last two below the gateway
		threshold         float64
		says              string
	}{
		{"", "gate: {threshold: 20%}\n", "gate: {threshold: 900%}\n", 0.2, "gate.threshold: 900% (base: 20%). Those of the base decide"},
		{"head", "gate: {threshold: 20%}\n", "gate: {threshold: 900%}\n", 9, ""},
		{"", "gate: {threshold: 20%}\n", "gate: {threshold: 20%}\nrequest: {api: chat}\n", 0.2, ""},
		{"", "gate: {threshold: 20%}\n", "", 0.2, "gate.threshold: not set (base: 20%)"},
		{"", "gate: {threshold: much}\n", "gate: {threshold: 30%}\n", 0.3, "They count, since the base's cannot be used"},
	} {
		j := newJob(t)
		j.addBaseline(measured(t, "no_baseline"))
		const gateway = "version: 1\ngateway: {start: ./gateway}\n"
		j.write(session.DefaultConfig, gateway+c.base)
		git(t, "commit", "--quiet", "--all", "--message=base")
		j.base = git(t, "rev-parse", "HEAD")
		j.write(session.DefaultConfig, gateway+c.head)
		git(t, "commit", "--quiet", "--all", "--allow-empty", "--message=head")
		j.head = git(t, "rev-parse", "HEAD")
		j.env["GITHUB_SHA"], j.env["INPUT_SETTINGS"] = j.head, c.input
		j.hub.AddCommit(j.base)
		j.hub.AddCommit(j.head, j.base)
		j.pulled(j.hub.ID)
		e := j.run(t.Context())
		if got := j.opened.Config; e.code != host.ExitOK || got.Gate.Policy.Threshold != c.threshold || (got.Request.API == "chat") != strings.Contains(c.head, "chat") {
			t.Errorf("%q → %q: exit status %d, threshold %v, %s\n%s", c.base, c.head, e.code, got.Gate.Policy.Threshold, got.Request.API, e.log)
		}
		if said := strings.Contains(e.summary, "This pull request changes settings"); said != (c.says != "") || !strings.Contains(e.summary, c.says) {
			t.Errorf("%q → %q:\n%s", c.base, c.head, e.summary)
		}
	}
}

// TestBeforeTheGate: mistakes of the workflow end the step at once.
func TestBeforeTheGate(t *testing.T) {
	for name, c := range map[string]struct {
		spoil func(*job)
		code  int
		says  string
	}{
		"wrong inputs":     {func(j *job) { j.env["INPUT_COMMENT"] = "often" }, host.ExitUsage, "comment"},
		"wrong command":    {func(j *job) { j.args = []string{"calibrate"}; j.env["INPUT_COMMAND"] = "calibrate" }, host.ExitUsage, `command: "calibrate" is not one of gate, publish`},
		"no event":         {func(j *job) { j.env["GITHUB_EVENT_PATH"] = "missing" }, host.ExitFailed, "GITHUB_EVENT_PATH"},
		"event too large":  {func(j *job) { j.write(j.env["GITHUB_EVENT_PATH"], strings.Repeat(" ", github.EventLimit+1)) }, host.ExitUsage, "GitHub sends at most"},
		"refused event":    {func(j *job) { j.env["GITHUB_EVENT_NAME"] = "pull_request_target" }, host.ExitUsage, "pull_request_target"},
		"no repository":    {func(j *job) { j.env["GITHUB_REPOSITORY"] = "" }, host.ExitFailed, ""},
		"gate after a run": {func(j *job) { j.finished(5, stranger, "pull_request"); j.args = []string{"gate"} }, host.ExitUsage, "command: publish"},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJob(t)
			j.pulled(j.hub.ID)
			c.spoil(j)
			e := j.run(t.Context())
			if e.code != c.code || !strings.Contains(e.log, "::error::") || !strings.Contains(e.log, c.says) || j.opened.Log != nil {
				t.Errorf("exit status %d, want %d\n%s", e.code, c.code, e.log)
			}
		})
	}
}

// TestHere: a plain step of a workflow is not the action.
func TestHere(t *testing.T) {
	for _, c := range []struct {
		environ []string
		command string
		want    bool
	}{
		{nil, "gate", false},
		{[]string{"GITHUB_ACTIONS=true"}, "gate", false},
		{[]string{"INPUT_KEY=x"}, "gate", false},
		{[]string{"GITHUB_ACTIONS=true", "INPUT_KEY="}, "gate", true},
		{[]string{"GITHUB_ACTIONS=true", "INPUT_KEY="}, "publish", true},
		{[]string{"GITHUB_ACTIONS=true", "INPUT_COMMAND=gat"}, "gat", true}, // a mistake of the action's user
		{[]string{"GITHUB_ACTIONS=true", "INPUT_RETRIES=3"}, "report", false},
	} {
		if got := Here(host.World{Environ: c.environ, Args: []string{c.command}}); got != c.want {
			t.Errorf("%v %s: %v", c.environ, c.command, got)
		}
	}
}
