// Command cmd makes the record of decisions: many whole gate decisions, unattended, each
// between a gateway and the same one with or without a known change. It takes many hours
// on a machine with nothing else to do. .ci/proof runs it in the root of the repository;
// without arguments it says what there is. It needs Go, and what installs the gateways of
// its rows: Rust, Node, npm, Python, and root on Debian.
package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"

	"github.com/org/proxy-bench-action/testdata/proof"
	"github.com/org/proxy-bench-action/testdata/series"
)

// The exit statuses of wrong usage, of rows that cannot be decided, and after Ctrl-C; here
// and of the program.
const usage, broken, interrupted = 2, 3, 130

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	c, err := proof.Parse(os.Args[1:])
	if err != nil {
		fmt.Fprintln(os.Stderr, "proof:", err)
		os.Exit(usage)
	}
	switch err := run(ctx, c); {
	case ctx.Err() != nil:
		os.Exit(interrupted)
	case err != nil:
		fmt.Fprintln(os.Stderr, "proof:", err)
		os.Exit(broken)
	}
}

func run(ctx context.Context, c proof.Command) error {
	if c.Help {
		fmt.Print(proof.Usage())
		return nil
	}
	before, err := series.Read[proof.Decision](c.File)
	switch {
	case err != nil:
		return err
	case c.Table:
		fmt.Print(proof.Table(before))
		return nil
	}
	done := map[string]bool{}
	for _, d := range before {
		done[key(d.Row, d.N)] = true
	}
	r, err := newRig(ctx, c.Try)
	if err != nil {
		return err
	}
	var out []string
	err = series.Turns(proof.Names(), c.Want, func(row string, n int) bool { return done[key(row, n)] || slices.Contains(out, row) }, func(row string, n int) error {
		d, err := r.decide(ctx, row, n)
		switch {
		case ctx.Err() != nil:
			return ctx.Err()
		case err != nil: // a night of the other rows is not lost for it
			fmt.Fprintf(os.Stderr, "proof: %s is left out from here on: %v\n", row, err)
			out = append(out, row)
			return nil
		}
		return keep(c, d)
	})
	if len(out) > 0 {
		err = errors.Join(err, fmt.Errorf("left out, for what is said above: %s", strings.Join(out, ", ")))
	}
	return errors.Join(err, r.close())
}

func key(row string, n int) string { return fmt.Sprint(row, " ", n) }

// keep appends a decision to the file, or only prints it when it was a try.
func keep(c proof.Command, d proof.Decision) error {
	if c.Try > 0 {
		return json.NewEncoder(os.Stdout).Encode(d)
	}
	fmt.Printf("%s %d: %s in %.0f s %s %s\n", d.Row, d.N, d.Outcome, d.Seconds, strings.Join(d.Regressions, ", "), d.Error)
	return series.Append(c.File, d)
}
