package workflow

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/github"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/testdata/fakegithub"
)

const (
	shaOne = "1111111111111111111111111111111111111111"
	shaTwo = "2222222222222222222222222222222222222222"
)

func TestTargets(t *testing.T) {
	repository := github.Repository{ID: 1, Owner: github.Owner{Login: "octo"}, Name: "shop", DefaultBranch: "main"}
	for name, c := range map[string]struct {
		event  github.Event
		branch string
		want   target
		err    string
	}{
		"pull request": {
			event: github.Event{Kind: github.PullRequested, PullRequest: &github.PullRequest{Number: 7, Head: github.Side{SHA: shaTwo}, Base: github.Side{SHA: shaOne, Ref: "release"}}},
			want:  target{sha: shaTwo, base: shaOne, name: "release", branch: "release", pull: 7, into: "release"},
		},
		"pull request from a fork": {
			event:  github.Event{Kind: github.PullRequested, PullRequest: &github.PullRequest{Number: 7, Head: github.Side{SHA: shaTwo}, Base: github.Side{SHA: shaOne, Ref: "main"}}},
			branch: "perf",
			want:   target{sha: shaTwo, base: shaOne, name: "main", branch: "perf", pull: 7, into: "main"},
		},
		"merge queue": {
			event: github.Event{Kind: github.MergeQueued, MergeGroup: &github.MergeGroup{HeadSHA: shaTwo, BaseSHA: shaOne, BaseRef: "refs/heads/main"}},
			want:  target{sha: shaTwo, base: shaOne, name: "main", branch: "main"},
		},
		"push to main": {
			event: github.Event{Kind: github.Push, Pushed: github.Pushed{Ref: "refs/heads/main", Before: shaOne, After: shaTwo}},
			want:  target{sha: shaTwo, base: shaOne, name: "main", branch: "main", leavesBaseline: true},
		},
		"first push": {
			event: github.Event{Kind: github.Push, Pushed: github.Pushed{Ref: "refs/heads/main", After: shaTwo}},
			want:  target{sha: shaTwo, base: shaTwo, name: "main", branch: "main", leavesBaseline: true},
		},
		"push to a branch": {
			event: github.Event{Kind: github.Push, Pushed: github.Pushed{Ref: "refs/heads/topic", Before: shaOne, After: shaTwo}},
			want:  target{sha: shaTwo, base: shaTwo, name: "main", branch: "main"},
		},
		"tag named main": {
			event: github.Event{Kind: github.Push, Pushed: github.Pushed{Ref: "refs/tags/main", After: shaTwo}},
			want:  target{sha: shaTwo, base: shaTwo, name: "main", branch: "main"},
		},
		"branch deleted": {
			event: github.Event{Kind: github.Push, Pushed: github.Pushed{Ref: "refs/heads/topic", Before: shaOne, Deleted: true}},
			err:   "deleted its branch",
		},
		"by hand on main": {
			event: github.Event{Kind: github.WorkflowDispatch},
			want:  target{sha: shaOne, base: shaOne, name: "main", branch: "main", leavesBaseline: true},
		},
		"by the clock for another branch": {
			event: github.Event{Kind: github.Schedule}, branch: "stable",
			want: target{sha: shaOne, base: shaOne, name: "stable", branch: "stable"},
		},
		"after another workflow": {
			event: github.Event{Kind: github.WorkflowFinished, Run: &github.FinishedRun{}},
			err:   "command: publish",
		},
	} {
		c.event.Repository = repository
		got, err := targetOf(c.event, shaOne, "main", c.branch)
		switch {
		case c.err != "":
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: error %v, want one with %q", name, err, c.err)
			}
		case err != nil || got != c.want:
			t.Errorf("%s: %+v, error %v, want %+v", name, got, err, c.want)
		}
	}
}

func TestScheduleWithoutADefaultBranch(t *testing.T) {
	if _, err := targetOf(github.Event{Kind: github.Schedule}, shaOne, "main", ""); err == nil || !strings.Contains(err.Error(), "baseline-branch") {
		t.Errorf("error %v", err)
	}
}

// TestWhatTheEventLeavesOut: what GitHub does not say either is a mistake that can be
// corrected, or a warning.
func TestWhatTheEventLeavesOut(t *testing.T) {
	for _, c := range []struct {
		op     string // that fails
		branch string
		code   int
		says   string
	}{
		{"", "", host.ExitOK, ""},
		{"repos/get", "", host.ExitUsage, "set the input baseline-branch"},
		{"repos/get", "main", host.ExitOK, ""},
	} {
		j := newJob(t)
		j.env["GITHUB_EVENT_NAME"], j.env["INPUT_BASELINE-BRANCH"] = "schedule", c.branch
		j.write(j.env["GITHUB_EVENT_PATH"], `{"schedule": "0 3 * * *"}`)
		if c.op != "" {
			j.hub.Inject(fakegithub.Failing(c.op, 404))
		}
		e := j.run(t.Context())
		if left := len(j.store.files(t, baselineArtifact)) > 0; e.code != c.code || !strings.Contains(e.log, c.says) || left != (c.code == host.ExitOK) {
			t.Errorf("%+v: exit status %d, left a baseline: %v\n%s", c, e.code, left, e.log)
		}
	}
	j := newJob(t)
	j.startedBy("workflow_dispatch", map[string]any{"ref": "refs/tags/main"})
	j.env["GITHUB_REF_TYPE"] = "tag" // which is called main
	j.hub.Inject(fakegithub.Failing("git/get-tag", 403))
	e := j.run(t.Context())
	e.wants(t, host.ExitOK, "pass", "::warning::the tag is taken for its commit")
	if j.lastCheck().Conclusion != "success" || len(j.store.files(t, baselineArtifact)) > 0 {
		t.Errorf("a tag leaves a baseline, or has no check: %+v", j.lastCheck())
	}
}

// TestCheckNames: none can be the id of a job, and what must not replace one another
// differs.
func TestCheckNames(t *testing.T) {
	s := &step{event: github.Event{Repository: github.Repository{DefaultBranch: "main"}}}
	seen := map[string]bool{}
	for _, key := range []string{"", "axum", "into-release"} {
		for _, into := range []string{"", "main", "release", "a\u202eb"} {
			s.inputs.key = key
			name := s.checkName(target{into: into})
			if !strings.Contains(name, " ") || strings.ContainsRune(name, '\u202e') {
				t.Errorf("%q", name)
			}
			if seen[name] != (into == "main") { // as without a pull request
				t.Errorf("%q is the name of two", name)
			}
			seen[name] = true
		}
	}
}
