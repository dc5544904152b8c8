package app

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
)

// based is what head is compared with: a gateway that runs beside it, or
// numbers. The zero value is nothing.
type based struct {
	side   *side
	stored *baseline.Baseline
	info   bench.BaseInfo
	behind int    // commits that it is behind the one asked for
	notes  string // why there is none, or none better
}

// ladder looks for a base, from the best kind to the worst, and notes why a
// better one was not to be had.
type ladder struct {
	*session
	file   string // of the baseline; may be empty
	ref    string // of the base commit; may be empty
	head   config.Gateway
	config string // path of the configuration file
	// fetched says that no user has named the file, so that a broken one is no
	// mistake of theirs; named that a user has named the commit; bundleOnly that no
	// commit is to be built.
	fetched, named, bundleOnly bool
	notes                      []string
	undo                       []func() error
}

// find returns the base. Without any, that is no error: notes say why.
func (l *ladder) find(ctx context.Context) (based, error) {
	var kept *baseline.Baseline
	if l.file != "" {
		b, side, err := l.bundle(ctx)
		if err != nil && b == nil && !l.fetched {
			return based{}, err
		}
		kept = b
		if err == nil {
			return l.found(based{side: side, stored: b, info: bench.BaseInfo{Source: bench.SourceBundle, SHA: b.Run.Commit.SHA}}), nil
		}
		l.note("the bundled gateway cannot be used", err)
	}
	ref := l.ref
	if ref == "" && kept != nil {
		ref = kept.Run.Commit.SHA
	}
	if ref != "" && !l.bundleOnly {
		side, sha, err := l.rebuild(ctx, ref)
		if err == nil {
			return l.found(based{side: side, stored: kept, info: bench.BaseInfo{Source: bench.SourceRebuild, SHA: sha}}), nil
		}
		if ctx.Err() != nil || host.IsUsage(err) {
			return based{}, err
		}
		l.note("the base commit cannot be built", err)
	}
	if kept != nil && len(kept.Run.Rounds) > 0 {
		return l.found(based{stored: kept, info: bench.BaseInfo{Source: bench.SourceStored, SHA: kept.Run.Commit.SHA}}), nil
	}
	return l.found(based{}), nil
}

func (l *ladder) found(b based) based {
	b.notes = strings.Join(l.notes, "; ")
	if b.info.Source != "" {
		b.info.Note = b.notes
	}
	return b
}

// note keeps the first line of an error; all of it goes to the log.
func (l *ladder) note(what string, err error) {
	l.say("%s: %v", what, err)
	line, _, _ := strings.Cut(err.Error(), "\n")
	l.notes = append(l.notes, what+": "+line)
}

// close removes what rebuilding has left in the repository.
func (l *ladder) close() error {
	var failed []error
	for _, undo := range l.undo {
		failed = append(failed, undo())
	}
	return errors.Join(failed...)
}

// bundle reads the baseline and unpacks its gateway. A baseline without a
// gateway that runs here is returned with the reason.
func (l *ladder) bundle(ctx context.Context) (*baseline.Baseline, *side, error) {
	b, archive, err := baseline.OpenFile(l.file)
	if err != nil {
		return nil, nil, host.Usagef("--baseline: %w", err)
	}
	if archive == nil || !archive.HasBundle() || b.Bundle == nil {
		return &b, nil, baseline.ErrNoBundle
	}
	dir := filepath.Join(l.sandbox.Scratch(), "bundle")
	if err := archive.Unpack(b, dir); err != nil {
		return &b, nil, err
	}
	if err := l.sandbox.Give(dir); err != nil {
		return &b, nil, err
	}
	base := &side{dir: dir, Gateway: config.Gateway{
		Start: b.Gateway.Start, Env: b.Gateway.Env,
		Ready: config.Ready{Path: b.Gateway.Ready.Path, Timeout: seconds(b.Gateway.Ready.Timeout)},
	}}
	return &b, base, l.probe(ctx, *base)
}

// probe starts a gateway once, to see that its binary runs on this machine.
func (l *ladder) probe(ctx context.Context, g side) error {
	spec := l.spec(bench.Base, g)
	spec.ScratchDir = filepath.Join(l.sandbox.Scratch(), "probe")
	if err := errors.Join(os.MkdirAll(spec.ScratchDir, 0o755), l.sandbox.Give(spec.ScratchDir)); err != nil {
		return err
	}
	p, err := gateway.Start(ctx, spec)
	if err != nil {
		return err
	}
	return p.Stop(ctx)
}

// rebuild checks the base commit out beside us and builds it there, by its own
// configuration where it has one.
func (l *ladder) rebuild(ctx context.Context, ref string) (*side, string, error) {
	prefix, err := l.sandbox.Git(ctx, "rev-parse", "--show-prefix")
	if err != nil {
		return nil, "", l.mistaken(err)
	}
	sha, err := l.sandbox.Git(ctx, "rev-parse", "--verify", "--quiet", "--end-of-options", ref+"^{commit}")
	if err != nil || sha == "" {
		return nil, "", l.mistaken(fmt.Errorf("there is no commit %q here; fetch it (actions/checkout: fetch-depth: 0)", ref))
	}
	// In a directory that git, whoever it is, may remove it from.
	trees := filepath.Join(l.sandbox.Scratch(), "base")
	if err := errors.Join(os.Mkdir(trees, 0o755), l.sandbox.Give(trees)); err != nil {
		return nil, "", err
	}
	tree := filepath.Join(trees, "tree")
	if _, err := l.sandbox.Git(ctx, "worktree", "add", "--quiet", "--detach", "--force", tree, sha); err != nil {
		return nil, "", err
	}
	l.undo = append(l.undo, func() error {
		_, err := l.sandbox.Git(context.WithoutCancel(ctx), "worktree", "remove", "--force", tree)
		return err
	})
	base := side{Gateway: l.head, dir: filepath.Join(tree, prefix)}
	if own, ok := l.ownGateway(base.dir); ok {
		base.Gateway = own
	}
	return &base, sha, l.build(ctx, bench.Base, base)
}

// mistaken makes it a mistake of the user's that the commit which they named is
// not here: to measure for minutes and end well would hide it.
func (l *ladder) mistaken(err error) error {
	if !l.named {
		return err
	}
	return host.Usagef("--base-ref: %w", err)
}

// ownGateway is how the base's own configuration builds and starts it.
func (l *ladder) ownGateway(dir string) (config.Gateway, bool) {
	if filepath.IsAbs(l.config) {
		return config.Gateway{}, false
	}
	data, err := os.ReadFile(filepath.Join(dir, l.config))
	if err != nil {
		return config.Gateway{}, false
	}
	c, err := config.Load(config.ForMeasuring, config.Sources{Name: l.config, File: data})
	if err != nil {
		l.note("the base's configuration cannot be read, head's is used", err)
		return config.Gateway{}, false
	}
	if c.Gateway.Build == "" {
		c.Gateway.Build = guessBuild(c.Gateway.Start, os.DirFS(dir))
	}
	return c.Gateway, true
}

// saveBaseline writes what later gates are compared with: the head's rounds, its
// build, and the history that came before.
func (s *session) saveBaseline(path string, run bench.Run, head config.Gateway, before *baseline.Baseline) error {
	run = headOnly(run)
	b := baseline.Baseline{Run: run, Gateway: baseline.Gateway{
		Start: head.Start, Env: head.Env,
		Ready: baseline.Ready{Path: head.Ready.Path, Timeout: head.Ready.Timeout.Seconds()},
	}}
	var history []baseline.Entry
	if before != nil {
		history = before.History
	}
	b.History = baseline.Append(history, run)
	var bundle bytes.Buffer
	if paths := bundled(head, exists); len(paths) > 0 {
		manifest, err := baseline.Pack(&bundle, ".", paths, baseline.DefaultLimits().Bundle)
		if err != nil {
			return fmt.Errorf("bundling the gateway: %w", err)
		}
		b.Bundle = &manifest
		s.say("bundled %s: %d files, %.1f MB", strings.Join(paths, ", "), len(manifest.Files), float64(manifest.Total)/(1<<20))
	} else {
		s.say("nothing to bundle: the start line names no file of this directory; list what it needs under gateway.bundle")
	}
	return record.WriteFile(path, func(w io.Writer) error {
		if b.Bundle == nil {
			return baseline.WriteZip(w, b, nil)
		}
		return baseline.WriteZip(w, b, &bundle)
	})
}

// bundled is what has to travel in a baseline: what the configuration lists,
// else the program that the start line names.
func bundled(g config.Gateway, exists func(string) bool) []string {
	if len(g.Bundle) > 0 {
		return g.Bundle
	}
	if program := programOf(g.Start); program != "" && exists(program) {
		return []string{program}
	}
	return nil
}

// headOnly is a run without the rounds of a base.
func headOnly(run bench.Run) bench.Run {
	var rounds []bench.Round
	for _, r := range run.Rounds {
		if r.Arm != bench.Base {
			rounds = append(rounds, r)
		}
	}
	run.Rounds, run.Base = rounds, nil
	run.Plan.Arms = []bench.Arm{bench.Direct, bench.Head}
	return run
}
