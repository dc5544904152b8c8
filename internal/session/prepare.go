package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/prepared"
	"github.com/org/proxy-bench-action/internal/saved"
)

// Prepare builds head, finds or builds a base, and writes both into dir for sessions on
// other machines. It is
// [prepared.ErrNotCarried] where one of them cannot be carried there.
func (s *Session) Prepare(ctx context.Context, from BaseSources, dir string) (p prepared.Prepared, err error) {
	defer func() { err = s.ended(ctx, new(bench.Run), err) }()
	head := side{Recipe: s.Config.Gateway}
	c := choice{Session: s, BaseSources: from, began: s.Now()}
	if err := s.build(ctx, bench.Head, head); err != nil {
		return p, err
	}
	s.sides[bench.Head] = head
	defer func() { err = errors.Join(err, c.close(ctx)) }()
	base, err := c.choose(ctx)
	if err != nil {
		return p, err
	}
	run, err := s.unmeasured(ctx, Base{})
	if err != nil {
		return p, err
	}
	run.SameProgram, run.Base = false, nil
	run = saved.HeadOnly(run)
	p = prepared.Prepared{Tool: run.Tool.Version, Commit: run.Commit.SHA, Notes: c.Notes}
	if err := prepared.Hand(filepath.Join(dir, prepared.HeadFile), run, head.Recipe, "."); err != nil {
		return p, fmt.Errorf("head: %w", err)
	}
	to := filepath.Join(dir, prepared.BaseFile)
	switch {
	case base.Info.Source == "":
		return p, nil
	case base.Info.Source == bench.SourceRebuild:
		run.Commit, run.Environment.BinarySHA256 = bench.Commit{SHA: base.Info.SHA}, nil // head's
		err = prepared.Hand(to, run, base.side.Recipe, base.side.dir)
	default: // another session has the same reasons to run it, or to take its numbers
		err = os.Link(from.File, to)
	}
	if err != nil {
		return p, fmt.Errorf("base: %w", err)
	}
	p.Base = &base.Info
	return p, nil
}
