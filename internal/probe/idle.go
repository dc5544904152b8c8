package probe

import (
	"context"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
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
	return &bench.Idle{Rests: rests, Rest: rest.Seconds(), First: middle(first), Then: middle(then)}, nil
}
