package app

import (
	"cmp"
	"context"
	"errors"
	"os"
	"path/filepath"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
)

// gateFlags are what deciding commands can override.
type gateFlags struct {
	Alpha     *string `help:"Chance of a false regression in a whole gate." placeholder:"1%" group:"Overrides of the configuration"`
	Threshold *string `help:"Share of the overhead by which a regression is slower." placeholder:"10%" group:"Overrides of the configuration"`
	Floor     *string `help:"Changes smaller than this are none." placeholder:"5us" group:"Overrides of the configuration"`
	FailOn    *string `help:"Outcomes that fail: regression, inconclusive, never." placeholder:"regression" group:"Overrides of the configuration"`
}

func (f gateFlags) overrides() []config.Override {
	return given(
		flag{f.Alpha, "gate.alpha", "--alpha"},
		flag{f.Threshold, "gate.threshold", "--threshold"},
		flag{f.Floor, "gate.floor", "--floor"},
		flag{f.FailOn, "gate.fail_on", "--fail-on"},
	)
}

// gateCommand is `proxy-bench gate`.
type gateCommand struct {
	suiteFlags
	gateFlags
	BaseRef      string `help:"Commit to compare with: it is built beside this one." placeholder:"REF"`
	Baseline     string `help:"Baseline to compare with: its bundled gateway, or its numbers." placeholder:"FILE"`
	SaveBaseline string `help:"Write this gateway and its rounds as a baseline." placeholder:"FILE"`
	Out          string `help:"Directory for verdict.json, run.json, bench.txt and the gateways' output." placeholder:"DIR"`
	JSON         bool   `name:"json" help:"Print verdict.json instead of the text."`
	Verbose      bool   `short:"v" help:"Show the output of builds, and every scenario."`
}

// Help is shown by --help.
func (gateCommand) Help() string {
	return `Builds the gateway, drives it side by side with a base in fresh processes, and
decides: regression, improvement, pass or inconclusive. With neither --base-ref
nor --baseline it measures, and saves a baseline under .proxy-bench/.`
}

// localBaseline is where a gate without a base leaves one.
const localBaseline = ".proxy-bench/baseline.zip"

// Run measures, decides, shows and saves.
func (c gateCommand) Run(ctx context.Context, w host.World) (err error) {
	if onRunner(w) {
		return c.runAction(ctx, w)
	}
	cfg, err := c.load()
	if err != nil {
		return err
	}
	if c.Out != "" {
		if err := prepareOut(c.Out); err != nil {
			return err
		}
	}
	s, err := open(ctx, w, cfg, c.Out, c.Verbose)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(s.explain(ctx, err), s.close()) }()
	// Not in a workflow: what it sets may be a secret, which no comment may show.
	s.flags = flags(c.Config, c.overrides())
	l := c.ladder()
	l.named = c.BaseRef != ""
	g, err := s.gate(ctx, l)
	if err != nil {
		return errors.Join(err, c.keepRounds(w, g.run, s.explain(ctx, err)))
	}
	if err := errors.Join(c.show(s, g), c.save(s, g), c.keepBaseline(s, g)); err != nil {
		return err
	}
	return conclude(g.verdict, cfg.Gate.FailOn)
}

func (c gateCommand) overrides() []config.Override {
	return append(c.suiteFlags.overrides(), c.gateFlags.overrides()...)
}

// load reads the configuration, with the action's inputs and then the flags on top.
func (c gateCommand) load(settings ...config.Override) (config.Config, error) {
	return loadConfig(config.ForGating, c.Config, slices.Concat(settings, c.overrides()))
}

// ladder says where the flags let a base be looked for.
func (c gateCommand) ladder() ladder {
	return ladder{file: c.Baseline, ref: c.BaseRef, config: cmp.Or(c.Config, defaultConfig)}
}

// gated is what a gate has come to.
type gated struct {
	run     bench.Run
	base    based
	verdict bench.Verdict
}

// gate builds head, finds a base, measures both and decides. With an error the
// run holds what was measured before it.
func (s *session) gate(ctx context.Context, l ladder) (g gated, err error) {
	head := side{Gateway: s.config.Gateway}
	if err := s.build(ctx, bench.Head, head); err != nil {
		return g, err
	}
	s.sides[bench.Head] = head
	l.session, l.head = s, head.Gateway
	defer func() { err = errors.Join(err, l.close()) }()
	if g.base, err = l.find(ctx); err != nil {
		return g, err
	}
	if g.base.side != nil {
		s.sides[bench.Base] = *g.base.side
	}
	s.groups.Group("measure")
	if g.run, err = s.gateRun(ctx, g.base); err == nil {
		err = s.probe(ctx, &g.run)
	}
	s.groups.EndGroup()
	if err != nil {
		return g, err
	}
	g.verdict = decide(g.run, g.base.stored)
	return g, nil
}

func (c gateCommand) show(s *session, g gated) error {
	if c.JSON {
		return record.WriteVerdict(s.world.Stdout, g.verdict)
	}
	return report.Terminal(s.world.Stdout, s.report(g), style(s.world, c.Verbose))
}

func style(w host.World, all bool) report.Style {
	return report.Style{Color: w.Color(), All: all}
}

// save writes all formats, if there is a place.
func (c gateCommand) save(s *session, g gated) error {
	if c.Out == "" {
		return nil
	}
	return saved(s.report(g)).Save(c.Out)
}

// keepRounds shows and saves what was measured before an error. As JSON nothing
// is shown: that is a verdict, and there is none.
func (c gateCommand) keepRounds(w host.World, run bench.Run, cause error) error {
	if run.Schema == "" {
		return nil
	}
	markIncomplete(&run, cause)
	var failed []error
	if !c.JSON && len(run.Rounds) > 0 {
		failed = append(failed, report.Text(w.Stdout, report.Report{Run: run}, style(w, false)))
	}
	if c.Out != "" {
		failed = append(failed, savedRun(run).Save(c.Out))
	}
	return errors.Join(failed...)
}

// keepBaseline saves a baseline where it was asked for, or where none was given.
func (c gateCommand) keepBaseline(s *session, g gated) error {
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
	if err := s.saveBaseline(path, g.run, s.config.Gateway, g.base.stored); err != nil {
		return err
	}
	s.say("saved as %s; compare a change with it: proxy-bench gate --baseline %s", path, path)
	return nil
}
