package workflow

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"github.com/org/proxy-bench-action/internal/actions"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/prepared"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/retry"
	"github.com/org/proxy-bench-action/internal/session"
	"github.com/org/proxy-bench-action/internal/spread"
)

// prepare builds head, finds or builds a base, and hands both to the shards of this run.
func (s *step) prepare(ctx context.Context, t target) error {
	p, dir, in, failed := s.build(ctx, &t)
	if in != nil {
		defer func() { _ = in.Close() }()
	}
	ctx, cancel := afterwards(ctx)
	defer cancel()
	name := spread.Keyed(spread.Prepared, s.inputs.key)
	switch {
	case errors.Is(failed, prepared.ErrNotCarried):
		s.summarize(fmt.Sprintf("Nothing is prepared, so each shard builds by itself: %v.", failed))
		s.warn("nothing is prepared, so each shard builds by itself: %v", failed)
		return nil
	case failed != nil: // merge answers with the reason, as a gate does
		files, err := record.Saved{Context: report.Context{Failure: failure(failed), PullRequest: t.pull}}.Files()
		if err == nil {
			err = s.leave(ctx, name, files)
		}
		if err != nil {
			s.warn("the reason is not kept for the job that merges: %v", err)
		}
		return failed
	}
	zip, err := prepared.Write(p, dir)
	if err != nil {
		return fmt.Errorf("handing over what was built: %w", err)
	}
	if s.store(ctx, name, zip).ID == 0 {
		return host.Exit(host.ExitFailed) // store has said why
	}
	base := "no base was found"
	if p.Base != nil {
		base = fmt.Sprintf("base is %.12s", p.Base.SHA)
	}
	s.summarize(fmt.Sprintf("Head is %.12s, %s. The shards of this run measure them as they were built here.", p.Commit, base))
	return nil
}

// leave uploads files as an artifact.
func (s *step) leave(ctx context.Context, name string, files []record.File) error {
	zip, err := record.Zip(files...)
	if err == nil && s.store(ctx, name, zip).ID == 0 {
		err = errors.New("it could not be stored")
	}
	return err
}

// build builds head and finds or builds a base, into dir. The workplace, if there is one,
// is to be closed.
func (s *step) build(ctx context.Context, t *target) (p prepared.Prepared, dir string, m measurement, err error) {
	g, in, fetched, err := s.ready(ctx, t)
	if err != nil {
		return p, "", nil, err
	}
	if m, err = in.Open(ctx, session.Options{Config: g.config, Log: g.log, Now: s.world.Now}); err != nil {
		return p, "", nil, err
	}
	if dir, err = os.MkdirTemp(in.Scratch(), "prepared-"); err != nil {
		return p, "", m, err
	}
	from := s.sources(ctx, t, in.Scratch(), g.log)
	from.Repository = fetched[t.base]
	p, err = m.Prepare(ctx, from, dir)
	return p, dir, m, err
}

// handed takes what another job of this run has prepared for its shards, if one has, and
// puts head into the workspace as it was built there. What is of another commit or
// program, or is not what it says, is refused: to build it here would hide that.
func (s *step) handed(ctx context.Context, in workplace) (*spread.HandedOver, error) {
	if !s.inputs.sharded() {
		return nil, nil
	}
	name := spread.Keyed(spread.Prepared, s.inputs.key)
	client, all, err := s.ownArtifacts(ctx)
	if err != nil {
		return nil, err
	}
	commit, err := in.Git(ctx, "rev-parse", "--verify", "HEAD")
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(all, func(l actions.Listed) bool { return l.Name == name })
	if i < 0 {
		return nil, nil
	}
	h, err := spread.Take(ctx, client, all[i], commit, in.Scratch())
	if err != nil {
		return nil, fmt.Errorf("artifact %s: %w; run the job with prepare again, and this one after it", name, err)
	}
	return h, nil
}

// sources is where the base is that was handed over: it is compared with that one or
// with none.
func (s *step) handedSources(h spread.HandedOver, t *target) session.BaseSources {
	from := session.BaseSources{Config: s.configName(), BundleOnly: true, Fetched: true, Name: t.name, Notes: h.Notes}
	if t.named {
		from.Named, from.Ref = "input base", t.base
	}
	if h.Base == nil {
		return from
	}
	from.File, from.Run = filepath.Join(h.Dir, prepared.BaseFile), h.Base.Run
	if t.judge != "" {
		from.Behind = h.Base.Behind
	} else {
		t.behind = h.Base.Behind
	}
	return from
}

// ownArtifacts lists the artifacts of this run.
func (s *step) ownArtifacts(ctx context.Context) (*actions.Artifacts, []actions.Listed, error) {
	client, err := actions.NewArtifacts(s.world.Getenv, retry.Clock{Now: s.world.Now})
	if err != nil {
		return nil, nil, err
	}
	all, err := client.List(ctx)
	return client, all, err
}
