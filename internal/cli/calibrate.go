package cli

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/calibrate"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/text"
	"github.com/org/proxy-bench-action/internal/session"
	"github.com/org/proxy-bench-action/internal/verdict"
)

type calibrateCommand struct {
	suiteFlags
	gateFlags
	From    string `help:"Calibrate from the run.json of one build as base and head instead of measuring." placeholder:"FILE"`
	Trials  int    `help:"Resampled gates of unchanged code; each change is tried in a quarter as many." default:"400"`
	Out     string `help:"Directory for calibration.json, run.json, bench.txt and the gateway's output." placeholder:"DIR"`
	JSON    bool   `name:"json" help:"Print calibration.json instead of the text."`
	Verbose bool   `short:"v" help:"Show the output of the build, and the noise of every gated metric."`
}

func (calibrateCommand) Help() string {
	return `Drives one build as base and as head, and makes many gates out of its rounds by
swapping their labels at random: how often unchanged code would fail, how large a
change would be found, and which thresholds the noise of this machine can carry.`
}

// Run measures or reads, estimates, shows and saves.
func (c calibrateCommand) Run(ctx context.Context, w host.World) error {
	if c.Trials < 1 {
		return host.Usagef("--trials %d: at least 1", c.Trials)
	}
	run, gateRounds, err := c.rounds(ctx, w)
	if err != nil {
		return err
	}
	fmt.Fprintf(w.Stderr, "resampling %d gates of unchanged code, and of slower code\n", c.Trials)
	result, err := calibrate.Estimate(ctx, run, calibrate.Options{
		Policy: *run.Policy, GateRounds: gateRounds, Trials: c.Trials, Seed: run.Seed,
	})
	switch {
	case ctx.Err() != nil:
		return host.ErrInterrupted
	case err != nil && c.From != "":
		return host.Usagef("%s: %w", c.From, err)
	case err != nil:
		return err
	}
	return errors.Join(c.show(w, result), c.save(result))
}

// rounds has them from a file or measures them, with the policy to decide by
// and the number of rounds that a gate screens with.
func (c calibrateCommand) rounds(ctx context.Context, w host.World) (bench.Run, int, error) {
	if c.From != "" {
		saved, err := session.ReadRounds(c.From)
		if err != nil {
			return bench.Run{}, 0, fmt.Errorf("--from: %w", err)
		}
		// Flags win over the policy that the run was saved with.
		_, err = compareCommand{gateFlags: c.gateFlags, Config: c.Config}.policy(&saved.Run)
		return saved.Run, verdict.ScreenRounds, err
	}
	cfg, err := session.LoadConfig(config.ForGating, c.Config, overrides(c.suiteFlags, c.gateFlags))
	if err != nil {
		return bench.Run{}, 0, err
	}
	gateRounds := cmp.Or(cfg.Measure.Rounds, verdict.ScreenRounds)
	run, err := measured(ctx, w, cfg, c.Out, c.Verbose, func(s *session.Session) (bench.Run, error) {
		// Twice the rounds of a gate, so that there is more to draw from.
		run, err := s.MeasureTwice(ctx, 2*gateRounds)
		run.Policy = &cfg.Gate.Policy
		return run, err
	})
	return run, gateRounds, err
}

func (c calibrateCommand) show(w host.World, result bench.Calibration) error {
	if c.JSON {
		return record.WriteCalibration(w.Stdout, result)
	}
	return text.Write(w.Stdout, report.Calibration(result), style(w, c.Verbose))
}

func (c calibrateCommand) save(result bench.Calibration) error {
	if c.Out == "" {
		return nil
	}
	return record.WriteFile(filepath.Join(c.Out, record.CalibrationFile), func(w io.Writer) error {
		return record.WriteCalibration(w, result)
	})
}
