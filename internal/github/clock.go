package github

import (
	"context"
	"time"
)

const (
	// attempts is how often a request is sent, the first time included.
	attempts = 5
	// patience is the time after which nothing is tried again.
	patience = 3 * time.Minute
	// firstWait doubles from attempt to attempt, when GitHub names no time.
	firstWait = time.Second
)

// clock is the time that passes between attempts.
type clock struct {
	sleep func(context.Context, time.Duration) error
	now   func() time.Time
}

func (c clock) orReal() clock {
	if c.sleep == nil {
		c.sleep = sleep
	}
	if c.now == nil {
		c.now = time.Now
	}
	return c
}

func sleep(ctx context.Context, d time.Duration) error {
	t := time.NewTimer(d)
	defer t.Stop()
	select {
	case <-t.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// tries counts the attempts at one thing.
type tries struct {
	clock
	started time.Time
	made    int
}

func (c clock) tries() *tries { return &tries{clock: c, started: c.now()} }

// again waits until the next attempt may be made: for as long as GitHub asks, or
// ever longer when that is 0. It is false when there is to be none.
func (t *tries) again(ctx context.Context, asked time.Duration) bool {
	t.made++
	if asked <= 0 {
		asked = firstWait << (t.made - 1)
	}
	if t.made >= attempts || t.now().Add(asked).Sub(t.started) > patience {
		return false
	}
	return t.sleep(ctx, asked) == nil
}
