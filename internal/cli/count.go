package cli

import (
	"context"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/report/counted"
	"github.com/org/proxy-bench-action/internal/report/text"
	"github.com/org/proxy-bench-action/internal/session"
)

type countCommand struct {
	gatewayFlags
	BaseConfig string        `help:"Configuration of a second gateway, counted beside the first as the base." placeholder:"FILE"`
	Within     time.Duration `help:"How long counting may take; what one process leaves unsure, up to 3/4 of that more." default:"3m" placeholder:"TIME"`
	Out        string        `help:"Directory for run.json, bench.txt and the gateway's output." placeholder:"DIR"`
	JSON       bool          `name:"json" help:"Print run.json instead of the tables."`
	Verbose    bool          `short:"v" help:"Show the output of the build, and all functions and system calls."`
}

func (countCommand) Help() string {
	return `Builds and starts the gateway that the configuration names, sends it one request
at a time, and counts what a request costs: instructions and allocations by
Valgrind's callgrind, system calls by strace. Of each mode the smallest and the
largest body of the suite are counted. Other load on the machine does not change
the counts. Gateways in Python and Node.js are too slow for callgrind: of those
system calls only. With --base-config it says what changed; where one process
could be an accident, other processes are counted too.

Needs: apt-get install valgrind strace

Exit status: 0 something was counted; 2 wrong usage or configuration; 3 nothing
could be counted; 130 interrupted.

Examples:
  proxy-bench count
  proxy-bench count --base-config main.yml -v`
}

// Run counts, prints and saves.
func (c countCommand) Run(ctx context.Context, w host.World) error {
	if err := c.enter(w, &c.Out, &c.BaseConfig); err != nil {
		return err
	}
	head, err := session.LoadConfig(config.ForMeasuring, c.Config, overrides(c.gatewayFlags))
	if err != nil {
		return err
	}
	if c.Within <= 0 {
		return host.Usagef("--within %v: give a time, such as 3m", c.Within)
	}
	var what session.Sides
	if c.BaseConfig != "" {
		base, err := session.LoadConfig(config.ForMeasuring, c.BaseConfig, nil)
		if err != nil {
			return err
		}
		what.Base = &base.Gateway
	}
	run, err := measured(ctx, w, head, c.Out, c.Verbose, func(s *session.Session) (bench.Run, error) {
		return s.Count(ctx, what, c.Within)
	})
	if err != nil {
		return err
	}
	if err := c.show(w, run, head.Gate.Policy.Work); err != nil {
		return err
	}
	if !counted.Any(run.Work) {
		return host.Exit(host.ExitFailed)
	}
	return nil
}

func (c countCommand) show(w host.World, run bench.Run, rule bench.WorkRule) error {
	if c.JSON {
		return record.WriteRun(w.Stdout, run)
	}
	return text.Write(w.Stdout, counted.Document(run, rule), style(w, c.Verbose))
}
