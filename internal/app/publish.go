package app

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/org/proxy-bench-action/internal/actions"
	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/github"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/session"
)

// publishCommand is `proxy-bench publish`.
type publishCommand struct{}

// Help is shown by --help.
func (publishCommand) Help() string {
	return `For a workflow on workflow_run, which may write where the run of a fork's pull
request may not: takes the artifact that the run has left, decides again from its
rounds, and comments. Nothing is checked out, built or run, and of the artifact
only the rounds count: which pull request and commit it is about says GitHub.`
}

// Run publishes the result of the run that the event names.
func (c publishCommand) Run(ctx context.Context, w host.World) error {
	if !onRunner(w) {
		return host.Usage(errors.New("publish works in a workflow on workflow_run only, as a step of the action with command: publish"))
	}
	a, err := newAction(w)
	defer a.runner.Resume()
	if err == nil {
		err = a.publish(ctx)
	}
	if err != nil {
		a.runner.Error(err.Error(), actions.Place{})
		return host.Exit(host.Status(err))
	}
	return nil
}

func (a *action) publish(ctx context.Context) error {
	run := a.event.Run
	switch {
	case run == nil:
		return host.Usagef("command publish is for the event workflow_run, this is %s: use command: gate", a.event.Kind)
	case a.client == nil:
		return host.Usage(errors.New("command publish needs the input github-token"))
	case run.Event != string(github.PullRequested):
		a.runner.Notice(fmt.Sprintf("The run was started by %s, not by a pull request: there is nothing to publish.", run.Event), actions.Place{})
		return nil
	}
	pull, err := a.client.PullRequestForHead(ctx, *run)
	if errors.Is(err, github.ErrNotFound) {
		a.runner.Notice(err.Error(), actions.Place{})
		return nil
	}
	if err != nil {
		return err
	}
	if !pull.Fork && !strings.HasPrefix(run.HeadBranch, "dependabot/") {
		a.runner.Notice(fmt.Sprintf("Pull request %d is from this repository, so its own run could answer.", pull.Number), actions.Place{})
		return nil
	}
	t := target{sha: run.HeadSHA, base: pull.BaseSHA, branch: orDefault(a.inputs.branch, pull.BaseBranch), pull: pull.Number}
	r, err := a.published(ctx, t)
	if err != nil || r == nil {
		return err
	}
	a.print(*r)
	url := a.comment(ctx, t, *r)
	a.status(ctx, t, *r)
	a.summarise(*r)
	a.outputs(*r, "", url)
	return nil
}

// published is the report of a finished run, nil when it has left none.
func (a *action) published(ctx context.Context, t target) (*report.Report, error) {
	run := a.event.Run
	left, err := a.client.RunArtifacts(ctx, run.ID, a.inputs.result)
	if err != nil {
		return nil, err
	}
	if len(left) == 0 {
		a.runner.Notice(fmt.Sprintf("Run %d has left no artifact %s, so there is nothing to publish.", run.ID, a.inputs.result), actions.Place{})
		return nil, nil
	}
	scratch, err := os.MkdirTemp("", "proxy-bench-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(scratch) }()
	r, err := a.reread(ctx, scratch, left[0], t)
	if err != nil {
		return nil, err
	}
	env := a.world.Getenv
	c := &r.Context
	c.Server, c.Repository, c.PullRequest, c.Key = env("GITHUB_SERVER_URL"), env("GITHUB_REPOSITORY"), t.pull, a.inputs.key
	c.RunURL = fmt.Sprintf("%s/%s/actions/runs/%d", c.Server, c.Repository, run.ID)
	c.HTMLURL = fmt.Sprintf("%s/artifacts/%d", c.RunURL, left[0].ID)
	if r.Verdict.Outcome == bench.Regression {
		c.Accepted = a.accepted(ctx, t.pull)
	}
	return r, nil
}

// reread decides again from the rounds of an artifact.
func (a *action) reread(ctx context.Context, scratch string, artifact github.Artifact, t target) (*report.Report, error) {
	limits := baseline.DefaultLimits()
	result, done, err := a.open(ctx, filepath.Join(scratch, "result.zip"), artifact, limits)
	if err != nil {
		return nil, err
	}
	defer done()
	r := &report.Report{}
	r.Run, err = result.Run()
	if errors.Is(err, record.ErrNoRun) {
		return r, toldFailure(result, r)
	}
	if err != nil {
		return nil, err
	}
	// Whatever it says of itself is a stranger's word.
	r.Run.Commit = bench.Commit{SHA: t.sha}
	if err := toldFailure(result, r); err != nil || r.Context.Failure != nil {
		return r, err
	}
	// The inputs of this workflow, which is the repository's own, win over what the
	// run was measured for.
	fails, err := session.DecideBy(&r.Run, config.Sources{Saved: r.Run.Policy, Overrides: a.inputs.settings})
	if err != nil {
		return nil, err
	}
	r.Context.FailOn = fails
	var stored *baseline.Baseline
	if r.Run.Base != nil && r.Run.Base.Source == bench.SourceStored {
		if stored, err = a.stored(ctx, scratch, t); err != nil {
			return nil, err
		}
	}
	r.Verdict = session.Decide(r.Run, stored)
	return r, nil
}

// open downloads a result; done closes it.
func (a *action) open(ctx context.Context, path string, artifact github.Artifact, limits baseline.Limits) (record.Result, func(), error) {
	f, err := os.Create(path)
	if err != nil {
		return record.Result{}, nil, err
	}
	done := func() { _ = f.Close() }
	if err := a.client.DownloadArtifact(ctx, artifact, f, limits.File); err != nil {
		done()
		return record.Result{}, nil, err
	}
	info, err := f.Stat()
	if err == nil {
		var result record.Result
		if result, err = record.OpenResult(f, info.Size(), limits.File); err == nil {
			return result, done, nil
		}
	}
	done()
	return record.Result{}, nil, err
}

// toldFailure takes over what a run says kept it from an answer.
func toldFailure(result record.Result, r *report.Report) error {
	text, err := result.Context()
	if err != nil {
		return err
	}
	var told struct{ Failure *report.Failure }
	if text != nil {
		if err := json.Unmarshal(text, &told); err != nil {
			return fmt.Errorf("context.json: %w", err)
		}
	}
	if told.Failure == nil && r.Run.Schema == "" {
		told.Failure = &report.Failure{Step: "measuring", Message: "the run has left neither rounds nor a reason; see its log"}
	}
	r.Context.Failure = told.Failure
	return nil
}

// stored is the baseline that a run without a base of its own was compared with.
func (a *action) stored(ctx context.Context, scratch string, t target) (*baseline.Baseline, error) {
	found, err := a.findBaseline(ctx, t)
	if err != nil {
		return nil, err
	}
	path := filepath.Join(scratch, "main.zip")
	if err := a.download(ctx, found.Artifact, path); err != nil {
		return nil, err
	}
	b, err := session.ReadRounds(path)
	return &b, err
}
