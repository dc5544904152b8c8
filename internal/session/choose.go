package session

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/attempt"
	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/basis"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/program"
	"github.com/org/proxy-bench-action/internal/revision"
	"github.com/org/proxy-bench-action/internal/startline"
)

// Base is what head is compared with: a gateway that runs beside it, or numbers.
// The zero value is nothing.
type Base struct {
	Stored *baseline.Baseline // nil: there is none
	Info   bench.BaseInfo
	Notes  string // why there is no base, or none of a better source

	side *side // nil: only numbers, or nothing
}

// BaseSources says where a base may come from. The best source that can be had
// is chosen: the gateway of a baseline, a commit that is built, the numbers of
// the baseline.
type BaseSources struct {
	File   string // of the baseline; may be empty
	Run    int64  // the workflow run that left it; 0 where that is not known
	RunID  string // of the workflow that this is a step of; empty outside of one
	Behind int    // how many commits it is behind Ref
	Ref    string // of the base commit; may be empty
	Name   string // the branch or tag that the base is of; may be empty
	// Repository has the base commit where the working directory's lacks it; may be empty.
	Repository string
	Config     string // path of the configuration file, relative to the working directory
	// Fetched says that no user has named the file, so that a broken one is no
	// mistake of theirs; BundleOnly, that no commit is to be built.
	Fetched, BundleOnly bool
	// Exact wants the base commit itself rather than the gateway of an older one, which
	// would have to be measured again where head is worse.
	Exact    bool
	Named    string           // where a user has named the commit: --base; empty: nobody has
	Notes    []string         // why a better source cannot be had
	Attempts attempt.Attempts // of the same job, before this one
}

// Note records why a source cannot be had: the first line of the error, all of
// which goes to the log.
func (b *BaseSources) Note(log Log, what string, err error) {
	log.Say("%s: %v", what, err)
	line, _, _ := strings.Cut(err.Error(), "\n")
	b.Notes = append(b.Notes, what+": "+line)
}

// choice is the search for a base.
type choice struct {
	*Session
	BaseSources
	tree  string    // where the base commit is checked out; empty: it is not
	began time.Time // when head's build did
	tried bool      // to build the base commit
}

func (c *choice) note(what string, err error) { c.Note(c.Log, what, err) }

// choose returns the base. Without any, that is no error: notes say why.
func (c *choice) choose(ctx context.Context) (Base, error) {
	if c.Exact && c.Behind > 0 && c.Ref != "" && !c.BundleOnly {
		if b, err := c.built(ctx, c.Ref, nil); err != nil || b.side != nil {
			return b, err
		}
	}
	var stored *baseline.Baseline
	if c.File != "" && !c.builtBefore() {
		b, side, err := c.bundle(ctx)
		if err != nil && b == nil && !c.Fetched {
			return Base{}, err
		}
		stored = b
		if err == nil {
			return c.chosen(Base{side: side, Stored: b, Info: bench.BaseInfo{Source: bench.SourceBundle, SHA: b.Run.Commit.SHA}}), nil
		}
		c.note("the bundled gateway cannot be used", err)
	}
	ref := c.Ref
	if ref == "" && stored != nil {
		ref = stored.Run.Commit.SHA
	}
	if ref != "" && !c.BundleOnly && !c.tried {
		if b, err := c.built(ctx, ref, stored); err != nil || b.side != nil {
			return b, err
		}
	}
	if stored != nil && len(stored.Run.Rounds) > 0 {
		return c.chosen(Base{Stored: stored, Info: bench.BaseInfo{Source: bench.SourceStored, SHA: stored.Run.Commit.SHA}}), nil
	}
	if c.Named != "" { // to measure for minutes and end well would hide it
		return Base{}, fmt.Errorf("%s: %s cannot be compared with: %s", c.Named, c.Ref, strings.Join(c.Notes, "; "))
	}
	return c.chosen(Base{}), nil
}

// built is the base commit, built and started once. Without a gateway it could not be
// had, which is noted; the error ends the gate.
func (c *choice) built(ctx context.Context, ref string, stored *baseline.Baseline) (Base, error) {
	c.tried = true
	side, sha, err := c.rebuild(ctx, ref)
	if err == nil {
		if err = c.starts(ctx, *side); err != nil {
			c.note("the base commit is built and does not run", err)
		}
	} else if !host.IsUsage(err) {
		c.note("the base commit cannot be built", err)
	}
	switch {
	case err == nil:
		return c.chosen(Base{side: side, Stored: stored, Info: bench.BaseInfo{Source: bench.SourceRebuild, SHA: sha}}), nil
	case ctx.Err() != nil || host.IsUsage(err):
		return Base{}, err
	}
	return Base{}, nil
}

// starts is an error where a base does not start here and answer rightly: it may be
// started with an option that is new in head, or with what another step has made.
func (c *choice) starts(ctx context.Context, base side) error {
	p, err := c.start(ctx, bench.Base, base, c.mock, nil)
	if err == nil {
		err = p.Stop(ctx)
	}
	return err
}

// chosen adds to a base what is known of it, and says it.
func (c *choice) chosen(b Base) Base {
	b.Notes = strings.Join(c.Notes, "; ")
	if b.Info.Source == "" {
		c.Log.Say("base: none")
		return b
	}
	b.Info.Note, b.Info.Name = b.Notes, c.Name
	if b.Info.Source != bench.SourceRebuild {
		b.Info.Run, b.Info.Behind = c.Run, c.Behind
	}
	c.Log.Say("base: %s", basis.Line(b.Info))
	return b
}

// close removes what rebuilding has left in the repository.
func (c *choice) close(ctx context.Context) error {
	if c.tree == "" {
		return nil
	}
	_, err := c.Sandbox.Git(context.WithoutCancel(ctx), "worktree", "remove", "--force", c.tree)
	return err
}

// rebuild checks the base commit out beside us and builds it there, by its own
// configuration where it has one.
func (c *choice) rebuild(ctx context.Context, ref string) (*side, string, error) {
	prefix, err := revision.Prefix(ctx, c.Sandbox.Git)
	if err != nil {
		return nil, "", c.mistaken(err)
	}
	trees := filepath.Join(c.Sandbox.Scratch(), "base")
	if err := os.Mkdir(trees, 0o755); err != nil {
		return nil, "", err
	}
	tree := filepath.Join(trees, "tree")
	sha, err := c.checkOut(ctx, ref, tree)
	if err != nil {
		return nil, "", err
	}
	base := side{Recipe: c.Session.Config.Gateway, dir: filepath.Join(tree, prefix)}
	if own, ok := c.ownGateway(base.dir); ok {
		base.Recipe = own
	}
	head := c.sides[bench.Head]
	before := program.RunBy(head.Start, head.dir, c.Sandbox.Environment(string(bench.Head), head.Env))
	if err := c.build(ctx, bench.Base, base); err != nil {
		return nil, "", err
	}
	for file := range program.RunBy(base.Start, base.dir, c.Sandbox.Environment(string(bench.Base), base.Env)) {
		if _, both := before[file]; both && before.Changed() == "" && program.WrittenSince(file, c.began) {
			return nil, "", host.Usagef("the build of head has written %s, which base runs, too: both would be one program; have gateway.build write into the working directory", file)
		}
	}
	if file := before.Changed(); file != "" {
		return nil, "", host.Usagef("the build of the base has written %s, which head runs: both would be one program; have gateway.build write into the working directory", file)
	}
	return &base, sha, nil
}

// checkOut checks the base commit out into a directory and returns its name.
func (c *choice) checkOut(ctx context.Context, ref, tree string) (string, error) {
	if c.Repository != "" {
		return ref, c.checkOutOf(ctx, c.Repository, ref, tree)
	}
	sha, err := revision.Commit(ctx, c.Sandbox.Git, ref)
	if err != nil {
		return "", c.mistaken(err)
	}
	if c.Sandbox.User(bench.Base) != nil {
		repository, err := c.Sandbox.Take(ctx, sha)
		if err != nil {
			return "", err
		}
		return sha, c.checkOutOf(ctx, repository, sha, tree)
	}
	if _, err := c.Sandbox.Git(ctx, "worktree", "add", "--quiet", "--detach", "--force", tree, sha); err != nil {
		return "", err
	}
	c.tree = tree
	return sha, nil
}

// checkOutOf checks a commit out of a repository of ours.
func (c *choice) checkOutOf(ctx context.Context, repository, commit, tree string) error {
	lacks, err := c.Sandbox.CheckOut(ctx, repository, commit, tree)
	for _, what := range lacks {
		c.note("the base commit lacks something", errors.New(what))
	}
	return err
}

// mistaken makes it a mistake of the user's that the commit which they named is
// not here: to measure for minutes and end well would hide it.
func (c *choice) mistaken(err error) error {
	if c.Named == "" {
		return err
	}
	return host.Usagef("%s: %w", c.Named, err)
}

// ownGateway is how the base's own configuration builds and starts it.
func (c *choice) ownGateway(dir string) (bench.Recipe, bool) {
	if filepath.IsAbs(c.Config) {
		return bench.Recipe{}, false
	}
	data, err := os.ReadFile(filepath.Join(dir, c.Config))
	if err != nil {
		return bench.Recipe{}, false
	}
	own, err := config.Load(config.ForMeasuring, config.Sources{Name: c.Config, File: data})
	if err != nil {
		c.note("the base's configuration cannot be read, head's is used", err)
		return bench.Recipe{}, false
	}
	if own.Gateway.Build == "" {
		own.Gateway.Build = startline.Build(own.Gateway.Start, os.DirFS(dir))
	}
	return own.Gateway, true
}
