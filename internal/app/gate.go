package app

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"time"

	"github.com/org/proxy-bench-action/internal/baseline"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/trial"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// gateFlags are what deciding commands can override.
type gateFlags struct {
	Alpha     *string `help:"Chance of a false regression in a whole gate." placeholder:"1%%" group:"Overrides of the configuration"`
	Threshold *string `help:"Share of the overhead by which a regression is slower." placeholder:"10%%" group:"Overrides of the configuration"`
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
func (c gateCommand) Run(ctx context.Context, w World) (err error) {
	cfg, err := loadConfig(config.ForDeciding, c.Config, append(c.suiteFlags.overrides(), c.gateFlags.overrides()...))
	if err != nil {
		return err
	}
	if err := rules(*policyOf(cfg.Gate)).Check(cfg.Scenarios()); err != nil {
		return &usageError{err}
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
	return c.gate(ctx, s)
}

func (c gateCommand) gate(ctx context.Context, s *session) (err error) {
	head := side{Gateway: s.config.Gateway}
	if err := s.build(ctx, bench.Head, head); err != nil {
		return err
	}
	s.sides[bench.Head] = head
	l := &ladder{session: s, file: c.Baseline, ref: c.BaseRef, head: head.Gateway, config: c.Config}
	if l.config == "" {
		l.config = defaultConfig
	}
	defer func() { err = errors.Join(err, l.close()) }()
	base, err := l.find(ctx)
	if err != nil {
		return err
	}
	if base.side != nil {
		s.sides[bench.Base] = *base.side
	}
	run, err := s.gateRun(ctx, base)
	if err != nil {
		return errors.Join(err, c.keepRounds(run, s.explain(ctx, err)))
	}
	v := decide(run, base.stored)
	if err := errors.Join(c.show(s.world, v, run), c.save(v, run), c.keepBaseline(s, run, base)); err != nil {
		return err
	}
	return conclude(v, failOn(s.config))
}

// decided ends a gate that has said everything and has to fail.
type decided struct{ code int }

func (d *decided) Error() string { return fmt.Sprintf("exit status %d", d.code) }

// The screening's share of the time budget; the rest is for what it finds.
const screenShare = 0.6

// gateRun measures in stages: all scenarios first, then on fresh rounds what
// the screening found, then what may have become better, if there is time.
func (s *session) gateRun(ctx context.Context, base based) (bench.Run, error) {
	budget, policy := s.config.Measure.TimeBudget, policyOf(s.config.Gate)
	settings := trial.Settings{
		Scenarios: s.config.Scenarios(),
		Rounds:    s.config.Measure.Rounds,
		Budget:    budget,
	}
	next := once
	if base.side != nil {
		settings.Rounds = cmp.Or(settings.Rounds, verdict.ScreenRounds)
		settings.Budget = time.Duration(screenShare * float64(budget))
		next = s.confirm(s.world.Now().Add(budget), *policy)
	}
	run, err := s.measure(ctx, settings, next)
	run.Policy = policy
	if base.info != (bench.BaseInfo{}) {
		run.Base = &base.info
	}
	return run, err
}

// confirm asks for fresh rounds of what the screening leaves open, and then of
// what may have improved, until the deadline.
func (s *session) confirm(deadline time.Time, policy bench.Policy) func(bench.Run) (trial.Settings, bool) {
	stages := 0
	return func(run bench.Run) (trial.Settings, bool) {
		stages++
		found := verdict.Screen(rules(policy), verdict.EvidenceOf(run))
		left := deadline.Sub(s.world.Now())
		settings := trial.Settings{Stage: bench.Confirm, Budget: left, Rounds: found.Rounds}
		switch {
		case left <= 0:
			return settings, false
		case stages == 1 && len(found.Confirm) > 0:
			s.say("screened: %s; measuring again on fresh rounds", found.Reason)
			settings.Scenarios = named(run, found.Confirm)
		case stages <= 2 && len(found.Improvements) > 0:
			s.say("measuring possible improvements again on fresh rounds")
			settings.Scenarios, settings.Rounds = named(run, found.Improvements), verdict.ConfirmRounds
			stages = 2
		default:
			return settings, false
		}
		return settings, true
	}
}

// named finds a run's scenarios by id.
func named(run bench.Run, ids []string) []bench.Scenario {
	var all []bench.Scenario
	for _, id := range ids {
		for _, cell := range run.Scenarios {
			if cell.ID == id {
				all = append(all, cell.Scenario)
			}
		}
	}
	return all
}

// decide makes the verdict, from the run alone when base was in it.
func decide(run bench.Run, stored *baseline.Baseline) bench.Verdict {
	p := rules(*run.Policy)
	if run.Base == nil || run.Base.Rung != bench.RungStored {
		return verdict.Decide(p, verdict.EvidenceOf(run))
	}
	return verdict.DecideStored(p, storedEvidence(run, *stored))
}

func (c gateCommand) show(w World, v bench.Verdict, run bench.Run) error {
	if c.JSON {
		return report.VerdictJSON(w.Stdout, v)
	}
	return report.Verdict(w.Stdout, v, run, style(w, c.Verbose))
}

func style(w World, all bool) report.Style {
	return report.Style{Color: isTerminal(w.Stdout) && os.Getenv("NO_COLOR") == "", All: all}
}

// save writes the machine formats, if there is a place.
func (c gateCommand) save(v bench.Verdict, run bench.Run) error {
	if c.Out == "" {
		return nil
	}
	return errors.Join(save(c.Out, run), baseline.WriteFile(filepath.Join(c.Out, "verdict.json"), func(w io.Writer) error {
		return report.VerdictJSON(w, v)
	}))
}

// keepRounds saves what was measured before an error.
func (c gateCommand) keepRounds(run bench.Run, cause error) error {
	if c.Out == "" || run.Schema == "" {
		return nil
	}
	markIncomplete(&run, cause)
	return save(c.Out, run)
}

// keepBaseline saves a baseline where it was asked for, or where none was given.
func (c gateCommand) keepBaseline(s *session, run bench.Run, base based) error {
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
	if err := s.saveBaseline(path, run, s.config.Gateway, base.stored); err != nil {
		return err
	}
	s.say("saved as %s; compare a change with it: proxy-bench gate --baseline %s", path, path)
	return nil
}
