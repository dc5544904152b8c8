package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/program"
)

// bundle reads the baseline and unpacks its gateway. A baseline without a
// gateway that runs here by itself is returned with the reason.
func (c *choice) bundle(ctx context.Context) (*baseline.Baseline, *side, error) {
	b, archive, err := baseline.OpenFile(c.File)
	if err != nil {
		return nil, nil, host.Usagef("--baseline: %w", err)
	}
	if archive == nil {
		return &b, nil, baseline.ErrNoBundle
	}
	dir := filepath.Join(c.Sandbox.Scratch(), "bundle")
	if err := archive.Unpack(b, dir); err != nil {
		return &b, nil, err
	}
	if err := c.Sandbox.Give(bench.Base, dir); err != nil {
		return &b, nil, err
	}
	base := &side{dir: dir, Recipe: b.Gateway}
	return &b, base, c.try(ctx, *base)
}

// try starts a bundle, which may not run on this machine, and sees that it runs from its
// own files: whatever else it runs is head's, and would be compared with itself.
func (c *choice) try(ctx context.Context, base side) error {
	apart, err := c.apart(ctx, base)
	if err != nil {
		return err
	}
	err = c.Sandbox.WithoutWorkspace(func() error {
		p, err := c.start(ctx, bench.Base, base, c.mock, nil)
		if err != nil {
			return err
		}
		return errors.Join(apart(p), p.Stop(ctx))
	})
	switch {
	case err == nil:
		c.alone = apart // it is looked at again when it is measured, with the workspace there
	case c.Sandbox.User(bench.Base) != nil:
		return fmt.Errorf("tried where it cannot reach the workspace: %w", err)
	}
	return err
}

// apart looks at what the start line of a bundle runs, and returns how its processes are
// to be looked at.
func (c *choice) apart(ctx context.Context, base side) (func(*gateway.Process) error, error) {
	here, err := os.Getwd()
	if err == nil {
		here, err = filepath.EvalSymlinks(here)
	}
	if err != nil {
		return nil, err
	}
	top, err := c.Sandbox.Git(ctx, "rev-parse", "--show-toplevel")
	if err != nil || !filepath.IsAbs(top) {
		top = here
	}
	b := program.Bundle{Dir: base.dir, Scratch: c.Sandbox.Scratch(), Here: here, Workspace: top, Began: c.began}
	if err := b.Alone(base.Start, c.Sandbox.Environment(string(bench.Base), base.Env)); err != nil {
		return nil, err
	}
	return func(p *gateway.Process) error {
		if uses := p.Uses(b.Foreign); len(uses) > 0 {
			return program.NotAlone("it " + uses[0])
		}
		return nil
	}, nil
}
