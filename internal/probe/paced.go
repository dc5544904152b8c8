package probe

import (
	"context"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// timing are the exchanges that show when an answer comes.
var timing = []situation{
	{
		name: exchange.Paced, repeats: 3, requests: 2, takes: pacing.Takes(),
		make: func(ctx context.Context, p *player) (exchange.Exchange, error) {
			one := ask{mode: bench.SSE, plays: []exchange.Play{pacing}}
			p = p.acknowledging(false)
			defer p.close()
			return p.atOnce(ctx, one, one)
		},
	},
	{
		name: exchange.Acknowledged, cases: []string{"stream", "json"}, repeats: 2, requests: 2 * acknowledged,
		takes: acknowledged * (2*pieces.Takes() + 40*time.Millisecond),
		make:  acknowledge,
	},
	{
		name: exchange.AfterRest, repeats: 3, requests: 1 + nextOnes, takes: rested,
		make: func(ctx context.Context, p *player) (exchange.Exchange, error) {
			if _, err := p.exchange(ctx, bench.JSON); err != nil {
				return exchange.Exchange{}, err
			}
			asks, err := p.alike(ctx, ask{}, 1+nextOnes)
			if err != nil {
				return exchange.Exchange{}, err
			}
			if err := waitFor(ctx, rested); err != nil {
				return exchange.Exchange{}, err
			}
			return p.inTurn(ctx, asks...)
		},
	},
}

// waiting are the exchanges of a backend that takes seconds.
var waiting = []situation{
	{
		name: exchange.Silent, repeats: 1, requests: 1, takes: silence, aside: true,
		make: func(ctx context.Context, p *player) (exchange.Exchange, error) {
			return p.exchange(ctx, bench.JSON, exchange.Play{Silence: silence})
		},
	},
	{
		name: exchange.Idle, repeats: 1, requests: 1, takes: idleFor, aside: true,
		make: func(ctx context.Context, p *player) (exchange.Exchange, error) {
			return p.exchange(ctx, bench.SSE, exchange.Play{Pause: idleFor, PauseBefore: 2})
		},
	},
}

// pacing is how the backend sends a stream that shows when each event comes. The first
// event comes after the head, and a pause after the first event: what waits for the
// next one is late by more than a busy machine costs. The stream is so long that 250 ms
// are at least one whole period of it.
var pacing = exchange.Play{
	Shape:      llmapi.Shape{Chunks: 14, ChunkBytes: 64},
	FirstEvent: 50 * time.Millisecond,
	Pause:      120 * time.Millisecond, PauseBefore: 1,
	Interval: 30 * time.Millisecond,
}

const (
	silence = 3 * time.Second
	idleFor = 5 * time.Second

	// rested is a rest in which pools that shrink without requests have shrunk, and
	// nextOnes how many requests show what one takes without.
	rested   = 250 * time.Millisecond
	nextOnes = 5
)

// alike are some requests for the same answer, each with a nonce of its own.
func (p *player) alike(ctx context.Context, a ask, n int) ([]ask, error) {
	var err error
	a.number, err = p.script(ctx, a.plays...)
	all := make([]ask, n)
	for i := range all {
		all[i] = a
	}
	return all, err
}

// waitFor is a time in which nothing is sent.
func waitFor(ctx context.Context, d time.Duration) error {
	select {
	case <-time.After(d):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
