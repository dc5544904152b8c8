package probe

import (
	"context"
	"time"

	"github.com/org/proxy-bench-action/internal/exchange"
)

// asleep are the exchanges in which nothing is asked.
var asleep = []situation{{
	name: exchange.Rest, repeats: 1, takes: restFor + restFirst, quiet: true,
	make: atRest,
}}

const (
	restFor   = 500 * time.Millisecond
	restParts = 5
	// restAgain is how often the rest is made again when the gateway was busy in it: what
	// follows requests, such as collecting garbage or compiling, comes to an end.
	restAgain = 3
	restFirst = 150 * time.Millisecond // after the last request
)

// atRest has how much CPU time the gateway uses while nobody asks for anything.
func atRest(ctx context.Context, p *player) (x exchange.Exchange, err error) {
	if p.Holding == nil {
		return x, nil
	}
	for range restAgain {
		if err := sleep(ctx, restFirst); err != nil {
			return x, err
		}
		k := &exchange.Kept{Took: restFor}
		k.Course = append(k.Course, exchange.Step{At: moment(), Holding: p.Holding()})
		for range restParts {
			if err := sleep(ctx, restFor/restParts); err != nil {
				return x, err
			}
			k.Course = append(k.Course, exchange.Step{At: moment(), Holding: p.Holding()})
		}
		if x.Kept = k; !k.Restless() {
			break
		}
	}
	return x, nil
}
