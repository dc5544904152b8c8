package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"path/filepath"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/text"
	"github.com/org/proxy-bench-action/internal/revision"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/internal/session"
)

type gateCommand struct {
	suiteFlags
	gateFlags
	shardFlags
	Base         *string `help:"Branch, tag or commit to compare with, or latest-release: it is built beside this one." placeholder:"REF" aliases:"base-ref"`
	Baseline     string  `help:"Baseline to compare with: its bundled gateway, or its numbers." placeholder:"FILE"`
	SaveBaseline string  `help:"Write this gateway and its rounds as a baseline." placeholder:"FILE"`
	MeasureSame  bool    `help:"Measure even when base and head are the same program, to see how far it is from itself."`
	Out          string  `help:"Directory for verdict.json, run.json, bench.txt and the gateways' output." placeholder:"DIR"`
	JSON         bool    `name:"json" help:"Print verdict.json instead of the text."`
	Verbose      bool    `short:"v" help:"Show the output of builds, and every scenario."`
}

func (gateCommand) Help() string {
	return `Builds the gateway, drives it side by side with a base in fresh processes, and
decides: regression, improvement, pass or inconclusive. With neither --base
nor --baseline it measures, and saves a baseline under .proxy-bench/. A base and a
head that are the same program pass without being measured. The latest release is
the newest version tag before the commit that is checked out.

Exit status: 0 pass, improvement or no baseline; 1 regression; 2 wrong usage or
configuration; 3 the gateway or the machine failed; 4 inconclusive, or no baseline,
if --fail-on says so; 130 interrupted.

Examples:
  proxy-bench gate --base main
  proxy-bench gate --base HEAD --quick
  proxy-bench gate --base latest-release --threshold 5% --time-budget 10m --out results
  proxy-bench gate --save-baseline main.zip
  proxy-bench gate --baseline main.zip
  proxy-bench gate --base main --shard 2/3 --out shards/2`
}

// localBaseline is where a gate without a base leaves one.
const localBaseline = ".proxy-bench/baseline.zip"

// Run measures, decides, shows and saves.
func (c gateCommand) Run(ctx context.Context, w host.World) (err error) {
	if c.Base != nil && *c.Base == "" { // a variable that nobody has set
		return host.Usagef("--base is empty: name a branch, a tag, a commit or %s, or leave it away to save a baseline", revision.LatestRelease)
	}
	if err := c.enter(w, &c.Baseline, &c.SaveBaseline, &c.Out); err != nil {
		return err
	}
	cfg, err := session.LoadConfig(config.ForGating, c.Config, c.overrides())
	if err != nil {
		return err
	}
	if cfg.Measure.Shard.Of > 0 && (c.Out == "" || c.SaveBaseline != "") {
		return host.Usagef("a shard decides nothing and leaves no baseline: name --out DIR, where merge finds its run.json, and no --save-baseline")
	}
	cfg.Measure.Same = cfg.Measure.Same || c.SaveBaseline != "" // which holds figures
	if path := c.saves(); path != "" && cfg.Measure.Shard.Of == 0 {
		if err := record.PrepareDirectory(filepath.Dir(path)); err != nil {
			return host.Usagef("a baseline cannot be saved as %s: %w", path, err)
		}
	}
	s, log, err := open(ctx, w, cfg, c.Out, c.Verbose)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	from, err := c.sources(ctx, s)
	if err != nil {
		return err
	}
	from.RunID = c.RunID
	g, err := s.Gate(ctx, from)
	if err != nil || g.Run.Shard != nil {
		return errors.Join(err, c.keepRounds(w, g.Run))
	}
	fails := cfg.Gate.FailOn
	r := g.Report(fails, flags(c.Config, c.overrides()))
	built := report.Once(r)
	var unsaved error
	if c.Out != "" {
		unsaved = saved.Files(built).Save(c.Out)
	}
	if c.JSON {
		err = record.WriteVerdict(w.Stdout, r.Verdict)
	} else {
		err = text.Write(w.Stdout, built.Document(), style(w, c.Verbose))
	}
	if err := errors.Join(err, unsaved, c.keepBaseline(g, cfg.Gateway, log)); err != nil {
		return err
	}
	return conclude(g.Verdict, fails)
}

// sources says where the base may come from. What is named and is not there is a mistake
// that is seen before anything is built.
func (c gateCommand) sources(ctx context.Context, s *session.Session) (session.BaseSources, error) {
	from := session.BaseSources{File: c.Baseline, Config: cmp.Or(c.Config, session.DefaultConfig)}
	if c.Baseline != "" {
		if _, _, err := baseline.OpenFile(c.Baseline); err != nil {
			return from, host.Usagef("--baseline: %w", err)
		}
	}
	if c.Base == nil {
		return from, nil
	}
	from.Ref, from.Name, from.Named = *c.Base, *c.Base, "--base"
	if *c.Base == revision.LatestRelease {
		tag, err := revision.NewestVersion(ctx, s.Sandbox.Git)
		if err != nil {
			return from, host.Usagef("--base %s: %w, or name the commit", *c.Base, err)
		}
		from.Ref, from.Name = tag, tag
	}
	if _, err := revision.Commit(ctx, s.Sandbox.Git, from.Ref); err != nil {
		return from, host.Usagef("--base: %w", err)
	}
	return from, nil
}

func (c gateCommand) overrides() []config.Override {
	all := overrides(c.suiteFlags, c.gateFlags, c.shardFlags)
	if c.MeasureSame {
		all = append(all, config.Override{Path: "measure.same", Value: "true", Origin: "--measure-same"})
	}
	return all
}

func style(w host.World, all bool) text.Style {
	return text.Style{Color: w.Color(), All: all, Width: w.Width()}
}

// keepRounds shows and saves what was measured before an error. As JSON nothing
// is shown: that is a verdict, and there is none.
func (c gateCommand) keepRounds(w host.World, run bench.Run) error {
	err := saveRun(run, c.Out)
	if !c.JSON && len(run.Rounds) > 0 {
		err = errors.Join(text.Write(w.Stdout, report.Build(report.Report{Run: run}), style(w, false)), err)
	}
	return err
}

// saves is where a baseline is saved: where it was asked for, or where none was given;
// empty: nowhere.
func (c gateCommand) saves() string {
	if c.SaveBaseline == "" && c.Baseline == "" && c.Base == nil {
		return localBaseline
	}
	return c.SaveBaseline
}

func (c gateCommand) keepBaseline(g session.Result, head bench.Recipe, log session.Log) error {
	path := c.saves()
	if path == "" {
		return nil
	}
	err := record.WriteFile(path, func(to io.Writer) error { return session.WriteBaseline(to, g, head, log) })
	if err == nil {
		log.Say("saved as %s; compare a change with it: proxy-bench gate --baseline %s", path, path)
	}
	return err
}
