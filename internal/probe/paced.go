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
		takes: 2 * acknowledged * pieces.Takes(), make: acknowledge,
	},
}

// waiting are the exchanges of a backend that takes seconds.
var waiting = []situation{
	{
		name: exchange.Silent, repeats: 1, requests: 1, takes: silence, aside: true, still: true,
		make: func(ctx context.Context, p *player) (exchange.Exchange, error) {
			return p.exchange(ctx, bench.JSON, exchange.Play{Silence: silence})
		},
	},
	{
		name: exchange.Idle, repeats: 1, requests: 1, takes: idleFor, aside: true, still: true,
		make: func(ctx context.Context, p *player) (exchange.Exchange, error) {
			return p.exchange(ctx, bench.SSE, exchange.Play{Pause: idleFor, PauseBefore: 2})
		},
	},
}

// afterRests are the exchanges with a gateway that has had nothing to do.
var afterRests = []situation{{
	name: exchange.AfterRest, repeats: 2, requests: restCount * (1 + nextOnes), takes: restCount * rested, quiet: true, alone: true,
	make: resting,
}}

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

	// A rest is so long that pools which shrink without requests have shrunk. There are
	// so many of them that at least one is not disturbed by the machine.
	restCount = 3
	rested    = 150 * time.Millisecond
	nextOnes  = 3 // show what a request takes without a rest before it
)

// resting rests before some of the requests.
func resting(ctx context.Context, p *player) (exchange.Exchange, error) {
	asks, err := p.alike(ctx, ask{}, restCount*(1+nextOnes))
	if err != nil {
		return exchange.Exchange{}, err
	}
	if _, err := p.exchange(ctx, bench.JSON); err != nil { // it opens the connections
		return exchange.Exchange{}, err
	}
	return p.meet(ctx, asks, func(send func(int)) {
		for i := range asks {
			if i%(1+nextOnes) == 0 && waitFor(ctx, rested) != nil {
				return
			}
			send(i)
		}
	})
}

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
