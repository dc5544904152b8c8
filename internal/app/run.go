package app

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/diagnose"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/trial"
)

// runCommand is `proxy-bench run`.
type runCommand struct {
	suiteFlags
	openFlags
	probeFlags
	BaseConfig string `help:"Configuration of a second gateway, driven beside the first as the base." placeholder:"FILE"`
	Out        string `help:"Directory for run.json, bench.txt and the gateway's output." placeholder:"DIR"`
	JSON       bool   `name:"json" help:"Print run.json instead of the table."`
	Verbose    bool   `short:"v" help:"Show the output of the build."`
}

// Help is shown by --help.
func (runCommand) Help() string {
	return `Builds and starts the gateway that the configuration names, drives it and the
mock backend alone in turn, and prints what the gateway adds. Nothing leaves this
machine.`
}

// Run measures, prints and saves.
func (c runCommand) Run(ctx context.Context, w host.World) error {
	head, err := loadConfig(config.ForMeasuring, c.Config, append(c.suiteFlags.overrides(), c.probeFlags.overrides()...))
	if err != nil {
		return err
	}
	sides := map[bench.Arm]side{bench.Head: {Gateway: head.Gateway}}
	if c.BaseConfig != "" {
		base, err := loadConfig(config.ForMeasuring, c.BaseConfig, nil)
		if err != nil {
			return err
		}
		sides[bench.Base] = side{Gateway: base.Gateway}
	}
	if c.Out != "" {
		if err := prepareOut(c.Out); err != nil {
			return err
		}
	}
	plan, asked, err := c.plan()
	if err != nil {
		return err
	}
	then := func(*session, *bench.Run) error { return nil }
	if asked || head.Load.Trace != "" {
		then = func(s *session, run *bench.Run) error { return s.openLoop(ctx, run, plan) }
	}
	run, err := c.measure(ctx, w, head, sides, then)
	if len(run.Rounds) > 0 {
		err = errors.Join(err, c.show(w, run))
	}
	if c.Out != "" && run.Schema != "" {
		err = errors.Join(err, savedRun(run).Save(c.Out))
	}
	if err != nil {
		return err
	}
	return requestErrors(run)
}

// measure builds the gateways and drives them, by a trial and then by what comes
// after it.
func (c runCommand) measure(ctx context.Context, w host.World, cfg config.Config, sides map[bench.Arm]side, then func(*session, *bench.Run) error) (run bench.Run, err error) {
	s, err := open(ctx, w, cfg, c.Out, c.Verbose)
	if err != nil {
		return run, err
	}
	defer func() { err = errors.Join(s.explain(ctx, err), s.close()) }()
	for arm, g := range sides {
		if err := s.build(ctx, arm, g); err != nil {
			return run, err
		}
		s.sides[arm] = g
	}
	run, err = s.measure(ctx, trial.Settings{
		Scenarios: cfg.Scenarios(),
		Rounds:    cfg.Measure.Rounds,
		Budget:    cfg.Measure.TimeBudget,
	}, once)
	if err == nil {
		err = then(s, &run)
	}
	if err == nil {
		err = s.probe(ctx, &run)
	}
	if err != nil {
		markIncomplete(&run, s.explain(ctx, err))
	}
	return run, err
}

func markIncomplete(run *bench.Run, cause error) {
	run.Validity.Complete = false
	run.Validity.Incomplete, _, _ = strings.Cut(cause.Error(), "\n")
}

func (c runCommand) show(w host.World, run bench.Run) error {
	if c.JSON {
		return record.WriteRun(w.Stdout, run)
	}
	r := report.Report{Run: run, Verdict: bench.Verdict{Diagnoses: diagnose.Run(run)}}
	return report.Text(w.Stdout, r, style(w, false))
}

// failures counts the requests through the gateways of a run.
type failures struct {
	failed, sent int
	classes      map[bench.ErrorClass]bool
}

func failuresOf(run bench.Run) failures {
	f := failures{classes: map[bench.ErrorClass]bool{}}
	for _, r := range run.Rounds {
		if r.Arm == bench.Direct {
			continue
		}
		f.sent += r.Requests
		for class, n := range r.Errors {
			f.failed += n
			f.sent += n
			f.classes[class] = true
		}
	}
	return f
}

func (f failures) String() string {
	return fmt.Sprintf("%d of %d requests through the gateway failed (%v)", f.failed, f.sent, slices.Sorted(maps.Keys(f.classes)))
}

// requestErrors is not nil when requests through a gateway failed: its figures
// are then those of the requests that did not.
func requestErrors(run bench.Run) error {
	f := failuresOf(run)
	if f.failed == 0 {
		return nil
	}
	return fmt.Errorf("%v; the figures are those of the others", f)
}
