package workflow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/github"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/saved"
)

// publish answers for the run that the event names, which could not answer
// itself: it takes the artifact that the run has left and decides again from its
// rounds, by the settings of the repository. Nothing is checked out, built or run, and
// of the artifact only the rounds count: which pull request and commit it is about says
// GitHub.
func (s *step) publish(ctx context.Context) error {
	run := s.event.Run
	switch {
	case run == nil:
		return host.Usagef("command publish is for the event workflow_run, this is %s: use command: gate", s.event.Kind)
	case s.client == nil:
		return host.Usage(errors.New("command publish needs the input github-token"))
	case run.Event != string(github.PullRequested):
		s.runner.Notice(fmt.Sprintf("The run was started by %s, not by a pull request: there is nothing to publish.", run.Event))
		return nil
	}
	pulls, err := s.client.PullRequestsForHead(ctx, *run)
	if errors.Is(err, github.ErrNotFound) {
		s.runner.Notice(err.Error())
		return nil
	}
	if err != nil {
		return err
	}
	if !slices.ContainsFunc(pulls, run.ReadOnly) {
		s.runner.Notice(fmt.Sprintf("Pull request %d is from this repository, so its own run could answer.", pulls[0].Number))
		return nil
	}
	scratch, err := os.MkdirTemp("", "proxy-bench-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	return s.publishFrom(ctx, scratch, pulls)
}

// publishFrom answers from what the run has left.
func (s *step) publishFrom(ctx context.Context, scratch string, pulls []github.PullRequest) error {
	run := s.event.Run
	artifacts, err := s.client.RunArtifacts(ctx, run.ID, s.inputs.result)
	if err != nil {
		return err
	}
	if len(artifacts) == 0 {
		s.runner.Notice(fmt.Sprintf("Run %d has left no artifact %s, so there is nothing to publish.", run.ID, s.inputs.result))
		return nil
	}
	measured, left, err := s.readResult(ctx, filepath.Join(scratch, "result.zip"), artifacts[0])
	if err != nil && !errors.Is(err, record.ErrNoRun) {
		return err
	}
	if err != nil && left.Failure == nil {
		left.Failure = &report.Failure{Step: "measuring", Message: "the run has left neither rounds nor a reason; see its log"}
	}
	pull, err := oneOf(pulls, left.PullRequest)
	if err != nil {
		return err
	}
	// The run comes from a fork, so what it says of its commit cannot be trusted.
	measured.Commit = bench.Commit{SHA: run.HeadSHA}
	t := target{sha: run.HeadSHA, base: pull.Base.SHA, branch: cmp.Or(s.inputs.branch, pull.Base.Ref), pull: pull.Number, into: pull.Base.Ref}
	r := report.Report{Run: measured, Context: report.Context{Failure: left.Failure}}
	// What GitHub has for the base is the branch as it was when the pull request was last
	// pushed to, which may be newer than what the pull request starts from.
	if base, err := s.askMergeBase(ctx, pull.Base.Ref, t.base, t.sha); err == nil {
		t.base = base
	} else {
		s.warn("the merge base with %s is not known, so %.12s, which GitHub has for the base, decides: %v", pull.Base.Ref, t.base, err)
	}
	if r.Context.Failure == nil {
		if err := s.decideAgain(ctx, scratch, &r, t); err != nil {
			return err
		}
	}
	if withdrawn := s.withdrawAfter(ctx, t, pull.Labels); withdrawn != "" {
		r.Context.Notes = append(r.Context.Notes, withdrawn)
	}
	s.locate(ctx, &r, t)
	r.Context.HTMLURL = fmt.Sprintf("%s/artifacts/%d", s.runURL(), artifacts[0].ID)
	built := report.Once(r)
	s.print(built)
	s.tell(ctx, t, built, "")
	return nil
}

// oneOf is the pull request that a run was for. Where one branch is to go into several,
// the run's own word chooses among them: they have one author and one commit, and a lie
// brings the author's rounds to another pull request of the author's.
func oneOf(pulls []github.PullRequest, claimed int) (github.PullRequest, error) {
	if len(pulls) == 1 {
		return pulls[0], nil
	}
	for _, p := range pulls {
		if p.Number == claimed {
			return p, nil
		}
	}
	return github.PullRequest{}, fmt.Errorf("the run may be for pull request %d or for %d, which have the same head, and does not say for which; close one of them", pulls[0].Number, pulls[1].Number)
}

// decideAgain decides from the rounds of an artifact, by the repository's own settings.
func (s *step) decideAgain(ctx context.Context, scratch string, r *report.Report, t target) error {
	settings, err := s.ownSettings(ctx, &r.Context, t)
	if err != nil {
		return err
	}
	claimed := r.Run.Policy
	if r.Context.FailOn, err = saved.DecideBy(&r.Run, settings); err != nil {
		return err
	}
	if claimed != nil && limits(*claimed) != limits(*r.Run.Policy) {
		s.runner.Notice(fmt.Sprintf("The run decided by %s, this by %s. If that is not the pull request's doing, give this workflow the inputs of the one that measured.", limits(*claimed), limits(*r.Run.Policy)))
	}
	var stored *baseline.Baseline
	if r.Run.Base != nil && r.Run.Base.Source == bench.SourceStored {
		if stored, err = s.stored(ctx, scratch, t); err != nil {
			return err
		}
	}
	r.Verdict = saved.Decide(r.Run, stored)
	return nil
}

// limits is a policy in a few words.
func limits(p bench.Policy) string {
	text := fmt.Sprintf("threshold %.4g %%, alpha %.4g %%, floor %v", 100*p.Threshold, 100*p.Alpha, time.Duration(p.Floor*float64(time.Second)))
	if n := len(p.Thresholds); n > 0 {
		text += fmt.Sprintf(", %d thresholds of their own", n)
	}
	return text
}

// readResult downloads and reads a result: its rounds, and what else it says.
func (s *step) readResult(ctx context.Context, path string, artifact github.Artifact) (run bench.Run, left leftContext, err error) {
	f, err := os.Create(path)
	if err != nil {
		return run, left, err
	}
	defer f.Close()
	if err := s.client.DownloadArtifact(ctx, artifact, f, record.MaxFile); err != nil {
		return run, left, err
	}
	info, err := f.Stat()
	if err != nil {
		return run, left, err
	}
	run, err = record.ReadResult(f, info.Size(), record.MaxFile, &left)
	return run, left, err
}

// leftContext is what is read of a result besides its rounds.
type leftContext struct {
	Failure     *report.Failure // what kept it from an answer
	PullRequest int             // that it says it was for
}

// stored is the baseline that a run without a base of its own was compared with.
func (s *step) stored(ctx context.Context, scratch string, t target) (*baseline.Baseline, error) {
	found, err := s.findBaseline(ctx, t)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(scratch, "main.zip")
	if err := s.download(ctx, found.Artifact, path); err != nil {
		return nil, err
	}
	if _, err := isOf(path, s.identity("")); err != nil {
		return nil, err
	}
	b, err := saved.Rounds(path)
	return &b, err
}
