package workflow

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/github"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/internal/session"
)

// identity is that of the gateway in a directory of the repository; empty: it is not
// known.
func (s *step) identity(directory string) baseline.Identity {
	repository := s.event.Repository.ID
	if repository == 0 { // as of a schedule
		repository, _ = strconv.ParseInt(s.world.Getenv("GITHUB_REPOSITORY_ID"), 10, 64)
	}
	return baseline.Identity{Repository: repository, Directory: directory, Key: s.inputs.key, Attempt: s.attempt()}
}

// attempt is which one of the workflow run this is.
func (s *step) attempt() int {
	n, _ := strconv.Atoi(s.world.Getenv("GITHUB_RUN_ATTEMPT"))
	return max(n, 1)
}

// directoryOf is the working directory in its repository, wherever that is checked out.
func directoryOf(ctx context.Context, in repositories) string {
	prefix, err := in.Git(ctx, "rev-parse", "--show-prefix")
	directory := path.Clean(prefix)
	if err != nil || !fs.ValidPath(directory) || strings.ContainsFunc(directory, unicode.IsControl) {
		return "" // no name that a baseline could hold
	}
	return directory
}

// isOf refuses a baseline of another gateway. One of an older program does not say whose
// it is, and is taken for what its name says.
func isOf(file string, gateway baseline.Identity) (known bool, err error) {
	b, err := left(file)
	if err != nil || b.Identity == nil {
		return false, err
	}
	if why := b.Identity.Difference(gateway); why != "" {
		return true, errors.New(why)
	}
	return true, nil
}

// left is what an artifact says of itself. Its bundle is not read.
func left(file string) (b baseline.Baseline, err error) {
	f, err := os.Open(file)
	if err != nil {
		return b, err
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return b, err
	}
	archive, err := baseline.OpenZip(f, info.Size(), baseline.DefaultLimits())
	if err != nil {
		return b, err
	}
	return archive.Baseline()
}

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

// maxFailedShare is the share of failed requests with which a run can still be a
// baseline. It is not 0: one connection reset in a hundred thousand requests says
// nothing against the others, and would leave every pull request without a base
// until the next push.
const maxFailedShare = 0.001

// leaveBaseline leaves what pull requests will be compared with, but only what
// they can trust.
func (s *step) leaveBaseline(ctx context.Context, t target, g gated) {
	if !g.Run.Validity.Complete {
		s.warn("no baseline is left: the run is not complete (%s)", g.Run.Validity.Incomplete)
		return
	}
	if f := saved.FailuresOf(g.Run); float64(f.Failed) > maxFailedShare*float64(f.Sent) {
		s.warn("no baseline is left: %v, more than %.1f %%", f, 100*maxFailedShare)
		return
	}
	gateway := t.gateway
	gateway.Shared = s.sharesName(ctx, g)
	replaced := s.storeBaseline(ctx, gateway, g)
	if replaced && s.attempt() == 1 && !gateway.Shared {
		gateway.Shared = true
		s.storeBaseline(ctx, gateway, g)
	}
	if gateway.Shared {
		s.runner.Error(fmt.Sprintf("Several jobs of this run leave the baseline %s, so nobody knows whose it is, and nothing is compared with it: %s.", s.inputs.artifact, keysDiffer), "")
	}
}

// storeBaseline stores a baseline, and says whether it took the place of another job's.
func (s *step) storeBaseline(ctx context.Context, gateway baseline.Identity, g gated) (replaced bool) {
	g.Identity = &gateway
	var content bytes.Buffer
	var err error
	if g.merged {
		err = s.writeMerged(&content, g)
	} else {
		err = session.WriteBaseline(&content, g.Result, g.config.Gateway, g.log)
	}
	if err != nil {
		s.warn("no baseline is left: %v", err)
		return false
	}
	return s.store(ctx, s.inputs.artifact, content.Bytes()).Replaced
}

// sharesName says whether another job of this run has left a baseline of our name. In a
// first attempt that shows when ours is stored. In later ones the earlier attempts of
// this job count as other jobs there, so what the baseline holds has to tell: the same
// job of the same commit starts the same gateway and asks it the same.
func (s *step) sharesName(ctx context.Context, g gated) bool {
	run, err := strconv.ParseInt(s.world.Getenv("GITHUB_RUN_ID"), 10, 64)
	if err != nil || s.attempt() == 1 || s.client == nil {
		return false
	}
	b, err := s.leftBy(ctx, run)
	if err != nil {
		g.log.Say("it is not known whether another job has left a baseline of this name: %v", err)
		return false
	}
	if b == nil || b.Identity == nil {
		return false
	}
	head := g.config.Gateway
	same := b.Gateway.Start == head.Start && maps.Equal(b.Gateway.Env, head.Env) && b.Run.Plan.Fingerprint == g.Run.Plan.Fingerprint
	return b.Identity.Shared || b.Identity.Attempt == s.attempt() || !same
}

// leftBy is the newest baseline of our name that a run has left, nil where there is none.
func (s *step) leftBy(ctx context.Context, run int64) (*baseline.Baseline, error) {
	all, err := s.client.RunArtifacts(ctx, run, s.inputs.artifact)
	if err != nil || len(all) == 0 || all[0].Expired {
		return nil, err
	}
	scratch, err := os.MkdirTemp("", "proxy-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	file := filepath.Join(scratch, "left.zip")
	if err := s.download(ctx, all[0], file); err != nil {
		return nil, err
	}
	b, err := left(file)
	return &b, err
}
