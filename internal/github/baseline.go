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
}

// Baseline is an artifact of a trusted run.
type Baseline struct {
	RunID    int64
	SHA      string // the run's commit
	Behind   int    // commits between SHA and the one asked for, 0 for that one
	Artifact Artifact
}

// trustedEvents are those whose runs on the base branch are trusted: only who can
// write to the repository can start these there.
var trustedEvents = []Kind{Push, Schedule, WorkflowDispatch}

// The bounds of a search, which would otherwise go through years of runs.
const (
	runPages    = 5  // of runs, for each event
	comparisons = 30 // of commits
	runsLooked  = 10 // at, for the artifact
)

// FindBaseline finds the artifact to compare with: of the run for exactly the
// commit, or else of the nearest earlier one. When there is none, the error says
// why; the very first run has none.
//
// The run is chosen first, and the artifact within it. Anyone can have a run
// upload an artifact of that name, from a fork whose branch is called main, and
// what the artifact holds will be executed. So a run is trusted only if it is of
// the same workflow, was started on the branch by one of the trustedEvents, has
// succeeded, and ran this repository's own commit; and that is checked on the
// answer, whatever the query asked for.
func (c *Client) FindBaseline(ctx context.Context, q BaselineQuery) (Baseline, error) {
	if err := q.check(); err != nil {
		return Baseline{}, err
	}
	s := search{Client: c, query: q, distances: map[string]int{q.Commit: 0}}
	exact, err := s.trustedRuns(ctx, q.Commit)
	if err != nil {
		return Baseline{}, err
	}
	if found, ok, err := s.first(ctx, exact); ok || err != nil {
		return found, err
	}
	earlier, err := s.trustedRuns(ctx, "")
	if err != nil {
		return Baseline{}, err
	}
	earlier = slices.DeleteFunc(earlier, func(r run) bool { return r.sha == q.Commit })
	if found, ok, err := s.first(ctx, earlier); ok || err != nil {
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
	ancestors int            // runs that were looked at for the artifact
}

// trustedRuns lists the trusted runs, the newest first; with a sha only those of
// that commit. Should GitHub return others, they do no harm: all are compared.
func (s *search) trustedRuns(ctx context.Context, sha string) ([]run, error) {
	q := s.query
	var runs []run
	for _, event := range trustedEvents {
		options := &github.ListWorkflowRunsOptions{
			Branch: q.Branch, Event: string(event), Status: "success", HeadSHA: sha, ExcludePullRequests: true,
			ListOptions: github.ListOptions{PerPage: pageSize},
		}
		for range runPages {
			list, resp, err := s.api.Actions.ListWorkflowRunsByFileName(ctx, s.owner, s.repo, url.PathEscape(q.Workflow), options)
			if err != nil {
				return nil, failed(fmt.Sprintf("listing the %s runs of workflow %s on %s", event, q.Workflow, oneLine(q.Branch)), err)
			}
			for _, r := range list.WorkflowRuns {
				if trusted(r, event, q.Branch) {
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
	return r.GetEvent() == string(event) && r.GetConclusion() == "success" && r.GetHeadBranch() == branch &&
		heads != 0 && heads == ours && isSHA(r.GetHeadSHA())
}

func commits(runs []run) int {
	seen := map[string]bool{}
	for _, r := range runs {
		seen[r.sha] = true
	}
	return len(seen)
}

// first finds the first run that leads to the commit and has the artifact.
func (s *search) first(ctx context.Context, runs []run) (Baseline, bool, error) {
	for _, r := range runs {
		if s.ancestors == runsLooked {
			break
		}
		behind, err := s.distance(ctx, r.sha)
		if err != nil {
			return Baseline{}, false, err
		}
		if behind == noAncestor {
			continue
		}
		s.ancestors++
		left, err := s.RunArtifacts(ctx, r.id, s.query.Artifact)
		if err != nil {
			return Baseline{}, false, err
		}
		if len(left) == 0 {
			continue
		}
		if left[0].Expired {
			// Older runs left theirs earlier, so those have expired, too.
			return Baseline{}, false, fmt.Errorf("no baseline: artifact %s of run %d for commit %.12s has expired%s; the next push to %s leaves another",
				s.query.Artifact, r.id, r.sha, on(left[0]), s.query.Branch)
		}
		return Baseline{r.id, r.sha, behind, left[0]}, true, nil
	}
	return Baseline{}, false, nil
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

// lack says why no baseline was found; runs is how many trusted ones there were.
func (s *search) lack(runs int) error {
	q := s.query
	switch {
	case runs == 0:
		return fmt.Errorf("no baseline: workflow %s has no successful run by push on %s yet; one that is merged will leave a baseline", q.Workflow, q.Branch)
	case s.ancestors == 0:
		return fmt.Errorf("no baseline: of the newest %d commits with a successful run on %s, none is an ancestor of %.12s; bring the branch up to date", len(s.distances)-1, q.Branch, q.Commit)
	default:
		return fmt.Errorf("no baseline: none of %d runs on %s up to %.12s has left an artifact %s", s.ancestors, q.Branch, q.Commit, q.Artifact)
	}
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
