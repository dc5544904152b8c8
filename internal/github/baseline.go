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
	// Also are events beside push whose runs on Branch are trusted: schedule,
	// workflow_dispatch.
	Also []Kind
}

// Baseline is an artifact of a trusted run.
type Baseline struct {
	RunID    int64
	RunURL   string
	Event    Kind   // what had started the run
	SHA      string // the run's commit
	Behind   int    // commits between SHA and the one asked for, 0 for that one
	Artifact Artifact
}

// Lack is why there is no baseline.
type Lack string

// The lacks.
const (
	LacksRun      Lack = "run"      // no trusted run yet
	LacksAncestor Lack = "ancestor" // none whose commit leads to the one asked for
	LacksArtifact Lack = "artifact" // they have left no artifact of that name
	LacksTime     Lack = "time"     // the artifact has expired
)

// NoBaselineError says that there is no baseline. That is no failure: the very
// first run has none.
type NoBaselineError struct {
	Lack   Lack
	Reason string // a sentence for the reader
}

func (e *NoBaselineError) Error() string { return "no baseline: " + e.Reason }

// The bounds of a search, which would otherwise go through years of runs.
const (
	runPages    = 5  // of runs, for each event
	comparisons = 30 // of commits
	runsLooked  = 10 // at, for the artifact
)

// FindBaseline finds the artifact to compare with: of the run for exactly the
// commit, or else of the nearest earlier one. When there is none, the error is
// a [*NoBaselineError].
//
// The run is chosen first, and the artifact within it. Anyone can have a run
// upload an artifact of that name, from a fork whose branch is called main, and
// what the artifact holds will be executed. So a run is trusted only if it is of
// the same workflow, was started by a push to the branch (or an event of
// Also), has succeeded, and ran this repository's own commit; and that is
// checked on the answer, whatever the query asked for.
func (c *Client) FindBaseline(ctx context.Context, q BaselineQuery) (Baseline, error) {
	if err := q.check(); err != nil {
		return Baseline{}, err
	}
	s := search{Client: c, query: q, compared: map[string]Comparison{q.Commit: {}}}
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
	for _, k := range q.Also {
		if k != Schedule && k != WorkflowDispatch {
			return fmt.Errorf("looking for the baseline: runs of event %q cannot be trusted, only those of push, schedule and workflow_dispatch", k)
		}
	}
	return nil
}

// run is a trusted one.
type run struct {
	id       int64
	url, sha string
	event    Kind
}

// search is one search for a baseline, with what it has seen so far.
type search struct {
	*Client
	query     BaselineQuery
	compared  map[string]Comparison // by the run's commit; the one asked for is there from the start
	ancestors int                   // runs that were looked at for the artifact
}

// trustedRuns lists the trusted runs, the newest first; with a sha only those of
// that commit. Should GitHub return others, they do no harm: all are compared.
func (s *search) trustedRuns(ctx context.Context, sha string) ([]run, error) {
	q := s.query
	var runs []run
	for _, event := range append([]Kind{Push}, q.Also...) {
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
					runs = append(runs, run{r.GetID(), r.GetHTMLURL(), r.GetHeadSHA(), event})
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
		compared, err := s.compare(ctx, r)
		if err != nil {
			return Baseline{}, false, err
		}
		if !compared.Descends() {
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
			return Baseline{}, false, &NoBaselineError{LacksTime, fmt.Sprintf("artifact %s of run %d for commit %.12s has expired%s; the next push to %s leaves another",
				s.query.Artifact, r.id, r.sha, on(left[0]), s.query.Branch)}
		}
		return Baseline{r.id, r.url, r.event, r.sha, compared.Ahead, left[0]}, true, nil
	}
	return Baseline{}, false, nil
}

func on(a Artifact) string {
	if a.Expires.IsZero() {
		return ""
	}
	return " on " + a.Expires.UTC().Format("2 January 2006")
}

// compare compares the run's commit with the one asked for, each commit once. A
// commit beyond the limit counts as no ancestor.
func (s *search) compare(ctx context.Context, r run) (Comparison, error) {
	compared, ok := s.compared[r.sha]
	if ok {
		return compared, nil
	}
	if len(s.compared) > comparisons {
		return Comparison{Behind: 1}, nil
	}
	compared, err := s.Compare(ctx, r.sha, s.query.Commit)
	if errors.Is(err, ErrNotFound) {
		compared, err = Comparison{Behind: 1}, nil // it was pushed over, so it leads nowhere
	}
	s.compared[r.sha] = compared
	return compared, err
}

// lack says why no baseline was found; runs is how many trusted ones there were.
func (s *search) lack(runs int) error {
	q := s.query
	switch {
	case runs == 0:
		return &NoBaselineError{LacksRun, fmt.Sprintf("workflow %s has no successful run by push on %s yet; one that is merged will leave a baseline", q.Workflow, q.Branch)}
	case s.ancestors == 0:
		return &NoBaselineError{LacksAncestor, fmt.Sprintf("of the newest %d commits with a successful run on %s, none is an ancestor of %.12s; bring the branch up to date", len(s.compared)-1, q.Branch, q.Commit)}
	default:
		return &NoBaselineError{LacksArtifact, fmt.Sprintf("none of %d runs on %s up to %.12s has left an artifact %s", s.ancestors, q.Branch, q.Commit, q.Artifact)}
	}
}
