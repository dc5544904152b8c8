package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/testdata/proof"
	"github.com/org/proxy-bench-action/testdata/series"
)

// decide makes the n-th decision of a row.
func (r *rig) decide(ctx context.Context, name string, n int) (d proof.Decision, err error) {
	row, place := proof.Named(name)
	s, err := r.stand(ctx, row.Gateway)
	if err != nil {
		return d, err
	}
	seed := uint64(1000*place + n)
	change, err := r.change(ctx, row, seed)
	if err != nil {
		return d, err
	}
	base, err := s.put(ctx, change)
	if err != nil {
		return d, err
	}
	g := gate{rig: r, dir: s.where(), out: filepath.Join(r.dir, "out"), flags: slices.Concat(base, row.Flags, []string{"--measure-same", "--seed", strconv.FormatUint(seed, 10)})}
	if r.budget > 0 {
		g.flags = append(g.flags, "--time-budget", r.budget.String())
	}
	if err := os.RemoveAll(g.out); err != nil {
		return d, err
	}
	began := time.Now()
	if row.Shards > 0 {
		err = g.spread(ctx, row.Shards)
	} else {
		err = g.make(ctx, "--out", g.out)
	}
	if err := errors.Join(ctx.Err(), err); err != nil {
		return d, err
	}
	d = proof.Decision{
		Row: name, N: n, Outcome: proof.Failed, Exit: g.status, Seconds: proof.Tenths(time.Since(began).Seconds()),
		Load: series.Load(), Seed: seed, Args: change.Text(), Date: time.Now().UTC().Format(time.DateOnly), Machine: r.machine, Commit: r.commit,
		Regressions: []string{}, Noted: []string{}, Findings: []proof.Finding{},
	}
	g.read(&d, row)
	return d, nil
}

// change is what head of a row has more.
func (r *rig) change(ctx context.Context, row proof.Row, seed uint64) (c proof.Change, err error) {
	if row.Head == nil {
		return c, nil
	}
	var f proof.Figures
	if row.Measured {
		if f, err = r.figuresOf(ctx, row); err != nil {
			return c, err
		}
	}
	return row.Head(f, seed), nil
}

// gate is one gate, or one over several shards.
type gate struct {
	*rig
	dir, out string
	flags    []string
	status   int
	said     string
}

// make runs the program with the flags and some more. A gate that fails is a result.
func (g *gate) make(ctx context.Context, more ...string) error {
	return g.call(ctx, slices.Concat([]string{"gate"}, g.flags, more))
}

func (g *gate) call(ctx context.Context, args []string) error {
	said, err := command(ctx, g.dir, g.bench, args...)
	g.said, g.status = said, 0
	ended, ok := errors.AsType[*exec.ExitError](err)
	switch {
	case err == nil:
		return nil
	case !ok:
		return err
	}
	if g.status = ended.ExitCode(); g.status == usage || g.status == interrupted {
		return err
	}
	return nil
}

// spread measures the shards one after the other, and merges them.
func (g *gate) spread(ctx context.Context, shards int) error {
	parts := filepath.Join(g.dir, "shards")
	if err := os.RemoveAll(parts); err != nil {
		return err
	}
	for i := 1; i <= shards; i++ {
		which := fmt.Sprintf("%d/%d", i, shards)
		if err := g.make(ctx, "--shard", which, "--run-id", "1", "--out", filepath.Join(parts, strconv.Itoa(i))); err != nil || ctx.Err() != nil {
			return err
		}
	}
	return g.call(ctx, []string{"merge", parts, "--out", g.out})
}

// read takes from the gate's files what the line has of it. A base that came from elsewhere
// would be another experiment.
func (g *gate) read(d *proof.Decision, row proof.Row) {
	want := bench.SourceBundle
	if proof.Gateways[row.Gateway].Registry != nil {
		want = bench.SourceRebuild
	}
	run, v, err := record.ReadDirectory(g.out, new(any))
	switch {
	case err != nil || v.Schema == "":
		lines := strings.Split(strings.TrimSpace(g.said), "\n")
		d.Error = lines[len(lines)-1]
	case run.Base == nil || run.Base.Source != want:
		d.Error = fmt.Sprintf("the base is no %s: %+v", want, run.Base)
	default:
		d.Take(run, v, row.Only)
	}
}
