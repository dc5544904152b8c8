package probe

import (
	"context"
	"errors"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

const (
	// rests are so many that one hiccup of the machine is not the median.
	rests = 5
	rest  = time.Second
	// Requests before the first rest, so that everything is warm, and after each.
	atFirst   = 50
	following = 20
)

// idle rests, and compares the first request afterwards with those that follow.
func idle(ctx context.Context, t Target) (*bench.Idle, error) {
	c := newClient(t)
	defer c.close()
	if _, err := timed(ctx, c, atFirst); err != nil {
		return nil, err
	}
	var first, then []float64
	for range rests {
		if err := sleep(ctx, rest); err != nil {
			return nil, err
		}
		times, err := timed(ctx, c, 1+following)
		if err != nil {
			return nil, err
		}
		first, then = append(first, times[0]), append(then, times[1:]...)
	}
	i := &bench.Idle{Rests: rests, Rest: rest.Seconds()}
	var errs [2]error
	i.First, errs[0] = stats.Median(first)
	i.Then, errs[1] = stats.Median(then)
	return i, errors.Join(errs[:]...)
}
