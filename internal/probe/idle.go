package probe

import (
	"context"
	"runtime"
	"slices"
	"sync"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

const (
	// rests are so many that at least one is not disturbed by the machine.
	rests = 5
	rest  = time.Second
	// Requests before the first rest, as a warm-up, and after each rest.
	atFirst   = 50
	following = 20
	// awake is how long processors are busy before they count as awake.
	awake = 50 * time.Millisecond
)

// idle compares the first request after a rest with those that follow. One process
// rests at a time: the mock on the direct path, else only the gateway. The direct
// path thus shows what waking a process takes on this machine.
func idle(ctx context.Context, t Target) (*bench.Idle, error) {
	c := newClient(t)
	defer c.close()
	if _, err := timed(ctx, c, atFirst); err != nil {
		return nil, err
	}
	var first, then []float64
	for range rests {
		if err := t.rest(ctx, rest); err != nil {
			return nil, err
		}
		times, err := timed(ctx, c, 1+following)
		if err != nil {
			return nil, err
		}
		first, then = append(first, times[0]), append(then, times[1:]...)
	}
	median, err := stats.Median(then)
	return &bench.Idle{Rests: rests, Rest: rest.Seconds(), First: slices.Min(first), Then: median}, err
}

// rest lets one process rest, and keeps the machine busy: idle processors of a virtual
// machine take milliseconds to wake up for each process that a request passes.
func (t Target) rest(ctx context.Context, d time.Duration) error {
	if t.Arm == bench.Direct {
		defer busy(awake)
		return sleep(ctx, d-awake)
	}
	// Here the mock does it, which must not rest.
	for start := time.Now(); time.Since(start) < d; {
		if _, err := t.Mock.Stats(ctx); err != nil {
			return err
		}
	}
	return nil
}

// busy keeps all processors from being idle for a while.
func busy(d time.Duration) {
	var all sync.WaitGroup
	for range runtime.GOMAXPROCS(0) {
		all.Go(func() {
			for start := time.Now(); time.Since(start) < d; {
			}
		})
	}
	all.Wait()
}
