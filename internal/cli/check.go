package cli

import (
	"context"
	"errors"

	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/report/text"
	"github.com/org/proxy-bench-action/internal/session"
)

type checkCommand struct {
	gatewayFlags
	All     bool `help:"Ask for every API, whatever is configured, and look at how the gateway behaves."`
	Verbose bool `short:"v" help:"Show the output of the build, and behaviours that were not seen."`
}

func (checkCommand) Help() string {
	return `Builds and starts the gateway that the configuration names, sends it one JSON
request and one stream, and prints what came back: status, whether the answer is
what the backend sent, times, requests to the backend. When that is not right, it
tries the other APIs and usual paths, and says which setting to change. With --all it
also says how the gateway behaves: what it asks the backend, when streams come, what
becomes of errors and of clients that go away.

Exit status: 0 ready to measure; 2 wrong usage or configuration; 3 something is to
be changed.

Examples:
  proxy-bench check
  proxy-bench check --all --api chat --start './gateway --port "$PORT" --upstream "$UPSTREAM_URL"'`
}

// Run asks and shows.
func (c checkCommand) Run(ctx context.Context, w host.World) error {
	if err := c.enter(w); err != nil {
		return err
	}
	cfg, err := session.LoadConfig(config.ForMeasuring, c.Config, overrides(c.gatewayFlags))
	if err != nil {
		return err
	}
	s, _, err := open(ctx, w, session.ForCheck(cfg), "", c.Verbose)
	if err != nil {
		return err
	}
	found, err := s.Check(ctx, c.All)
	if err = errors.Join(err, s.Close()); err != nil {
		return err
	}
	if err := text.Write(w.Stdout, found.Document(), style(w, c.Verbose)); err != nil {
		return err
	}
	if !found.OK() {
		return host.Exit(host.ExitFailed)
	}
	return nil
}
