package github

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/url"
	"slices"
	"strings"

	"github.com/google/go-github/v62/github"
)

// BaselineQuery says which artifact of which runs is wanted.
type BaselineQuery struct {
	Workflow string // file name (see [WorkflowFile]) or id
	Branch   string // the base branch
	Commit   string // the base commit
	Artifact string // its exact name
	Run      int64  // the run that asks, which is not its own baseline; may be 0
}

// Baseline is an artifact of a trusted run.
type Baseline struct {
	RunID    int64
	SHA      string // the run's commit
	Behind   int    // commits between SHA and the one asked for, 0 for that one
	Artifact Artifact
}

// nearer says whether a baseline is the better one: of the nearer commit, and of one
// commit the one that was left last.
func (b Baseline) nearer(than Baseline) bool {
	return cmp.Or(cmp.Compare(b.Behind, than.Behind), cmp.Compare(than.Artifact.ID, b.Artifact.ID)) < 0
}

// NoBaselineError says why there is no baseline, and what to do.
type NoBaselineError struct {
	Why string
	// Never is true where no trusted run is known to have left one.
	Never bool
}

func (e *NoBaselineError) Error() string { return "no baseline: " + e.Why }

// trustedEvents are those whose runs on the base branch are trusted: only who can
// write to the repository can start these there.
var trustedEvents = []Kind{Push, Schedule, WorkflowDispatch}

// The bounds of a search, which would otherwise go through years of runs.
const (
	runPages    = 5  // of runs, for each event
	comparisons = 30 // of commits
	runsLooked  = 20 // at, for the artifact
	runsBeyond  = 4  // the first that has left one, in case they are nearer
)

// FindBaseline finds the artifact to compare with: of a run for exactly the commit, or
// else of the nearest earlier one. When there is none, the error is a
// [NoBaselineError]; the very first run has none.
//
// The run is chosen first, and the artifact within it. Anyone can have a run
// upload an artifact of that name, from a fork whose branch is called main, and
// what the artifact holds will be executed. So a run is trusted only if it is of
// the same workflow, was started on the branch by one of the trustedEvents, and ran
// this repository's own commit; and that is checked on the answer, whatever the query
// asked for.
//
// How the run ended does not count, nor whether it has: an artifact is left after a
// complete measurement only, and another job of the run may fail for reasons of its own.
func (c *Client) FindBaseline(ctx context.Context, q BaselineQuery) (Baseline, error) {
	if err := q.check(); err != nil {
		return Baseline{}, err
	}
	s := search{Client: c, query: q, distances: map[string]int{q.Commit: 0}}
	exact, err := s.trustedRuns(ctx, q.Commit)
	if err != nil {
		return Baseline{}, err
	}
	if found, ok, err := s.nearest(ctx, exact); ok || err != nil {
		return found, err
	}
	earlier, err := s.trustedRuns(ctx, "")
	if err != nil {
		return Baseline{}, err
	}
	earlier = slices.DeleteFunc(earlier, func(r run) bool { return r.sha == q.Commit })
	if found, ok, err := s.nearest(ctx, earlier); ok || err != nil {
		return found, err
	}
	return Baseline{}, s.lack(len(exact) + len(earlier))
}

func (q BaselineQuery) check() error {
	if q.Workflow == "" || strings.Contains(q.Workflow, "/") || q.Branch == "" || q.Artifact == "" {
		return fmt.Errorf("looking for the baseline: workflow %q, branch %q and artifact %q have to be given, and the workflow as a file name or id", q.Workflow, q.Branch, q.Artifact)
	}
	if !isSHA(q.Commit) {
		return fmt.Errorf("looking for the baseline: %q is not the full name of a commit", q.Commit)
	}
	return nil
}

// run is a trusted one.
type run struct {
	id  int64
	sha string
}

// search is one search for a baseline, with what it has seen so far.
type search struct {
	*Client
	query     BaselineQuery
	distances map[string]int // by the run's commit; the one asked for is there from the start
	newest    int64          // the first of the runs that were looked at for the artifact
	looked    int            // at so many
	expired   string         // what was found, and cannot be had any more
}

// trustedRuns lists the trusted runs, the newest first; with a sha only those of
// that commit. Should GitHub return others, they do no harm: all are compared.
func (s *search) trustedRuns(ctx context.Context, sha string) ([]run, error) {
	q := s.query
	var runs []run
	for _, event := range trustedEvents {
		options := &github.ListWorkflowRunsOptions{
			Branch: q.Branch, Event: string(event), HeadSHA: sha, ExcludePullRequests: true,
			ListOptions: github.ListOptions{PerPage: pageSize},
		}
		for range runPages {
			list, resp, err := s.api.Actions.ListWorkflowRunsByFileName(ctx, s.owner, s.repo, url.PathEscape(q.Workflow), options)
			err = failed(fmt.Sprintf("listing the %s runs of workflow %s on %s", event, q.Workflow, oneLine(q.Branch)), err)
			switch {
			case errors.Is(err, ErrNotFound):
				return nil, &NoBaselineError{Never: true, Why: fmt.Sprintf("GitHub knows no workflow %s here, or the token lacks actions: read; the input baseline-workflow takes the name of the file in .github/workflows whose runs on %s leave baselines", q.Workflow, q.Branch)}
			case err != nil:
				return nil, err
			}
			for _, r := range list.WorkflowRuns {
				if r.GetID() != q.Run && trusted(r, event, q.Branch) {
					runs = append(runs, run{r.GetID(), r.GetHeadSHA()})
				}
			}
			if options.Page = resp.NextPage; options.Page == 0 || commits(runs) > comparisons {
				break
			}
		}
	}
	// Ids grow with time.
	slices.SortFunc(runs, func(a, b run) int { return cmp.Compare(b.id, a.id) })
	return runs, nil
}

// trusted is the rule that keeps strangers' artifacts out.
func trusted(r *github.WorkflowRun, event Kind, branch string) bool {
	ours, heads := r.GetRepository().GetID(), r.GetHeadRepository().GetID() // 0 when null
	return r.GetEvent() == string(event) && r.GetHeadBranch() == branch &&
		heads != 0 && heads == ours && isSHA(r.GetHeadSHA())
}

func commits(runs []run) int {
	seen := map[string]bool{}
	for _, r := range runs {
		seen[r.sha] = true
	}
	return len(seen)
}

// nearest finds the artifact of the nearest run that leads to the commit. The newest
// run need not be it: runs may start in another order than their commits came, and one
// may be repeated. So a few runs beyond the first that has the artifact count, too.
func (s *search) nearest(ctx context.Context, runs []run) (best Baseline, found bool, err error) {
	beyond := 0
	for _, r := range runs {
		if found || s.expired != "" {
			beyond++
		}
		if s.looked == runsLooked || beyond > runsBeyond {
			break
		}
		behind, err := s.distance(ctx, r.sha)
		if err != nil {
			return Baseline{}, false, err
		}
		if behind == noAncestor || found && behind > best.Behind {
			continue
		}
		left, err := s.left(ctx, r)
		if err != nil {
			return Baseline{}, false, err
		}
		if left == nil {
			continue
		}
		if b := (Baseline{r.id, r.sha, behind, *left}); !found || b.nearer(best) {
			best, found = b, true
		}
	}
	return best, found, nil
}

// left is what a run has left, nil for nothing: the newest of its attempts that has left
// something counts, whatever became of later ones.
func (s *search) left(ctx context.Context, r run) (*Artifact, error) {
	if s.looked++; s.looked == 1 {
		s.newest = r.id
	}
	all, err := s.RunArtifacts(ctx, r.id, s.query.Artifact)
	if err != nil || len(all) == 0 {
		return nil, err
	}
	if i := slices.IndexFunc(all, func(a Artifact) bool { return !a.Expired }); i >= 0 {
		return &all[i], nil
	}
	if s.expired == "" {
		s.expired = fmt.Sprintf("artifact %s of run %d for commit %.12s has expired%s", s.query.Artifact, r.id, r.sha, on(all[0]))
	}
	return nil, nil
}

func on(a Artifact) string {
	if a.Expires.IsZero() {
		return ""
	}
	return " on " + a.Expires.UTC().Format("2 January 2006")
}

// noAncestor is the distance of a commit that does not lead to the one asked for.
const noAncestor = -1

// distance counts the commits between a run's commit and the one asked for. Each is
// compared once. A commit beyond the limit counts as no ancestor.
func (s *search) distance(ctx context.Context, sha string) (int, error) {
	if known, ok := s.distances[sha]; ok {
		return known, nil
	}
	if len(s.distances) > comparisons {
		return noAncestor, nil
	}
	doing := fmt.Sprintf("comparing commits %.12s and %.12s", sha, s.query.Commit)
	// The commits themselves are not needed, so no more than one is asked for.
	got, _, err := s.api.Repositories.CompareCommits(ctx, s.owner, s.repo, sha, s.query.Commit, &github.ListOptions{PerPage: 1})
	err = failed(doing, err)
	distance := noAncestor
	switch {
	case errors.Is(err, ErrNotFound): // it was pushed over, so it leads nowhere
	case err != nil:
		return 0, err
	case got.AheadBy == nil || got.BehindBy == nil:
		return 0, &Error{Doing: doing, Err: errors.New("the answer lacks ahead_by or behind_by")}
	case *got.BehindBy == 0:
		distance = *got.AheadBy
	}
	s.distances[sha] = distance
	return distance, nil
}

// lack says why no baseline was found, and what to do; runs is how many trusted ones
// there were.
func (s *search) lack(runs int) error {
	q := s.query
	switch {
	case s.expired != "":
		return &NoBaselineError{Why: fmt.Sprintf("%s; run the workflow on %s again for another one: a push does, or workflow_dispatch", s.expired, q.Branch)}
	case runs == 0:
		return &NoBaselineError{Never: true, Why: fmt.Sprintf("workflow %s has not run on %s yet, by push, schedule or workflow_dispatch; its next run there leaves one (on: push: branches: [%s]), and if another workflow does, name its file in the input baseline-workflow", q.Workflow, q.Branch, q.Branch)}
	case s.looked == 0:
		return &NoBaselineError{Why: fmt.Sprintf("of the newest %d commits with a run on %s, none is an ancestor of %.12s; bring the branch up to date", len(s.distances)-1, q.Branch, q.Commit)}
	default:
		return &NoBaselineError{Never: true, Why: fmt.Sprintf("none of %d runs of workflow %s on %s up to %.12s has left an artifact %s; the log of the newest, run %d, says why (a measurement that failed or was cancelled leaves none, and one with another key another name)", s.looked, q.Workflow, q.Branch, q.Commit, q.Artifact, s.newest)}
	}
}

// PullRequestRuns counts the runs of a workflow that pull requests have started.
func (c *Client) PullRequestRuns(ctx context.Context, workflow string) (int, error) {
	list, _, err := c.api.Actions.ListWorkflowRunsByFileName(ctx, c.owner, c.repo, url.PathEscape(workflow), &github.ListWorkflowRunsOptions{
		Event: string(PullRequested), ExcludePullRequests: true, ListOptions: github.ListOptions{PerPage: 1},
	})
	if err != nil {
		return 0, failed("counting the pull_request runs of workflow "+workflow, err)
	}
	return list.GetTotalCount(), nil
}

// WorkflowFile is the file name, ci.yml, in a GITHUB_WORKFLOW_REF like
// octo/shop/.github/workflows/ci.yml@refs/heads/main. With it, runs of this
// workflow can be asked for; the name of a workflow is not unique.
func WorkflowFile(ref string) (string, error) {
	path, _, _ := strings.Cut(ref, "@")
	_, file, ok := strings.Cut(path, "/.github/workflows/")
	if !ok || strings.Contains(file, "/") || !strings.HasSuffix(file, ".yml") && !strings.HasSuffix(file, ".yaml") {
		return "", fmt.Errorf("GITHUB_WORKFLOW_REF is %q, expected OWNER/REPO/.github/workflows/FILE.yml@REF", ref)
	}
	return file, nil
}
