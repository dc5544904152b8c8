package cli

import (
	"context"
	"errors"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/config"
	"github.com/org/proxy-bench-action/internal/host"
	"github.com/org/proxy-bench-action/internal/record"
	"github.com/org/proxy-bench-action/internal/sandbox"
	"github.com/org/proxy-bench-action/internal/saved"
	"github.com/org/proxy-bench-action/internal/session"
)

// open makes ready to measure on this machine, with everything that runs as who
// we are. Results and the output of gateways go to the directory out, if it is
// not empty; that they can is seen before anything is measured.
func open(ctx context.Context, w host.World, c config.Config, out string, verbose bool) (*session.Session, session.Log, error) {
	if out != "" {
		if err := record.PrepareDirectory(out); err != nil {
			return nil, nil, host.Usagef("--out: %w; name a directory that you may write, or that can be made", err)
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

// measured opens a session, measures, and saves the rounds to out, if it is not
// empty, those before an error as well.
func measured(ctx context.Context, w host.World, c config.Config, out string, verbose bool, measure func(*session.Session) (bench.Run, error)) (bench.Run, error) {
	s, _, err := open(ctx, w, c, out, verbose)
	if err != nil {
		return bench.Run{}, err
	}
	run, err := measure(s)
	return run, errors.Join(err, s.Close(), saveRun(run, out))
}

// saveRun saves what nothing was decided on, if there is anything and a place.
func saveRun(run bench.Run, out string) error {
	if out == "" || run.Schema == "" {
		return nil
	}
	return saved.RunFiles(run).Save(out)
}
