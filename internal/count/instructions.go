package count

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/org/proxy-bench-action/internal/gateway"
	"github.com/org/proxy-bench-action/internal/load"
	"github.com/org/proxy-bench-action/internal/stats"
)

// instructions counts those, and allocations, of all cells.
func (s *subject) instructions(ctx context.Context) {
	const what = "instructions"
	if why := s.plan.Tools.NoInstructions; why != "" {
		s.uncounted(s.all(), what, why)
		return
	}
	if s.interpreter != "" {
		s.uncounted(s.all(), what, s.interpreter+" is too slow or not steady under callgrind")
		return
	}
	s.plan.Say("%s: counting instructions", s.Arm)
	user := (*gateway.User)(nil)
	r, err := s.start(ctx, func(spec *gateway.Spec, dir string) {
		spec.Ready.Slow = true
		s.settings = settings(*spec)
		fix(spec)
		spec.Line = s.plan.Tools.underValgrind(spec.Line, dir)
		user = spec.User
	})
	defer r.close(ctx)
	if err == nil {
		c := &counter{run: r, control: control{vgdb: s.plan.Tools.VGDB, dir: r.dir, user: user}}
		err = c.begin(ctx)
		for i := 0; i < len(s.work) && err == nil; i++ {
			if err = c.cell(ctx, i); err != nil {
				s.uncounted([]int{i}, what, reason(ctx, err))
				if !c.usable(ctx) {
					s.uncounted(s.all()[i+1:], what, reason(ctx, err))
					return
				}
				err = nil
			}
		}
	}
	if err != nil {
		s.uncounted(s.all(), what, reason(ctx, err))
	}
}

// counter counts one gateway under callgrind.
type counter struct {
	*run
	control control
	rest    rest
	last    time.Time // of the last profiles
}

// usable says whether other cells may still be counted.
func (c *counter) usable(ctx context.Context) bool {
	return ctx.Err() == nil && c.process.Alive()
}

// take is what was done since it was last called.
func (c *counter) take(ctx context.Context) (t tally, seconds float64, err error) {
	profiles, err := c.control.take(ctx)
	if err != nil {
		if dead := c.process.Err(); dead != nil {
			err = dead
		}
		return t, 0, err
	}
	before := c.last
	c.last = time.Now()
	return tallyOf(profiles), c.last.Sub(before).Seconds(), nil
}

// empties is how often it is counted what counting costs.
const empties = 3

// begin switches counting on, warms the gateway up, and counts what it does when nothing
// is asked.
func (c *counter) begin(ctx context.Context) error {
	if err := c.control.begin(ctx); err != nil {
		return err
	}
	if len(c.plan.Cells) == 0 {
		return errors.New("there is no scenario to count")
	}
	if err := c.send(ctx, c.plan.Cells[0].Jobs, c.plan.WarmUp); err != nil {
		return err
	}
	var fewest tally
	for i := range empties + 1 {
		t, _, err := c.take(ctx)
		if err != nil {
			return err
		}
		if i == 1 || i > 1 && t.instructions < fewest.instructions {
			fewest = t
		}
	}
	if err := pause(ctx, c.plan.Idle); err != nil {
		return err
	}
	t, seconds, err := c.take(ctx)
	if err != nil {
		return err
	}
	c.rest = rest{once: fewest, second: t.less(fewest, seconds)}
	return nil
}

// heavy are the sizes of warm-ups and batches of requests that execute this many
// instructions: those of a gateway that works so much for a request repeat well, and take
// long. They are chosen by instructions and not by time, so that base and head are sent
// the same requests: what an allocator does depends on what it has done before.
var heavy = []struct {
	instructions     float64
	warmUp, requests int
}{{6e6, 8, 5}, {2e6, 12, 8}, {1e6, 20, 12}}

// fewest are the requests by which it is seen how heavy they are.
const fewest = 4

// warmUp sends requests before those that count, and returns how many a batch has.
func (c *counter) warmUp(ctx context.Context, jobs []*load.Job) (requests int, err error) {
	first := min(fewest, c.plan.WarmUp)
	if _, _, err := c.take(ctx); err != nil {
		return 0, err
	}
	if err := c.send(ctx, jobs, first); err != nil {
		return 0, err
	}
	t, _, err := c.take(ctx)
	if err != nil {
		return 0, err
	}
	warmUp, requests := c.plan.WarmUp, c.plan.Requests
	for _, h := range heavy {
		if t.instructions >= h.instructions*float64(first) {
			warmUp, requests = min(warmUp, h.warmUp), min(requests, h.requests)
			break
		}
	}
	if err := c.send(ctx, jobs, warmUp-first); err != nil {
		return 0, err
	}
	_, _, err = c.take(ctx)
	return requests, err
}

// steady is the spread, as a share of the median, from which on no more batches are
// counted.
const steady = 0.005

// cell counts a cell in batches.
func (c *counter) cell(ctx context.Context, i int) error {
	cell, w := c.plan.Cells[i], &c.work[i]
	requests, err := c.warmUp(ctx, cell.Jobs)
	if err != nil {
		return err
	}
	began := time.Now()
	var batches []tally
	var instructions []float64
	for n := 1; n <= c.plan.Most; n++ {
		if err := c.send(ctx, cell.Jobs, requests); err != nil {
			return err
		}
		t, seconds, err := c.take(ctx)
		if err != nil {
			return err
		}
		per := perRequest{rest: c.rest, seconds: seconds, requests: float64(requests)}.reduced(t)
		switch {
		case per.instructions <= 0 && t.instructions > c.rest.once.instructions:
			return fmt.Errorf("a batch of %d requests has no more than when nothing is asked: the gateway works all the time", requests)
		case per.instructions <= 0:
			return fmt.Errorf("none were counted in a batch of %d requests: something else than the start line's processes serves them", requests)
		}
		batches, instructions = append(batches, per), append(instructions, rounded(per.instructions))
		if n >= c.plan.Batches && (spread(instructions) <= steady || c.late(ctx, i, time.Since(began), n)) {
			break
		}
	}
	w.Instructions, w.Idle = instructions, rounded(c.rest.second.instructions)
	w.Allocations, w.Functions = allocationsOf(batches), functionsOf(batches)
	return nil
}

// late says whether the time that is left is needed for the cells that follow: each of
// them has to have its fewest batches.
func (c *counter) late(ctx context.Context, i int, spent time.Duration, batches int) bool {
	deadline, ok := ctx.Deadline()
	if !ok {
		return false
	}
	following := time.Duration(len(c.plan.Cells) - 1 - i)
	batch := spent / time.Duration(batches)
	return time.Until(deadline) < batch+following*batch*time.Duration(c.plan.Batches+2) // and a warm-up
}

// spread is how far counts are from their median, as a share of it: half of them are
// nearer.
func spread(counts []float64) float64 {
	m, err := stats.Median(counts)
	if err != nil || m == 0 {
		return 0
	}
	mad, _ := stats.MAD(counts) // there are some
	return mad / m
}
