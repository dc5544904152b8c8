package workflow

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/org/proxy-bench-action/internal/actions"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/retry"
	"github.com/org/proxy-bench-action/internal/revision"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/internal/shard"
	"github.com/org/proxy-bench-action/internal/spread"
)

// unanswered is an error in what there is to merge. It ends the step, and nothing is said
// on the pull request: it is nothing that its author could have done.
type unanswered struct{ err error }

func (u *unanswered) Error() string { return u.err.Error() }
func (u *unanswered) Unwrap() error { return u.err }

// failedElsewhere is why no shard of a gate could measure.
type failedElsewhere struct{ report.Failure }

func (f *failedElsewhere) Error() string { return f.Message }

// merge decides over the shards of this run, and answers as a gate does. Nothing is built
// or started.
func (s *step) merge(ctx context.Context, t target) error {
	withdrawn := s.withdraw(ctx)
	g, in, _, err := s.ready(ctx, &t)
	if withdrawn != "" {
		g.said = append(g.said, withdrawn)
	}
	if err == nil {
		defer func() { _ = in.Close() }()
		err = s.together(ctx, &t, &g, in)
	}
	if u, ok := errors.AsType[*unanswered](err); ok {
		return u.err
	}
	ctx, cancel := afterwards(ctx)
	defer cancel()
	return s.answer(ctx, t, g, err)
}

// together collects the shards and makes one gate of them.
func (s *step) together(ctx context.Context, t *target, g *gated, in workplace) error {
	g.merged = true
	if _, err := revision.ReadCheckout(ctx, in.Git); err != nil {
		return &unanswered{host.Usagef("merge reads the settings from the checkout, and there is none: add actions/checkout before this step, as the jobs with the shards have it (%v)", err)}
	}
	c := spread.Collection{Key: s.inputs.key, RunID: s.world.Getenv("GITHUB_RUN_ID"), Dir: in.Scratch(), By: g.config.Measure.ShardBy, WantsGateway: t.leavesBaseline}
	client, err := actions.NewArtifacts(s.world.Getenv, retry.Clock{Now: s.world.Now})
	if err == nil {
		err = c.Collect(ctx, client)
	}
	if err != nil {
		return &unanswered{err}
	}
	if len(c.Runs) == 0 { // the job that was to prepare has left a reason
		return &failedElsewhere{*c.Failure}
	}
	run, _, err := shard.Merge(c.Runs, shard.Expect{RunID: c.RunID})
	if err != nil && c.Failure != nil && !c.Measured {
		return &failedElsewhere{*c.Failure}
	}
	if err != nil {
		if _, ok := errors.AsType[*shard.Mistake](err); ok {
			err = host.Usage(err)
		}
		return &unanswered{err}
	}
	if run.Commit.SHA != t.sha {
		return &unanswered{fmt.Errorf("the shards have measured %.12s, but the answer would be given on %.12s: check out the same commit in all jobs", run.Commit.SHA, t.sha)}
	}
	g.Run, g.gateway = run, c.Gateway
	g.Run.Policy = &g.config.Gate.Policy
	if run.Base != nil {
		g.Base.Info = *run.Base
		if run.Base.Behind > 0 && t.judge == "" {
			t.behind = run.Base.Behind
		}
	}
	if err := s.before(ctx, t, g, in); err != nil {
		return err
	}
	g.Verdict = saved.Decide(g.Run, g.Base.Stored)
	return nil
}

// before finds the baseline of earlier runs where something of it is needed: its numbers,
// its history for the next one, or why there is none.
func (s *step) before(ctx context.Context, t *target, g *gated, in workplace) error {
	stored := g.Base.Info.Source == bench.SourceStored
	if !stored && g.Run.Base != nil && !t.leavesBaseline {
		return nil
	}
	from := s.sources(ctx, t, in.Scratch(), g.log)
	if g.Run.Base == nil {
		g.Base.Notes = strings.Join(from.Notes, "; ")
		if note := s.neverLeft(ctx, *t); note != "" {
			g.said = append(g.said, note)
		}
	}
	if from.File == "" {
		if stored {
			return fmt.Errorf("the shards were compared with the stored numbers of %.12s, which cannot be had here", g.Base.Info.SHA)
		}
		return nil
	}
	b, err := left(from.File)
	if err != nil {
		return err
	}
	if stored && b.Run.Commit.SHA != g.Base.Info.SHA {
		return fmt.Errorf("the shards were compared with the stored numbers of %.12s, and the newest baseline is of %.12s: run all jobs again", g.Base.Info.SHA, b.Run.Commit.SHA)
	}
	g.Base.Stored = &b
	return nil
}

// writeMerged writes the baseline of main.
func (s *step) writeMerged(to io.Writer, g gated) error {
	b, err := saved.Next(g.Run, g.Base.Stored)
	if err != nil {
		return err
	}
	b.Identity = g.Identity
	return spread.WriteBaseline(to, b, g.gateway)
}
