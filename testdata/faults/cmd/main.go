// Command faults counts how often each fault of the reference gateway is found by its
// name, by looking once and by a gate with its default settings, and writes
// docs/faults.md. Counts are kept after each, so that a stopped run is resumed by the
// same command:
//
//	go run ./testdata/faults/cmd [-looks 10] [-gates 2] [-weaker] [-again] [FAULT...]
//
// It runs in the root of the repository, on a machine with nothing else to do.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/testdata/faults"
	"github.com/org/proxy-bench-action/testdata/series"
)

func main() {
	looks := flag.Int("looks", 10, "how often exchanges are made with each fault")
	gates := flag.Int("gates", 2, "how often a gate decides with each fault, four minutes each")
	weaker := flag.Bool("weaker", false, "look for the weaker strengths, too, until one is found less often than nine times of ten")
	again := flag.Bool("again", false, "begin anew")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := count(ctx, options{*looks, *gates, *weaker, *again, flag.Args()}); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
}

type options struct {
	looks, gates  int
	weaker, again bool
	only          []string // switches, with or without a strength
}

func (o options) wants(f faults.Fault) bool {
	name, _, _ := strings.Cut(f.Switch, "=")
	return len(o.only) == 0 || slices.Contains(o.only, f.Switch) || slices.Contains(o.only, name)
}

func count(ctx context.Context, o options) (err error) {
	dir, err := os.MkdirTemp("", "faults-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(dir)) }()
	rig, err := faults.Build(ctx, ".", dir)
	if err != nil {
		return err
	}
	c := counter{rig: rig, machine: machine(), commit: series.Commit(ctx)}
	if c.all, err = faults.Read(); err != nil {
		return err
	}
	if o.again {
		c.all = slices.DeleteFunc(c.all, func(n faults.Count) bool {
			return slices.ContainsFunc(faults.All, func(f faults.Fault) bool { return o.wants(f) && slices.Contains(f.Strengths(), n.Switch) })
		})
	}
	// The faults take turns, so that a change of the machine meets all.
	for n := 1; n <= max(o.looks, o.gates); n++ {
		for _, f := range faults.All {
			if !o.wants(f) {
				continue
			}
			if n <= o.looks {
				if err := c.look(ctx, f, f.Switch, n); err != nil {
					return err
				}
			}
			if n <= o.gates {
				if err := c.gate(ctx, f, n); err != nil {
					return err
				}
			}
		}
	}
	if o.weaker {
		return c.weaker(ctx, o)
	}
	return nil
}

// counter counts and keeps.
type counter struct {
	rig             faults.Rig
	machine, commit string
	all             []faults.Count
}

func (c *counter) keep(n faults.Count) error {
	n.Date, n.Machine, n.Commit = time.Now().UTC().Format(time.DateOnly), c.machine, c.commit
	c.all = faults.Put(c.all, n)
	return faults.Write(c.all)
}

// look looks for the n-th time, unless that was done before.
func (c *counter) look(ctx context.Context, f faults.Fault, strength string, n int) error {
	count := faults.Of(c.all, strength)
	if count.Looks >= n {
		return nil
	}
	began := time.Now()
	weaker := f
	weaker.Switch = strength
	said, err := c.rig.Look(ctx, weaker)
	if err != nil {
		return fmt.Errorf("%s: %w", strength, err)
	}
	found, wrong := f.Judge(said)
	count.Looks++
	add(&count.FoundByLook, found)
	add(&count.WrongByLook, len(wrong) > 0)
	count.Says(wrong)
	fmt.Printf("%s, look %d: found: %v in %.1f s %s\n", strength, n, found, time.Since(began).Seconds(), strings.Join(wrong, "; "))
	return c.keep(count)
}

// gate decides for the n-th time, unless that was done before.
func (c *counter) gate(ctx context.Context, f faults.Fault, n int) error {
	count := faults.Of(c.all, f.Switch)
	if count.Gates >= n {
		return nil
	}
	began := time.Now()
	v, err := c.rig.Gate(ctx, f.Switch)
	if err != nil {
		return fmt.Errorf("%s: %w", f.Switch, err)
	}
	found, wrong := f.Judge(v.Behaviours)
	if b, _ := behaviour.Describe(f.Name); b.Harm {
		found = found && v.Outcome == bench.Regression
	}
	count.Gates++
	add(&count.FoundByGate, found)
	add(&count.WrongByGate, len(wrong) > 0)
	count.Says(wrong)
	fmt.Printf("%s, gate %d: found: %v, %s in %.0f s: %s %s\n", f.Switch, n, found, v.Outcome, time.Since(began).Seconds(), v.Reason, strings.Join(wrong, "; "))
	return c.keep(count)
}

// weaker looks for weaker strengths until one is not found often enough.
func (c *counter) weaker(ctx context.Context, o options) error {
	for _, f := range faults.All {
		if !o.wants(f) {
			continue
		}
		for _, strength := range f.Strengths() {
			for n := 1; n <= o.looks; n++ {
				if err := c.look(ctx, f, strength, n); err != nil {
					return err
				}
			}
			if n := faults.Of(c.all, strength); 10*n.FoundByLook < 9*n.Looks {
				break
			}
		}
	}
	return nil
}

func add(n *int, one bool) {
	if one {
		*n++
	}
}

func machine() string {
	model := "unknown"
	if info, err := os.ReadFile("/proc/cpuinfo"); err == nil {
		for line := range strings.Lines(string(info)) {
			if name, value, _ := strings.Cut(line, ":"); strings.TrimSpace(name) == "model name" {
				model = strings.TrimSpace(value)
				break
			}
		}
	}
	return fmt.Sprintf("%s, %d CPUs", model, runtime.NumCPU())
}
