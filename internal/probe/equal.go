package probe

import (
	"context"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/exchange"
)

// equal are the exchanges of requests that are the same to the last byte. All others
// have a nonce, which keeps caches out.
var equal = []situation{
	{
		name: exchange.Equal, cases: bothModes, repeats: 1, requests: inSeries,
		make: func(ctx context.Context, p *player) (exchange.Exchange, error) {
			same, err := p.prepared(ctx, ask{mode: modeOf(p.name)})
			if err != nil {
				return exchange.Exchange{}, err
			}
			return p.inTurn(ctx, slices.Repeat([]ask{same}, inSeries)...)
		},
	},
	{
		name: exchange.AtOnce, cases: bothModes, repeats: 1, requests: 1, takes: joinTime, together: true, aside: true,
		make: func(ctx context.Context, p *player) (exchange.Exchange, error) {
			// The backend is silent for long enough that all of them have come.
			same, err := p.prepared(ctx, ask{mode: modeOf(p.name), plays: []exchange.Play{{Silence: joinTime}}})
			if err != nil {
				return exchange.Exchange{}, err
			}
			return p.atOnce(ctx, slices.Repeat([]ask{same}, abreast)...)
		},
	},
}

const (
	inSeries = 6 // requests one after the other
	abreast  = 3 // requests at the same time
	joinTime = 150 * time.Millisecond
)
