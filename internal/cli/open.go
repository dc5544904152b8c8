package cli

import (
	"context"

	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/sandbox"
	"github.com/org/proxy-bench-action/internal/session"
)

// prepareOut makes sure, before anything is measured, that results can be
// written to dir.
func prepareOut(dir string) error {
	if err := record.PrepareDirectory(dir); err != nil {
		return host.Usagef("--out: %w", err)
	}
	return nil
}

// open makes ready to measure on this machine, with everything that runs as who
// we are. Results and the output of gateways go to the directory out, if it is
// not empty.
func open(ctx context.Context, w host.World, c config.Config, out string, verbose bool) (*session.Session, session.Log, error) {
	if out != "" {
		if err := prepareOut(out); err != nil {
			return nil, nil, err
		}
	}
	box, err := sandbox.Open(w)
	if err != nil {
		return nil, nil, err
	}
	o := session.Options{Config: c, Sandbox: box, Log: newLog(w.Stderr), Now: w.Now, LogDir: out}
	if verbose {
		o.BuildOutput = w.Stderr
	}
	s, err := session.Open(ctx, o)
	return s, o.Log, err
}
