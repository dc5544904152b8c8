package workflow

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/github"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/saved"
)

// publish answers for the run that the event names, which could not answer
// itself: it takes the artifact that the run has left and decides again from its
// rounds. Nothing is checked out, built or run, and of the artifact only the
// rounds count: which pull request and commit it is about says GitHub.
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
	pull, err := s.client.PullRequestForHead(ctx, *run)
	if errors.Is(err, github.ErrNotFound) {
		s.runner.Notice(err.Error())
		return nil
	}
	if err != nil {
		return err
	}
	if !pull.Fork() && !strings.HasPrefix(run.HeadBranch, "dependabot/") {
		s.runner.Notice(fmt.Sprintf("Pull request %d is from this repository, so its own run could answer.", pull.Number))
		return nil
	}
	t := target{sha: run.HeadSHA, base: pull.Base.SHA, branch: cmp.Or(s.inputs.branch, pull.Base.Ref), pull: pull.Number}
	r, err := s.published(ctx, t)
	if err != nil || r == nil {
		return err
	}
	s.print(*r)
	s.tell(ctx, t, *r, "")
	return nil
}

// published is the report of a finished run, nil when it has left none.
func (s *step) published(ctx context.Context, t target) (*report.Report, error) {
	run := s.event.Run
	artifacts, err := s.client.RunArtifacts(ctx, run.ID, s.inputs.result)
	if err != nil {
		return nil, err
	}
	if len(artifacts) == 0 {
		s.runner.Notice(fmt.Sprintf("Run %d has left no artifact %s, so there is nothing to publish.", run.ID, s.inputs.result))
		return nil, nil
	}
	scratch, err := os.MkdirTemp("", "proxy-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	r, err := s.reread(ctx, scratch, artifacts[0], t)
	if err != nil {
		return nil, err
	}
	s.locate(ctx, r, t)
	r.Context.HTMLURL = fmt.Sprintf("%s/artifacts/%d", s.runURL(), artifacts[0].ID)
	return r, nil
}

// reread decides again from the rounds of an artifact.
func (s *step) reread(ctx context.Context, scratch string, artifact github.Artifact, t target) (*report.Report, error) {
	run, failure, err := s.readResult(ctx, filepath.Join(scratch, "result.zip"), artifact)
	switch {
	case err == nil:
		// The run comes from a fork, so what it says of its commit cannot be trusted.
		run.Commit = bench.Commit{SHA: t.sha}
	case !errors.Is(err, record.ErrNoRun):
		return nil, err
	case failure == nil:
		failure = &report.Failure{Step: "measuring", Message: "the run has left neither rounds nor a reason; see its log"}
	}
	r := &report.Report{Run: run, Context: report.Context{Failure: failure}}
	if failure != nil {
		return r, nil
	}
	// The inputs of this workflow, which is the repository's own, win over what the
	// run was measured for.
	fails, err := saved.DecideBy(&r.Run, config.Sources{Saved: r.Run.Policy, Overrides: s.inputs.settings})
	if err != nil {
		return nil, err
	}
	r.Context.FailOn = fails
	var stored *baseline.Baseline
	if r.Run.Base != nil && r.Run.Base.Source == bench.SourceStored {
		if stored, err = s.stored(ctx, scratch, t); err != nil {
			return nil, err
		}
	}
	r.Verdict = saved.Decide(r.Run, stored)
	return r, nil
}

// readResult downloads and reads a result: its rounds, and what it says kept it
// from an answer.
func (s *step) readResult(ctx context.Context, path string, artifact github.Artifact) (run bench.Run, _ *report.Failure, err error) {
	f, err := os.Create(path)
	if err != nil {
		return run, nil, err
	}
	defer f.Close()
	if err := s.client.DownloadArtifact(ctx, artifact, f, record.MaxFile); err != nil {
		return run, nil, err
	}
	info, err := f.Stat()
	if err != nil {
		return run, nil, err
	}
	var left struct{ Failure *report.Failure }
	run, err = record.ReadResult(f, info.Size(), record.MaxFile, &left)
	return run, left.Failure, err
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
