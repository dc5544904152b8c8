package workflow

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/github"
	"github.com/org/proxy-bench-action/internal/host"
)

// target is what a workflow run is about.
type target struct {
	sha    string // the commit that answers are given on
	base   string // the commit that it is compared with
	judge  string // the commit whose settings decide; empty: those of sha
	name   string // the branch or tag that base is of
	named  bool   // by the user
	doubt  error  // why base is only what the event says
	behind int    // commits that the baseline is behind it
	branch string // whose runs leave baselines
	lack   error  // why there is no baseline of them
	// gateway is the one that is measured, for the baseline.
	gateway baseline.Identity
	pull    int    // number of the pull request, 0 for none
	into    string // the branch that the pull request goes to
	// leavesBaseline says that this run leaves a baseline for others. It fails
	// nothing: what is on the branch is there already.
	leavesBaseline bool
}

// nothingToDo is an event after which there is nothing to measure, and why. It fails
// nobody's run.
type nothingToDo string

func (n nothingToDo) Error() string { return string(n) }

// target reads the event, and asks GitHub for what the event leaves out.
func (s *step) target(ctx context.Context) (target, error) {
	env := s.world.Getenv
	ref, tag := env("GITHUB_REF_NAME"), env("GITHUB_REF_TYPE") == "tag" || s.event.Tag()
	if tag {
		ref = "" // no branch, even where it has the name of one
	}
	if s.event.Repository.DefaultBranch == "" && s.inputs.branch == "" && s.client != nil {
		// The event of a schedule need not name the repository.
		branch, err := s.client.DefaultBranch(ctx)
		if err != nil {
			s.warn("%v", err)
		}
		s.event.Repository.DefaultBranch = branch
	}
	t, err := targetOf(s.event, env("GITHUB_SHA"), ref, s.inputs.branch)
	if err != nil || !tag || s.client == nil {
		return t, err
	}
	commit, err := s.client.Commit(ctx, t.sha)
	if err != nil {
		s.warn("the tag is taken for its commit: %v", err)
		return t, nil
	}
	t.sha, t.base = commit, commit
	return t, nil
}

// targetOf reads an event. sha and ref are what is checked out unless the workflow
// says otherwise, from GITHUB_SHA and GITHUB_REF_NAME. branch is the user's choice of whose baselines
// count; without one it is the branch that a pull request goes to, else the
// default one.
func targetOf(e github.Event, sha, ref, branch string) (target, error) {
	t := target{sha: sha, base: sha, branch: cmp.Or(branch, e.Repository.DefaultBranch)}
	t.name = t.branch
	switch e.Kind {
	case github.PullRequested:
		p := e.PullRequest
		if e.Action == "closed" {
			return t, nothingToDo(fmt.Sprintf("Pull request %d is closed: there is nothing left to decide.", p.Number))
		}
		return target{sha: p.Head.SHA, base: p.Base.SHA, name: p.Base.Ref, branch: cmp.Or(branch, p.Base.Ref), pull: p.Number, into: p.Base.Ref}, nil
	case github.MergeQueued:
		m := e.MergeGroup
		return target{sha: m.HeadSHA, base: m.BaseSHA, name: m.BaseBranch(), branch: cmp.Or(branch, m.BaseBranch())}, nil
	case github.WorkflowFinished:
		return t, host.Usage(errors.New("gate builds and runs code, which must not be done on workflow_run, where a stranger's code would get a token that may write: use command: publish there"))
	case github.Push:
		if e.Deleted {
			return t, nothingToDo("The push deleted its branch or tag: there is nothing to measure.")
		}
		t.sha, ref = e.After, e.Branch()
	}
	if t.branch == "" {
		return t, host.Usagef("the %s event does not say which branch is the default one: set the input baseline-branch", e.Kind)
	}
	t.base, t.leavesBaseline = t.sha, ref == t.branch
	if t.leavesBaseline && e.Kind == github.Push && e.Before != "" {
		t.base = e.Before
	}
	return t, nil
}
