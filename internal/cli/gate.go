package cli

import (
	"cmp"
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/text"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/internal/session"
)

type gateCommand struct {
	suiteFlags
	gateFlags
	BaseRef      string `help:"Commit to compare with: it is built beside this one." placeholder:"REF"`
	Baseline     string `help:"Baseline to compare with: its bundled gateway, or its numbers." placeholder:"FILE"`
	SaveBaseline string `help:"Write this gateway and its rounds as a baseline." placeholder:"FILE"`
	MeasureSame  bool   `help:"Measure even when base and head are the same program, to see how far it is from itself."`
	Out          string `help:"Directory for verdict.json, run.json, bench.txt and the gateways' output." placeholder:"DIR"`
	JSON         bool   `name:"json" help:"Print verdict.json instead of the text."`
	Verbose      bool   `short:"v" help:"Show the output of builds, and every scenario."`
}

func (gateCommand) Help() string {
	return `Builds the gateway, drives it side by side with a base in fresh processes, and
decides: regression, improvement, pass or inconclusive. With neither --base-ref
nor --baseline it measures, and saves a baseline under .proxy-bench/. A base and a
head that are the same program pass without being measured.`
}

// localBaseline is where a gate without a base leaves one.
const localBaseline = ".proxy-bench/baseline.zip"

// Run measures, decides, shows and saves.
func (c gateCommand) Run(ctx context.Context, w host.World) (err error) {
	cfg, err := session.LoadConfig(config.ForGating, c.Config, c.overrides())
	if err != nil {
		return err
	}
	cfg.Measure.Same = cfg.Measure.Same || c.SaveBaseline != "" // which holds figures
	s, log, err := open(ctx, w, cfg, c.Out, c.Verbose)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, s.Close()) }()
	g, err := s.Gate(ctx, session.BaseSources{
		File: c.Baseline, Ref: c.BaseRef, Named: c.BaseRef != "", Config: cmp.Or(c.Config, session.DefaultConfig),
	})
	if err != nil {
		return errors.Join(err, c.keepRounds(w, g.Run))
	}
	fails := cfg.Gate.FailOn
	r := g.Report(fails, flags(c.Config, c.overrides()))
	var unsaved error
	if c.Out != "" {
		unsaved = saved.Files(r).Save(c.Out)
	}
	if err := errors.Join(c.show(w, r), unsaved, c.keepBaseline(g, cfg.Gateway, log)); err != nil {
		return err
	}
	return conclude(g.Verdict, fails)
}

func (c gateCommand) overrides() []config.Override {
	all := overrides(c.suiteFlags, c.gateFlags)
	if c.MeasureSame {
		all = append(all, config.Override{Path: "measure.same", Value: "true", Origin: "--measure-same"})
	}
	return all
}

func (c gateCommand) show(w host.World, r report.Report) error {
	if c.JSON {
		return record.WriteVerdict(w.Stdout, r.Verdict)
	}
	return text.Write(w.Stdout, report.Build(r), style(w, c.Verbose))
}

func style(w host.World, all bool) text.Style { return text.Style{Color: w.Color(), All: all} }

// keepRounds shows and saves what was measured before an error. As JSON nothing
// is shown: that is a verdict, and there is none.
func (c gateCommand) keepRounds(w host.World, run bench.Run) error {
	err := saveRun(run, c.Out)
	if !c.JSON && len(run.Rounds) > 0 {
		err = errors.Join(text.Write(w.Stdout, report.Build(report.Report{Run: run}), style(w, false)), err)
	}
	return err
}

// keepBaseline saves a baseline where it was asked for, or where none was given.
func (c gateCommand) keepBaseline(g session.Result, head bench.Recipe, log session.Log) error {
	path := c.SaveBaseline
	if path == "" && c.Baseline == "" && c.BaseRef == "" {
		path = localBaseline
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
			return err
		}
	}
	if path == "" {
		return nil
	}
	err := record.WriteFile(path, func(to io.Writer) error { return session.WriteBaseline(to, g, head, log) })
	if err == nil {
		log.Say("saved as %s; compare a change with it: proxy-bench gate --baseline %s", path, path)
	}
	return err
}
