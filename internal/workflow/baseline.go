package workflow

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"github.com/org/proxy-bench-action/internal/github"
)

// findBaseline asks for the artifact of the workflow that leaves baselines: the one that
// the input names, else the one that measures, which is our own or the one whose run is
// published.
func (s *step) findBaseline(ctx context.Context, t target) (github.Baseline, error) {
	query := github.BaselineQuery{Branch: t.branch, Commit: t.base, Artifact: s.inputs.artifact, Workflow: s.inputs.workflow}
	query.Run, _ = strconv.ParseInt(s.world.Getenv("GITHUB_RUN_ID"), 10, 64) // 0 is no run
	if run := s.event.Run; run != nil && query.Workflow == "" {
		query.Workflow = strconv.FormatInt(run.WorkflowID, 10)
	}
	if query.Workflow == "" {
		var err error
		if query.Workflow, err = github.WorkflowFile(s.world.Getenv("GITHUB_WORKFLOW_REF")); err != nil {
			return github.Baseline{}, err
		}
	}
	return s.client.FindBaseline(ctx, query)
}

// manyPulls is after how many runs of pull requests without a baseline the report asks
// whether anything leaves one.
const manyPulls = 10

// neverLeft is a note for a repository in which every pull request goes without a
// baseline, empty elsewhere. That is green, so nobody would look for it.
func (s *step) neverLeft(ctx context.Context, t target) string {
	none, ok := errors.AsType[*github.NoBaselineError](t.lack)
	if !ok || !none.Never || t.pull == 0 {
		return ""
	}
	own, err := github.WorkflowFile(s.world.Getenv("GITHUB_WORKFLOW_REF"))
	if err != nil {
		return ""
	}
	runs, err := s.client.PullRequestRuns(ctx, own)
	if err != nil || runs < manyPulls { // it is a remark: no failure of it is worth a word
		return ""
	}
	leaving := own
	if s.inputs.workflow != "" {
		leaving = s.inputs.workflow
	}
	return fmt.Sprintf("No baseline, after %d runs of pull requests: does workflow %s run on pushes to %s, and measure there?", runs, leaving, t.branch)
}
