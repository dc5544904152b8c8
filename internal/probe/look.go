package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/exchange"
)

// situation is one kind of exchange, as probe makes it.
type situation struct {
	name  exchange.Situation
	cases []string // nil: one, without a name
	// repeats is how often it is made with each process.
	repeats int
	// takes is about how long one exchange takes besides what the gateway's own
	// requests take, and requests how many of these wait for each other.
	takes    time.Duration
	requests int
	// aside is true for exchanges that mostly wait: they are made beside the others.
	aside bool
	// still is true for those aside in which nothing happens for seconds.
	still bool
	// quiet is true for those that must have the gateway for themselves: they wait until
	// the exchanges aside are over, but for still ones.
	quiet bool
	// alone is true for those of the quiet that wait for still ones, too: with a request in
	// flight a gateway does not rest.
	alone bool
	// together is true for those with several requests in work at once: they say
	// nothing when all gateways serve one at a time.
	together bool
	// make makes one exchange. An error means that it could not be made; what the
	// gateway does wrong is in the exchange.
	make func(ctx context.Context, p *player) (exchange.Exchange, error)
}

// situations are all of them, in the order in which they are made; those that the time
// has no room for are left out from the end. Failures come after what goes well: a router
// that takes its backend for dead after some, such as LiteLLM and sglang-router, answers
// for seconds all that follows with an error. Megabytes come after these: they keep an
// interpreter busy for seconds.
var situations = slices.Concat(
	plain, timing, equal, varied, large, waiting, gone, afterRests,
	failures, asleep, goneJSON, slow, many,
)

// Look makes the exchanges of every situation with all subjects side by side, within
// a time; twice the time when a request takes long. It may end late by what one request
// may take. Exchanges that could not be made have Failed. An error means that ctx ended
// or the mock failed.
func Look(ctx context.Context, backend Backend, subjects []Subject, within time.Duration) (all []exchange.Exchange, err error) {
	defer func() { // the mock answers those who measure again
		if end := backend.Perform(context.WithoutCancel(ctx)); end != nil {
			err = errors.Join(err, fmt.Errorf("%w: %w", errBackend, end))
		}
	}()
	l := &looking{began: time.Now(), within: within}
	for i, s := range subjects {
		l.players = append(l.players, newPlayer(s, backend, i))
		defer l.players[i].close()
	}
	if err := l.acquaint(ctx); err != nil {
		return nil, err
	}
	return l.makeAll(ctx, situations)
}

func (s situation) caseNames() []string {
	if s.cases == nil {
		return []string{""}
	}
	return s.cases
}
