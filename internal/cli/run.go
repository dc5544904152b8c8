package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/diagnose"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/text"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/internal/session"
)

type runCommand struct {
	suiteFlags
	openFlags
	BaseConfig string `help:"Configuration of a second gateway, driven beside the first as the base." placeholder:"FILE"`
	Out        string `help:"Directory for run.json, bench.txt, report.html and the gateway's output." placeholder:"DIR"`
	JSON       bool   `name:"json" help:"Print run.json instead of the table."`
	Verbose    bool   `short:"v" help:"Show the output of the build, and every detail."`
}

func (runCommand) Help() string {
	return `Builds and starts the gateway that the configuration names, drives it and the
mock backend alone in turn, and prints what the gateway adds. Nothing leaves this
machine.

Exit status: 0 measured; 2 wrong usage or configuration; 3 the gateway or the
machine failed, or no scenario could be measured; 130 interrupted.

Examples:
  proxy-bench run --quick
  proxy-bench run --modes sse --concurrency 1,10 --body 1KB --out results
  proxy-bench run --start './gateway --port "$PORT" --upstream "$UPSTREAM_URL"' --api chat`
}

// Run measures, prints and saves.
func (c runCommand) Run(ctx context.Context, w host.World) error {
	if err := c.enter(w, &c.Out, &c.BaseConfig); err != nil {
		return err
	}
	head, err := session.LoadConfig(config.ForMeasuring, c.Config, overrides(c.suiteFlags))
	if err != nil {
		return err
	}
	var what session.Sides
	if c.BaseConfig != "" {
		base, err := session.LoadConfig(config.ForMeasuring, c.BaseConfig, nil)
		if err != nil {
			return err
		}
		what.Base = &base.Gateway
	}
	plan, asked, err := c.plan()
	if err != nil {
		return err
	}
	if asked || head.Load.Trace != "" {
		what.OpenLoop = &plan
	}
	run, err := measured(ctx, w, head, c.Out, c.Verbose, func(s *session.Session) (bench.Run, error) {
		return s.Measure(ctx, what)
	})
	if len(run.Rounds) > 0 {
		err = errors.Join(err, c.show(w, run))
	}
	// The figures of what can be measured stand, so that this is no failure of the
	// run. One that could measure nothing has ended with an error.
	if f := saved.FailuresOf(run); err == nil && f.Failed > 0 {
		fmt.Fprintf(w.Stderr, "proxy-bench: %v; the figures are those of the others\n", f)
	}
	return err
}

func (c runCommand) show(w host.World, run bench.Run) error {
	if c.JSON {
		return record.WriteRun(w.Stdout, run)
	}
	r := report.Report{Run: run, Verdict: bench.Verdict{Diagnoses: diagnose.Run(run)}}
	return text.Write(w.Stdout, report.Build(r), style(w, c.Verbose))
}
