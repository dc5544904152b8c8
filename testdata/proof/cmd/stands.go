package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/testdata/gallery"
	"github.com/org/proxy-bench-action/testdata/proof"
	"github.com/org/proxy-bench-action/testdata/series"
)

// stand is where gates between a gateway and a changed one are made.
type stand interface {
	// where is the directory that they run in.
	where() string
	// put makes head what a change says, and returns the flags that name the base.
	put(ctx context.Context, c proof.Change) (base []string, err error)
	// measure measures the unchanged gateway, and returns where the run is.
	measure(ctx context.Context) (out string, err error)
}

// stand is that of a gateway. It is prepared once.
func (r *rig) stand(ctx context.Context, name string) (stand, error) {
	if s := r.stands[name]; s != nil {
		return s, nil
	}
	g, dir := proof.Gateways[name], filepath.Join(r.dir, name)
	var s stand
	var err error
	if g.Registry != nil {
		s, err = r.commits(ctx, g, dir)
	} else {
		s, err = r.bundle(ctx, g, dir)
	}
	if err != nil {
		return nil, fmt.Errorf("preparing %s: %w", name, err)
	}
	r.stands[name] = s
	return s, nil
}

// figuresOf are those of the unchanged gateway of a row, measured once. Those of the
// reference gateway do not depend on how it is started or on how long the mock waits.
func (r *rig) figuresOf(ctx context.Context, row proof.Row) (f proof.Figures, err error) {
	name := row.Gateway
	if proof.Gateways[name].Registry == nil {
		name = "go"
	}
	if f, ok := r.figures[name]; ok {
		return f, nil
	}
	s, err := r.stand(ctx, name)
	if err != nil {
		return f, err
	}
	out, err := s.measure(ctx)
	if err != nil {
		return f, err
	}
	run, _, err := record.ReadDirectory(out, new(any))
	if err != nil {
		return f, err
	}
	if f, err = proof.FiguresOf(run); err == nil {
		r.figures[name] = f
	}
	return f, err
}

// bundle is a gateway of ours. Base is the bundle in a baseline; head is the same start
// line with another file of arguments or another program.
type bundle struct {
	*rig
	proof.Gateway
	dir     string
	program []byte // unchanged, as it was when the command started
}

const baseline, clean = "baseline.zip", "clean"

func (r *rig) bundle(ctx context.Context, g proof.Gateway, dir string) (*bundle, error) {
	if g.Build != "" {
		if err := r.shell(ctx, g.Build); err != nil {
			return nil, err
		}
	}
	source := r.reference
	if g.Source != "" {
		source = filepath.Join(r.root, g.Source)
	}
	b := &bundle{rig: r, Gateway: g, dir: dir}
	var err error
	b.program, err = os.ReadFile(source)
	if err := errors.Join(err, os.Mkdir(dir, 0o755), os.WriteFile(filepath.Join(dir, ".proxy-bench.yml"), []byte(g.Configuration()), 0o644)); err != nil {
		return nil, err
	}
	if _, err := b.put(ctx, proof.Change{}); err != nil {
		return nil, err
	}
	_, err = command(ctx, dir, r.bench, append([]string{"gate", "--save-baseline", baseline, "--out", clean}, g.Clean...)...)
	return b, err
}

func (b *bundle) where() string { return b.dir }

// measure has been done for the baseline.
func (b *bundle) measure(context.Context) (string, error) { return filepath.Join(b.dir, clean), nil }

func (b *bundle) put(ctx context.Context, c proof.Change) ([]string, error) {
	base, program := []string{"--baseline", baseline}, filepath.Join(b.dir, b.Program)
	args := strings.TrimSpace(b.Args + " " + c.Args)
	err := errors.Join(os.WriteFile(program, b.program, 0o755), os.WriteFile(filepath.Join(b.dir, "args"), []byte(args), 0o644))
	if err != nil || c.Link == "" {
		return base, err
	}
	if now := series.Commit(ctx); now != b.commit {
		return nil, fmt.Errorf("the source was %s when this began and is %s now, and has to be the same", b.commit, now)
	}
	return base, b.build(ctx, program, "./testdata/gateways/reference", "-ldflags="+c.Link)
}

// commits is a gateway from a registry. Base and head are commits with a configuration
// each.
type commits struct {
	*rig
	proof.Gateway
	repository gallery.Repository
	text       string // the configuration
}

func (r *rig) commits(ctx context.Context, g proof.Gateway, dir string) (*commits, error) {
	text, err := os.ReadFile(filepath.Join(r.root, g.Registry.ConfigPath()))
	if err != nil {
		return nil, err
	}
	repository, err := gallery.NewRepository(r.root, dir, *g.Registry)
	c := &commits{r, g, repository, string(text)}
	return c, errors.Join(err, c.install(ctx, c.text))
}

// install runs the build line of a configuration: where a gate installed the gateway, head
// would have written what base runs.
func (c *commits) install(ctx context.Context, text string) error {
	parsed, err := config.Load(config.ForGating, config.Sources{Name: c.Registry.ConfigPath(), File: []byte(text)})
	if err != nil {
		return err
	}
	return c.shell(ctx, parsed.Gateway.Build)
}

func (c *commits) where() string { return c.repository.Dir }

func (c *commits) measure(ctx context.Context) (string, error) {
	if err := c.repository.Back(); err != nil {
		return "", err
	}
	out := c.repository.Dir + "-" + clean
	_, err := command(ctx, c.repository.Dir, c.bench, append([]string{"run", "--out", out}, c.Clean...)...)
	return out, err
}

func (c *commits) put(ctx context.Context, change proof.Change) ([]string, error) {
	if err := c.repository.Back(); err != nil || change.Edit == nil {
		return []string{"--base", "HEAD"}, err
	}
	text := change.Edit(c.text)
	if text == c.text {
		return nil, fmt.Errorf("%s has nothing of what %s changes", c.Registry.ConfigPath(), change.Says)
	}
	return []string{"--base", "HEAD~1"}, errors.Join(c.install(ctx, text), c.repository.Commit(text, change.Says))
}
