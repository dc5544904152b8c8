package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/calibrate"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report/calibrated"
	"github.com/org/proxy-bench-action/internal/report/text"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/internal/session"
	"github.com/org/proxy-bench-action/internal/verdict"
)

type calibrateCommand struct {
	suiteFlags
	gateFlags
	From    string `help:"Calibrate from the run.json of one build as base and head instead of measuring; --time-budget is then that of the gates alone." placeholder:"FILE"`
	Trials  int    `help:"Gates of unchanged code to make, as far as the time goes; each change is tried in a quarter as many." default:"400"`
	Out     string `help:"Directory for calibration.json, run.json, bench.txt and the gateway's output." placeholder:"DIR"`
	JSON    bool   `name:"json" help:"Print calibration.json instead of the text."`
	Verbose bool   `short:"v" help:"Show the output of the build, and the statistics: how often each change is found, the noise of every gated metric by source, drift and autocorrelation."`
}

func (calibrateCommand) Help() string {
	return `Drives one build as base and as head, and makes many gates out of its process
pairs by swapping their labels at random: how large a change is found here, how
often unchanged code would fail, and what to set. It measures for three quarters
of --time-budget and makes gates in the rest, each of which has that time budget.

Exit status: 0 calibrated; 2 wrong usage or configuration; 3 the gateway or the
machine failed; 130 interrupted.

Examples:
  proxy-bench calibrate --time-budget 20m --out calibration
  proxy-bench calibrate --from calibration/run.json --threshold 5%`
}

// Run measures or reads, estimates, shows and saves.
func (c calibrateCommand) Run(ctx context.Context, w host.World) error {
	if c.Trials < 1 {
		return host.Usagef("--trials %d: at least 1", c.Trials)
	}
	run, pairs, err := c.rounds(ctx, w)
	if err != nil {
		return err
	}
	making := newMaking(w)
	if c.From == "" {
		making.until(run.Started, run.Plan.Budget)
	}
	result, err := calibrate.Estimate(ctx, run, calibrate.Options{
		Policy: *run.Policy, Pairs: pairs, Budget: run.Plan.Budget, Trials: c.Trials, Seed: run.Seed,
		Late: making.late, Progress: making.progress,
	})
	making.end()
	switch {
	case ctx.Err() != nil:
		if c.From == "" && c.Out != "" {
			fmt.Fprintf(w.Stderr, "the rounds are saved: proxy-bench calibrate --from %s goes on from here\n", quoted(filepath.Join(c.Out, record.RunFile)))
		}
		return host.ErrInterrupted
	case err != nil && c.From != "":
		return host.Usagef("%s: %w", c.From, err)
	case err != nil:
		return err
	}
	return errors.Join(c.show(w, result), c.save(result))
}

// rounds has them from a file or measures them, with the policy to decide by, the
// time budget of a gate in the plan, and the number of process pairs that a gate
// screens with, 0 for the usual.
func (c *calibrateCommand) rounds(ctx context.Context, w host.World) (bench.Run, int, error) {
	if c.From != "" {
		saved, err := saved.Rounds(c.From)
		if err != nil {
			return bench.Run{}, 0, fmt.Errorf("--from: %w", err)
		}
		// Flags win over what the run was saved with.
		if c.TimeBudget != nil {
			budget, err := time.ParseDuration(*c.TimeBudget)
			if err != nil || budget <= 0 {
				return bench.Run{}, 0, host.Usagef("--time-budget %s: write a time such as 4m or 90s", *c.TimeBudget)
			}
			saved.Run.Plan.Budget = budget.Seconds()
		}
		_, err = compareCommand{gateFlags: c.gateFlags, Config: c.Config}.policy(&saved.Run)
		return saved.Run, 0, err
	}
	if err := c.enter(w, &c.Out); err != nil {
		return bench.Run{}, 0, err
	}
	cfg, err := session.LoadConfig(config.ForGating, c.Config, overrides(c.suiteFlags, c.gateFlags))
	if err != nil {
		return bench.Run{}, 0, err
	}
	pairs := cfg.Measure.Rounds
	run, err := measured(ctx, w, cfg, c.Out, c.Verbose, func(s *session.Session) (bench.Run, error) {
		// Twice the process pairs of a gate's screening, so that there is more to draw from.
		run, err := s.MeasureTwice(ctx, 2*cmp.Or(pairs, verdict.ScreenRounds), calibrate.MeasureShare)
		run.Policy = &cfg.Gate.Policy
		return run, err
	})
	return run, pairs, err
}

func (c calibrateCommand) show(w host.World, result bench.Calibration) error {
	if c.JSON {
		return record.WriteCalibration(w.Stdout, result)
	}
	return text.Write(w.Stdout, calibrated.Document(result), style(w, c.Verbose))
}

func (c calibrateCommand) save(result bench.Calibration) error {
	if c.Out == "" {
		return nil
	}
	return record.WriteFile(filepath.Join(c.Out, record.CalibrationFile), func(w io.Writer) error {
		return record.WriteCalibration(w, result)
	})
}
