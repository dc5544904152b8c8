package workflow

import (
	"cmp"
	"context"
	"errors"
	"fmt"

	"github.com/org/proxy-bench-action/internal/github"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/revision"
	"github.com/org/proxy-bench-action/internal/session"
)

// checkoutError says that another commit would be measured than the one that the answer
// is given on.
type checkoutError struct{ has, wants, todo string }

func (e *checkoutError) Error() string {
	return fmt.Sprintf("the workspace has %.12s, but the answer would be given on %s: %s", e.has, e.wants, e.todo)
}

// mergedInto is the commit that a pull request is merged into in the workspace; empty
// where its own commit is checked out. started is the commit that the event is about, by
// GITHUB_SHA: of a pull request, GitHub's merge of it.
//
// An own commit may be a merge as well, of the base branch into the pull request's: its
// first parent is no base.
func mergedInto(c revision.Checkout, t target, started string) (string, error) {
	switch {
	case c.SHA == t.sha || t.pull == 0 && c.SHA == started:
		return "", nil
	case t.pull == 0:
		return "", &checkoutError{c.SHA, fmt.Sprintf("%.12s, which the event is about", t.sha), "check that out, as actions/checkout does without a ref, and commit nothing after it"}
	case len(c.Parents) == 2 && c.Parents[1] == t.sha:
		return c.Parents[0], nil
	}
	return "", &checkoutError{
		c.SHA, fmt.Sprintf("%.12s, the head of pull request %d, which it neither is nor merges", t.sha, t.pull),
		"check the pull request out as actions/checkout does without a ref, or with ref: ${{ github.event.pull_request.head.sha }}, and commit nothing after it",
	}
}

// settle finds out what is checked out and which commit it is compared with. It is an
// error where what would be measured is not what would be marked.
func (s *step) settle(ctx context.Context, t *target, in repositories, log session.Log) error {
	base, chosen := "", s.event.Kind == github.WorkflowDispatch || s.event.Kind == github.Schedule
	switch c, err := revision.ReadCheckout(ctx, in.Git); {
	case err != nil:
		log.Say("there is no git repository here, so it is not known whether it is %.12s that is measured: %v", t.sha, err)
	case chosen && c.SHA != t.sha:
		// Nothing but the workflow itself says what is to be measured, so that is marked.
		log.Say("measuring and marking %.12s, which is checked out; the run was started on %.12s", c.SHA, t.sha)
		t.sha, t.base, t.leavesBaseline = c.SHA, c.SHA, false
	default:
		if base, err = mergedInto(c, *t, s.world.Getenv("GITHUB_SHA")); err != nil {
			return host.Usage(err)
		}
	}
	switch {
	case base != "":
		t.base = base
	case t.pull != 0:
		t.base = s.mergeBase(ctx, t, in)
	}
	if !t.leavesBaseline && t.base != t.sha {
		t.judge = t.base
	}
	return s.baseByName(ctx, t, in)
}

// mergeBase is the newest commit that the base branch and the head of a pull request
// have in common. What the event has for the base may be older: the branch as it was
// when the pull request was last pushed to.
func (s *step) mergeBase(ctx context.Context, t *target, in repositories) string {
	eventBase := t.base
	sha, err := s.askMergeBase(ctx, t.name, eventBase, t.sha)
	if err == nil {
		return sha
	}
	if shallow, failed := in.Git(ctx, "rev-parse", "--is-shallow-repository"); failed == nil && shallow == "false" {
		for _, base := range []string{"refs/remotes/origin/" + t.name, eventBase} {
			if sha, failed := in.Git(ctx, "merge-base", base, t.sha); failed == nil && sha != "" && sha != t.sha {
				return sha
			}
		}
	}
	t.doubt = fmt.Errorf("that with %s is not known, so the base is what the event says, %.12s: %w", t.name, eventBase, err)
	return eventBase
}

// askMergeBase asks GitHub for the newest commit that a branch and a head have in common,
// or, where the head is merged by now, an earlier commit of the branch and the head.
func (s *step) askMergeBase(ctx context.Context, branch, earlier, head string) (string, error) {
	if s.client == nil {
		return "", errors.New("there is no token to ask GitHub with")
	}
	err := errors.New("its head is a part of that branch already")
	for _, base := range []string{branch, earlier} {
		sha, failed := s.client.MergeBase(ctx, base, head)
		if failed == nil && sha != head {
			return sha, nil
		}
		err = cmp.Or(failed, err)
	}
	return "", err
}

// baseByName sets the base that the input names, if it names one. Such a run is a gate
// wherever it is, and leaves no baseline: that is for a comparison with the commit before.
func (s *step) baseByName(ctx context.Context, t *target, in repositories) error {
	if s.inputs.base == "" {
		return nil
	}
	name, sha, err := s.named(ctx, in, t.sha)
	switch {
	case errors.Is(err, github.ErrNotFound):
		return host.Usagef("input base: %w; name a branch, a tag or a commit of this repository, or %s", err, revision.LatestRelease)
	case err != nil:
		return fmt.Errorf("input base: %w", err)
	}
	t.base, t.name, t.named, t.leavesBaseline = sha, name, true, false
	return nil
}

// named resolves the input base: by GitHub, or by the clone where that cannot be asked.
func (s *step) named(ctx context.Context, in repositories, head string) (name, sha string, err error) {
	name = s.inputs.base
	latest := name == revision.LatestRelease
	if s.client != nil {
		if latest {
			name, err = s.client.LatestRelease(ctx)
		}
		if err == nil {
			sha, err = s.client.CommitOf(ctx, name)
		}
		if err == nil && !(latest && sha == head) || errors.Is(err, github.ErrNotFound) {
			return name, sha, err
		}
	}
	// The release of the very commit that is measured is not the one before it.
	there, failed := name, error(nil)
	if latest {
		there, failed = revision.NewestVersion(ctx, in.Git)
	}
	for _, prefix := range []string{"", "refs/remotes/origin/"} {
		if failed == nil {
			if here, missing := in.Git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", prefix+there+"^{commit}"); missing == nil && here != "" {
				return there, here, nil
			}
		}
	}
	switch {
	case sha != "":
		return name, sha, nil
	case err != nil:
		return name, "", err
	case failed != nil:
		return name, "", fmt.Errorf("%w: %w", github.ErrNotFound, failed)
	}
	return name, "", fmt.Errorf("%w: there is no token to ask GitHub for %q with, and the clone has no such commit (actions/checkout: fetch-depth: 0)", github.ErrNotFound, name)
}
