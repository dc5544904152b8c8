package probe

import (
	"context"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// plain are the exchanges in which all goes well.
var plain = []situation{
	{
		name: exchange.JSON, repeats: 3, requests: 1,
		make: func(ctx context.Context, p *player) (exchange.Exchange, error) {
			return p.exchange(ctx, bench.JSON, exchange.Play{})
		},
	},
	{
		name: exchange.Stream, repeats: 3, requests: 1,
		make: func(ctx context.Context, p *player) (exchange.Exchange, error) {
			return p.exchange(ctx, bench.SSE, exchange.Play{})
		},
	},
}
