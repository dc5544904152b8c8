package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

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
	if err := c.Sandbox.Give(dir); err != nil {
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
	case c.Sandbox.User() != nil:
		return fmt.Errorf("tried where it cannot reach the workspace: %w", err)
	}
	return err
}

// apart looks at what the start line of a bundle runs, and returns how its processes are
// to be looked at.
func (c *choice) apart(ctx context.Context, base side) (func(*gateway.Process) error, error) {
	here, err := os.Getwd()
	if err != nil {
		return nil, err
	}
	top, err := c.Sandbox.Git(ctx, "rev-parse", "--show-toplevel")
	if err != nil || !filepath.IsAbs(top) {
		top = here
	}
	places := []string{c.Sandbox.Scratch()}
	for _, dir := range []string{here, top} {
		if real, err := filepath.EvalSymlinks(dir); err == nil {
			dir = real
		}
		places = append(places, dir)
	}
	foreign := func(path string) bool { return ofWorkspace(path, places[0], places[1], places[2]) }
	env := c.Sandbox.Environment(string(bench.Base), base.Env)
	for path := range program.RunBy(base.Start, base.dir, env) {
		switch {
		case foreign(path):
			return nil, notAlone("its start line runs " + path)
		case !below(base.dir, path) && !c.began.IsZero() && program.WrittenSince(path, c.began):
			return nil, notAlone("its start line runs " + path + ", which head's build has written")
		}
	}
	for _, pair := range env {
		if name, value, _ := strings.Cut(pair, "="); program.SearchPath(name) {
			for _, dir := range filepath.SplitList(value) {
				if foreign(dir) {
					return nil, notAlone(name + " names " + dir)
				}
			}
		}
	}
	return func(p *gateway.Process) error {
		if uses := p.Uses(foreign); len(uses) > 0 {
			return notAlone("it " + uses[0])
		}
		return nil
	}, nil
}

// notAlone says why a bundle is not compared with head.
func notAlone(how string) error {
	return fmt.Errorf("it does not run by itself: %s, and would be compared with what head has there; list what it needs under gateway.bundle", how)
}

// ofWorkspace is true of a path in the working directory or the repository around it. Of
// the latter, hidden directories hold what is installed: a home directory may be one.
func ofWorkspace(path, scratch, here, top string) bool {
	if below(scratch, path) {
		return false
	}
	if below(here, path) {
		return true
	}
	return below(top, path) && !strings.Contains(path[len(top):], "/.")
}

// below is true of a directory and everything in it.
func below(dir, path string) bool {
	return path == dir || strings.HasPrefix(path, strings.TrimSuffix(dir, "/")+"/")
}
