// Package retry repeats what may succeed the next time, above all requests over
// HTTP. It must not know who is asked, or for what.
package retry

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"
)

const (
	// Attempts is how often a thing is done, the first time included.
	Attempts = 5
	// Patience is how long all waiting between attempts may take.
	Patience = 3 * time.Minute
	// firstWait doubles from attempt to attempt, when nobody names a time.
	firstWait = time.Second
)

// Temporary is an error after which another attempt may succeed.
type Temporary struct {
	Err   error
	After time.Duration // what the server asks to wait; 0 when it does not say
}

func (e *Temporary) Error() string { return e.Err.Error() }
func (e *Temporary) Unwrap() error { return e.Err }

// Clock is the time between attempts. The zero Clock is the real one.
type Clock struct {
	Sleep func(ctx context.Context, d time.Duration) error // returns early, with an error, when ctx ends
	Now   func() time.Time
	// Jitter is added to a wait that no server names, to keep the jobs of a
	// matrix apart; nil: up to a half of it.
	Jitter func(wait time.Duration) time.Duration
}

// Time is what Now says.
func (c Clock) Time() time.Time {
	if c.Now == nil {
		return time.Now()
	}
	return c.Now()
}

// Do calls do until its error is nil or not a [*Temporary] one, it has failed
// [Attempts] times, or the next wait would be beyond [Patience]. Every attempt may
// take limit; 0 is for ever. The error that is returned is no [*Temporary] one, so
// that what was tried again here is not tried again further up.
func (c Clock) Do(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	var waited time.Duration
	for attempt := 1; ; attempt++ {
		err := once(ctx, limit, do)
		if err != nil && ctx.Err() != nil {
			return context.Cause(ctx)
		}
		t, ok := errors.AsType[*Temporary](err)
		if !ok {
			return err
		}
		if attempt == Attempts {
			return fmt.Errorf("%w (%d attempts)", t.Err, Attempts)
		}
		wait := t.After
		if wait <= 0 {
			wait = c.backoff(attempt)
		}
		if waited += wait; waited > Patience {
			return fmt.Errorf("%w; it asks to wait for %s, we wait for %s at most", t.Err, wait, Patience)
		}
		if stopped := c.sleep(ctx, wait); stopped != nil {
			return fmt.Errorf("%w, while waiting to try again after: %w", stopped, t.Err)
		}
	}
}

// once makes one attempt. When its time is over, that is the error.
func once(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	if limit == 0 {
		return do(ctx)
	}
	one, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	err := do(one)
	if err == nil || one.Err() == nil {
		return err
	}
	slow := fmt.Errorf("no whole answer within %v", limit)
	if _, ok := errors.AsType[*Temporary](err); ok {
		return &Temporary{Err: slow}
	}
	return slow
}

func (c Clock) backoff(attempt int) time.Duration {
	wait := firstWait << (attempt - 1)
	if c.Jitter == nil {
		return wait + rand.N(wait/2)
	}
	return wait + c.Jitter(wait)
}

func (c Clock) sleep(ctx context.Context, d time.Duration) error {
	if c.Sleep != nil {
		return c.Sleep(ctx, d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}
