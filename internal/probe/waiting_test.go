package probe

import (
	"context"
	"fmt"
	"net/http"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// impatient gives up on an answer after a time.
func impatient(after time.Duration) toy {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			ctx, cancel := context.WithTimeout(r.Context(), after)
			defer cancel()
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}

// TestWaiting: a gateway that does not wait for its backend is seen, and one that does is
// not.
func TestWaiting(t *testing.T) {
	t.Parallel()
	const long = 600 * time.Millisecond
	for name, c := range map[string]struct {
		gateway toy
		seen    int
	}{"clean": {clean, 0}, "impatient": {impatient(long / 3), 1}} {
		p := play(t, llmapi.Responses, c.gateway)
		for in, of := range map[exchange.Situation]struct {
			mode bench.Mode
			play exchange.Play
		}{
			exchange.Silent: {bench.JSON, exchange.Play{Silence: long}},
			exchange.Idle:   {bench.SSE, exchange.Play{Pause: long, PauseBefore: 2}},
		} {
			calmly(t, func() error {
				x, err := p.exchange(t.Context(), of.mode, of.play)
				x.Situation, x.Arm = in, bench.Head
				for _, f := range behaviour.Facts([]exchange.Exchange{x}) {
					if b, _ := behaviour.Describe(f.Behaviour); b.Harm && (f.Of != 1 || f.Seen != c.seen) {
						return fmt.Errorf("%s, %s: %+v", name, in, f)
					}
				}
				return err
			})
		}
	}
}
