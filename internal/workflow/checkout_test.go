package workflow

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

// history is a repository in which main and a pull request have moved on:
//
//	base ── moved ── newest   main
//	  └──── head ── updated   the pull request, brought up to date with moved
type history struct{ base, moved, newest, head, updated string }

// grow makes that history here and on GitHub. The event names base for main, as it was
// when the pull request was opened.
func (j *job) grow() (h history) {
	j.t.Helper()
	h.base, h.head = j.base, j.head
	commit := func(message string, parents ...string) string {
		git(j.t, "commit", "--quiet", "--allow-empty", "--message="+message)
		sha := git(j.t, "rev-parse", "HEAD")
		j.hub.AddCommit(sha, parents...)
		return sha
	}
	git(j.t, "checkout", "--quiet", "-B", "main", j.base)
	h.moved = commit("moved", j.base)
	h.newest = commit("newest", h.moved)
	git(j.t, "checkout", "--quiet", "-B", "topic", j.head)
	git(j.t, "merge", "--quiet", "--no-ff", "--message=update", h.moved)
	h.updated = git(j.t, "rev-parse", "HEAD")
	j.hub.AddCommit(h.updated, j.head, h.moved)
	j.hub.SetRef("main", h.newest)
	return h
}

// merge is GitHub's merge of a head into a base, checked out.
func (j *job) merge(base, head string) string {
	j.t.Helper()
	git(j.t, "checkout", "--quiet", "--detach", base)
	git(j.t, "merge", "--quiet", "--no-ff", "--message=merge", head)
	return git(j.t, "rev-parse", "HEAD")
}

// TestCheckouts: whatever is checked out of a pull request, it is compared with the
// commit of the base branch that it starts from, and nothing is marked that was not
// measured.
func TestCheckouts(t *testing.T) {
	for name, c := range map[string]struct {
		make func(j *job, h history) (want string) // checks something out
		says string                                // an error; empty: it is measured
		note string
	}{
		"the merge": {make: func(j *job, h history) string {
			j.env["GITHUB_SHA"] = j.merge(h.newest, h.head)
			return h.newest
		}},
		"the merge of another moment": {make: func(j *job, h history) string {
			j.merge(h.moved, h.head)
			return h.moved
		}},
		"its own commit": {make: func(j *job, h history) string {
			git(j.t, "checkout", "--quiet", "--detach", h.head)
			return h.base
		}},
		"brought up to date": {make: func(j *job, h history) string {
			j.head = h.updated
			git(j.t, "checkout", "--quiet", "--detach", h.updated)
			return h.moved
		}},
		"up to date, and GitHub does not say": {make: func(j *job, h history) string {
			j.head = h.updated
			j.hub.Inject(fakegithub.Failing("repos/compare-commits-with-basehead", 403))
			git(j.t, "checkout", "--quiet", "--detach", h.updated)
			git(j.t, "update-ref", "refs/remotes/origin/main", h.newest)
			return h.moved
		}},
		"no token, and all of the history": {make: func(j *job, h history) string {
			j.env["INPUT_GITHUB-TOKEN"] = ""
			j.head = h.updated
			git(j.t, "checkout", "--quiet", "--detach", h.updated)
			git(j.t, "update-ref", "refs/remotes/origin/main", h.newest)
			return h.moved
		}},
		"no token, and one commit": {make: func(j *job, h history) string {
			j.env["INPUT_GITHUB-TOKEN"] = ""
			j.head = h.updated
			j.shallow(h.updated)
			return h.base
		}, note: "so the base is what the event says"},
		"one commit": {make: func(j *job, h history) string {
			j.head = h.updated
			j.shallow(h.updated)
			return h.moved
		}},
		"one commit, the merge": {make: func(j *job, h history) string {
			j.env["GITHUB_SHA"] = j.merge(h.newest, h.updated)
			j.head = h.updated
			j.shallow(j.env["GITHUB_SHA"])
			return h.newest
		}},
		"onto another pull request": {make: func(j *job, h history) string {
			j.into = "below"
			j.hub.SetRef("below", h.head)
			j.head = h.updated
			git(j.t, "checkout", "--quiet", "--detach", h.updated)
			return h.head
		}},
		"merged since": {make: func(j *job, h history) string {
			j.hub.SetRef("main", h.updated)
			j.head = h.updated
			git(j.t, "checkout", "--quiet", "--detach", h.updated)
			return h.base
		}},
		"not a repository": {make: func(j *job, h history) string {
			root := j.t.TempDir()
			j.write(filepath.Join(root, ".proxy-bench.yml"), "version: 1\ngateway: {start: ./gateway}\n")
			j.t.Chdir(root)
			return h.base
		}},
		"an older commit of it": {make: func(j *job, h history) string {
			j.head = h.updated
			git(j.t, "checkout", "--quiet", "--detach", h.head)
			return ""
		}, says: "which it neither is nor merges"},
		"a merge into it": {make: func(j *job, h history) string {
			j.merge(h.head, h.newest)
			return ""
		}, says: "which it neither is nor merges"},
		"main": {make: func(j *job, h history) string {
			git(j.t, "checkout", "--quiet", "--detach", h.newest)
			return ""
		}, says: "which it neither is nor merges"},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJob(t)
			want := c.make(j, j.grow())
			j.pulled(j.hub.ID)
			e := j.run(t.Context())
			if c.says != "" {
				e.wants(t, host.ExitUsage, "failed")
				if !strings.Contains(e.unwrapped(), c.says) || j.opened.Log != nil || j.lastCheck().Conclusion != "failure" || !strings.Contains(j.comment(), "looking at what is checked out failed") {
					t.Errorf("check %+v, comment:\n%s\n%s", j.lastCheck(), j.comment(), e.log)
				}
				return
			}
			e.wants(t, host.ExitOK, "pass")
			if j.asked.Ref != want || j.asked.Name != j.into || !strings.Contains(strings.Join(j.asked.Notes, "; "), c.note) {
				t.Errorf("compared with %+v, want %s", j.asked, want)
			}
		})
	}
}

// unwrapped is the log without its line breaks.
func (e ended) unwrapped() string { return strings.Join(strings.Fields(e.log), " ") }

// shallow moves to a clone that has one commit.
func (j *job) shallow(commit string) {
	j.t.Helper()
	git(j.t, "config", "uploadpack.allowAnySHA1InWant", "true")
	server, clone := j.t.TempDir(), j.t.TempDir()
	j.serve(server)
	j.t.Chdir(clone)
	git(j.t, "init", "--quiet")
	git(j.t, "fetch", "--quiet", "--depth=1", "file://"+j.env["GITHUB_WORKSPACE"], commit)
	git(j.t, "checkout", "--quiet", "--detach", commit)
}

// TestOtherCheckouts: of events that are about a commit of their own.
func TestOtherCheckouts(t *testing.T) {
	for name, c := range map[string]struct {
		start func(j *job, h history)
		says  string // an error
		base  string
		leave bool // a baseline
	}{
		"a merge group": {start: func(j *job, h history) {
			j.env["GITHUB_SHA"] = j.merge(h.newest, h.head)
			j.queued(h.newest, j.env["GITHUB_SHA"])
		}, base: "newest"},
		"another than the merge group": {start: func(j *job, h history) { j.queued(h.newest, h.head) }, says: "which the event is about"},
		"a push":                       {start: func(j *job, h history) { git(j.t, "checkout", "--quiet", "--detach", j.head); j.pushed("main") }, leave: true},
		"another than was pushed":      {start: func(j *job, h history) { j.pushed("main") }, says: "which the event is about"},
		"by hand": {start: func(j *job, h history) {
			git(j.t, "checkout", "--quiet", "--detach", j.head)
			j.startedBy("workflow_dispatch", nil)
		}, leave: true},
		"by hand, of another commit": {start: func(j *job, h history) { j.startedBy("workflow_dispatch", nil); j.head = h.updated }},
	} {
		t.Run(name, func(t *testing.T) {
			j := newJob(t)
			h := j.grow()
			c.start(j, h)
			e := j.run(t.Context())
			if c.says != "" {
				if e.wants(t, host.ExitUsage, "failed"); !strings.Contains(e.unwrapped(), c.says) {
					t.Error(e.log)
				}
				return
			}
			e.wants(t, host.ExitOK, "pass")
			want := map[string]string{"newest": h.newest}[c.base]
			if got := len(j.store.files(t, baselineArtifact)) > 0; got != c.leave || j.asked.Ref != want {
				t.Errorf("leaves a baseline %v, compared with %q, want %q", got, j.asked.Ref, want)
			}
			if want := j.head; c.base == "" && len(j.hub.Checks(want)) != 1 {
				t.Errorf("%.12s has no check", want)
			}
		})
	}
}

// queued makes it a run of a merge queue.
func (j *job) queued(base, head string) {
	j.startedBy("merge_group", map[string]any{"action": "checks_requested", "merge_group": map[string]any{
		"base_sha": base, "head_sha": head, "base_ref": "refs/heads/main", "head_ref": "refs/heads/gh-readonly-queue/main/pr-7",
	}})
}

// TestBaseInput: whatever the event is about, it is gated against the commit that is
// named, and leaves no baseline.
func TestBaseInput(t *testing.T) {
	for name, c := range map[string]struct {
		base string
		set  func(j *job, h history)
		want func(h history) string
		as   string // what it is called
		code int
		says string
	}{
		"a tag":            {base: "v1.2.0", want: func(h history) string { return h.moved }, as: "v1.2.0"},
		"a branch":         {base: "main", want: func(h history) string { return h.newest }, as: "main"},
		"a latest release": {base: "latest-release", want: func(h history) string { return h.moved }, as: "v1.2.0"},
		"a release of what is measured": {
			base: "latest-release", set: func(j *job, h history) {
				j.hub.SetRef("v1.3.0", j.head)
				j.hub.Release("v1.3.0")
				git(j.t, "tag", "v1.3.0", j.head)
				git(j.t, "tag", "v1.1.0", h.base)
			}, want: func(h history) string { return h.base }, as: "v1.1.0",
		},
		"no token": {base: "v1.1.0", set: func(j *job, h history) { j.env["INPUT_GITHUB-TOKEN"] = ""; git(j.t, "tag", "v1.1.0", h.base) }, want: func(h history) string { return h.base }, as: "v1.1.0"},
		"no token, a branch": {base: "other", set: func(j *job, h history) {
			j.env["INPUT_GITHUB-TOKEN"] = ""
			git(j.t, "update-ref", "refs/remotes/origin/other", h.base)
		}, want: func(h history) string { return h.base }, as: "other"},
		"nothing of that name": {base: "v9", code: host.ExitUsage, says: "input base: looking for v9: not found"},
		"no release":           {base: "latest-release", set: func(j *job, h history) { j.hub.Release("") }, code: host.ExitUsage, says: "input base: looking for the latest release: not found"},
		"no token, no tag":     {base: "latest-release", set: func(j *job, h history) { j.env["INPUT_GITHUB-TOKEN"] = "" }, code: host.ExitUsage, says: "input base: not found: no tag here names a version"},
		"no token, not here":   {base: "v9", set: func(j *job, h history) { j.env["INPUT_GITHUB-TOKEN"] = "" }, code: host.ExitUsage, says: "fetch-depth: 0"},
		"GitHub is down":       {base: "v9", set: func(j *job, h history) { j.hub.Inject(fakegithub.Failing("repos/compare-commits-with-basehead", 403)) }, code: host.ExitFailed, says: "input base: "},
	} {
		t.Run(name, func(t *testing.T) {
			for event, start := range map[string]func(*job){
				"push": func(j *job) { j.pushed("main") }, "schedule": func(j *job) { j.startedBy("schedule", nil) },
				"workflow_dispatch": func(j *job) { j.startedBy("workflow_dispatch", nil) }, "pull_request": func(j *job) { j.pulled(j.hub.ID) },
			} {
				if event != "push" && c.base != "v1.2.0" { // one will do for what does not depend on it
					continue
				}
				j := newJob(t)
				h := j.grow()
				git(t, "checkout", "--quiet", "--detach", j.head)
				j.hub.SetRef("v1.2.0", h.moved)
				j.hub.Release("v1.2.0")
				j.addBaseline(measured(t, "no_baseline")) // of base, which is before what is named
				if c.set != nil {
					c.set(j, h)
				}
				j.env["INPUT_BASE"] = c.base
				j.gate = comesTo(t, "regression")
				start(j)
				e := j.run(t.Context())
				if c.code != 0 {
					if e.code != c.code || !strings.Contains(e.unwrapped(), c.says) || j.opened.Log != nil {
						t.Errorf("%s: exit status %d, want %d\n%s", event, e.code, c.code, e.log)
					}
					continue
				}
				if e.code != host.ExitRegression || j.asked.Ref != c.want(h) || j.asked.Name != c.as || j.asked.Named != "input base" || j.asked.BundleOnly || j.asked.Behind != 0 {
					t.Errorf("%s: exit status %d, asked for %+v, want %s\n%s", event, e.code, j.asked, c.want(h), e.log)
				}
				if exact := c.want(h) == h.base && j.env["INPUT_GITHUB-TOKEN"] != ""; (j.asked.File != "") != exact {
					t.Errorf("%s: the baseline %q", event, j.asked.File)
				}
				if len(j.store.files(t, baselineArtifact)) > 0 {
					t.Errorf("%s: a baseline is left", event)
				}
			}
		})
	}
}

// TestBaselineBehind: how far the baseline is behind the base goes where it counts.
func TestBaselineBehind(t *testing.T) {
	j := newJob(t)
	h := j.grow()
	j.addBaseline(measured(t, "no_baseline"))
	j.env["GITHUB_SHA"] = j.merge(h.newest, h.head)
	j.pulled(j.hub.ID)
	j.run(t.Context()).wants(t, host.ExitOK, "pass")
	if a := j.asked; a.Behind != 2 || a.Run == 0 || a.Ref != h.newest || a.Name != "main" {
		t.Errorf("%+v", a)
	}
}
