package workflow

import (
	"cmp"
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
	behind int    // commits that the baseline is behind it
	branch string // whose runs leave baselines
	lack   error  // why there is no baseline of them
	// gateway is the one that is measured, for the baseline.
	gateway baseline.Identity
	pull    int // number of the pull request, 0 for none
	// leavesBaseline says that this run leaves a baseline for others. It fails
	// nothing: what is on the branch is there already.
	leavesBaseline bool
}

// targetOf reads an event. sha and ref are what is checked out unless the workflow
// says otherwise, from GITHUB_SHA and GITHUB_REF_NAME. branch is the user's choice of whose baselines
// count; without one it is the branch that a pull request goes to, else the
// default one.
func targetOf(e github.Event, sha, ref, branch string) (target, error) {
	t := target{sha: sha, base: sha, branch: cmp.Or(branch, e.Repository.DefaultBranch)}
	switch e.Kind {
	case github.PullRequested:
		p := e.PullRequest
		return target{sha: p.Head.SHA, base: p.Base.SHA, branch: cmp.Or(branch, p.Base.Ref), pull: p.Number}, nil
	case github.MergeQueued:
		m := e.MergeGroup
		return target{sha: m.HeadSHA, base: m.BaseSHA, branch: cmp.Or(branch, m.BaseBranch())}, nil
	case github.WorkflowFinished:
		return t, host.Usage(errors.New("gate builds and runs code, which must not be done on workflow_run, where a stranger's code would get a token that may write: use command: publish there"))
	case github.Push:
		if e.Deleted {
			return t, host.Usage(errors.New("the push deleted its branch, so there is nothing to measure: leave such events out with `if: ${{ !github.event.deleted }}`"))
		}
		t.sha, ref = e.After, e.Branch()
	}
	if t.branch == "" {
		return t, fmt.Errorf("the %s event does not say which branch is the default one: set the input baseline-branch", e.Kind)
	}
	t.base, t.leavesBaseline = t.sha, ref == t.branch
	if t.leavesBaseline && e.Kind == github.Push && e.Before != "" {
		t.base = e.Before
	}
	return t, nil
}
