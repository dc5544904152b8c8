// Command faults counts how often each fault of the reference gateway is found by its
// name, by looking once and by a gate with its default settings, and writes
// docs/faults.md. Counts are kept after each, so that a stopped run is resumed by the
// same command:
//
//	go run ./testdata/faults/cmd [-looks 10] [-at-once 1] [-gates 2] [-weaker] [-again] [FAULT...]
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
	"slices"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/machine"
	"github.com/org/proxy-bench-action/testdata/faults"
	"github.com/org/proxy-bench-action/testdata/series"
)

func main() {
	looks := flag.Int("looks", 10, "how often exchanges are made with each fault")
	atOnce := flag.Int("at-once", 1, "how many faults are looked for at once: exchanges mostly wait, and what is found beside others is found alone, too")
	gates := flag.Int("gates", 2, "how often a gate decides with each fault, four minutes each")
	weaker := flag.Bool("weaker", false, "look for the weaker strengths, too, until one is found less often than nine times of ten")
	again := flag.Bool("again", false, "begin anew")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	if err := count(ctx, options{*looks, max(*atOnce, 1), *gates, *weaker, *again, flag.Args()}); err != nil {
		fmt.Fprintln(os.Stderr, "faults:", err)
		os.Exit(1)
	}
}

type options struct {
	looks, atOnce, gates int
	weaker, again        bool
	only                 []string // switches, with or without a strength
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
	here := machine.Describe()
	c := &counter{rig: rig, machine: fmt.Sprintf("%s, %d CPUs", here.CPUModel, here.CPUs), commit: series.Commit(ctx)}
	if c.all, err = faults.Read(); err != nil {
		return err
	}
	if o.again {
		c.all = slices.DeleteFunc(c.all, func(n faults.Count) bool {
			return slices.ContainsFunc(faults.All, func(f faults.Fault) bool { return o.wants(f) && slices.Contains(f.Strengths(), n.Switch) })
		})
	}
	wanted := slices.DeleteFunc(slices.Clone(faults.All), func(f faults.Fault) bool { return !o.wants(f) })
	// The faults take turns, so that a change of the machine meets all.
	for n := 1; n <= max(o.looks, o.gates); n++ {
		if n <= o.looks {
			if err := c.looks(ctx, wanted, n, o.atOnce); err != nil {
				return err
			}
		}
		if n > o.gates {
			continue
		}
		for _, f := range wanted {
			if err := c.gate(ctx, f, n); err != nil {
				return err
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

	mu  sync.Mutex
	all []faults.Count
}

func (c *counter) of(strength string) faults.Count {
	c.mu.Lock()
	defer c.mu.Unlock()
	return faults.Of(c.all, strength)
}

// keep counts one more of a fault, and what was said besides.
func (c *counter) keep(strength string, wrong []string, more func(*faults.Count)) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	n := faults.Of(c.all, strength)
	more(&n)
	n.Says(wrong)
	n.Date, n.Machine, n.Commit = time.Now().UTC().Format(time.DateOnly), c.machine, c.commit
	c.all = faults.Put(c.all, n)
	return faults.Write(c.all)
}

// looks looks for each of some faults for the n-th time, some of them at once.
func (c *counter) looks(ctx context.Context, all []faults.Fault, n, atOnce int) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	var running sync.WaitGroup
	free := make(chan struct{}, atOnce)
	for _, f := range all {
		free <- struct{}{}
		running.Go(func() {
			defer func() { <-free }()
			if ctx.Err() != nil {
				return
			}
			if err := c.look(ctx, f, f.Switch, n); err != nil {
				stop(err) // the first is told
			}
		})
	}
	running.Wait()
	return context.Cause(ctx)
}

// look looks for the n-th time, unless that was done before.
func (c *counter) look(ctx context.Context, f faults.Fault, strength string, n int) error {
	if c.of(strength).Looks >= n {
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
	fmt.Printf("%s, look %d: found: %v in %.1f s %s\n", strength, n, found, time.Since(began).Seconds(), strings.Join(wrong, "; "))
	return c.keep(strength, wrong, func(count *faults.Count) {
		count.Looks++
		add(&count.FoundByLook, found)
		add(&count.WrongByLook, len(wrong) > 0)
	})
}

// gate decides for the n-th time, unless that was done before.
func (c *counter) gate(ctx context.Context, f faults.Fault, n int) error {
	if c.of(f.Switch).Gates >= n {
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
	fmt.Printf("%s, gate %d: found: %v, %s in %.0f s: %s %s\n", f.Switch, n, found, v.Outcome, time.Since(began).Seconds(), v.Reason, strings.Join(wrong, "; "))
	return c.keep(f.Switch, wrong, func(count *faults.Count) {
		count.Gates++
		add(&count.FoundByGate, found)
		add(&count.WrongByGate, len(wrong) > 0)
	})
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
			if n := c.of(strength); 10*n.FoundByLook < 9*n.Looks {
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
