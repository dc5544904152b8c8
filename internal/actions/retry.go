package actions

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"net/http"
	"strconv"
	"time"
)

const (
	maxAttempts = 5
	firstWait   = time.Second     // doubled after every attempt, and up to a half more
	longestWait = 2 * time.Minute // that a server may ask for
)

// Sleep waits for d, or until the context ends.
func Sleep(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

// attempt runs do until it succeeds, fails for good, or has failed five times.
// Every try has its own time limit.
func (a *Artifacts) attempt(ctx context.Context, limit time.Duration, do func(context.Context) error) error {
	for try := 1; ; try++ {
		one, cancel := context.WithTimeout(ctx, limit)
		err := do(one)
		cancel()
		if err == nil || ctx.Err() != nil {
			return err
		}
		if t, ok := errors.AsType[interface {
			error
			Temporary() bool
		}](err); !ok || !t.Temporary() {
			return err
		}
		if try == maxAttempts {
			return fmt.Errorf("%w (%d attempts)", err, maxAttempts)
		}
		wait := backoff(try)
		if status, ok := errors.AsType[*StatusError](err); ok && status.RetryAfter > 0 {
			wait = status.RetryAfter
		}
		if wait > longestWait {
			return fmt.Errorf("%w; it asks to wait for %s, we wait for %s at most", err, wait, longestWait)
		}
		if stopped := a.sleep(ctx, wait); stopped != nil {
			return fmt.Errorf("%w, while waiting to try again after: %w", stopped, err)
		}
	}
}

// backoff is how long to wait after a failed try, from 1. The random part keeps
// the jobs of a matrix apart.
func backoff(try int) time.Duration {
	wait := firstWait << (try - 1)
	return wait + rand.N(wait/2)
}

// retryAfter reads the header of that name: seconds or a date. 0 is none.
func retryAfter(h http.Header, now time.Time) time.Duration {
	text := h.Get("Retry-After")
	if seconds, err := strconv.ParseUint(text, 10, 31); err == nil {
		return time.Duration(seconds) * time.Second
	}
	if date, err := http.ParseTime(text); err == nil {
		return max(date.Sub(now), 0)
	}
	return 0
}
