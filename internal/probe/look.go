package probe

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
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
	// together is true for those with several requests in work at once: they say
	// nothing of a gateway that serves one at a time, and would be in the way of others.
	together bool
	// make makes one exchange. An error means that it could not be made; what the
	// gateway does wrong is in the exchange.
	make func(ctx context.Context, p *player) (exchange.Exchange, error)
}

// situations are all of them, in the order in which they are made; those that the time
// has no room for are left out from the end.
var situations = slices.Concat(
	plain,
	timing, failures, waiting,
)

// Look makes the exchanges of every situation with all subjects side by side, within
// a time. Exchanges that could not be made have Failed. An error means that ctx ended
// or the mock failed.
func Look(ctx context.Context, backend Backend, subjects []Subject, within time.Duration) (all []exchange.Exchange, err error) {
	defer func() { // the mock answers those who measure again
		if end := backend.Perform(context.WithoutCancel(ctx)); end != nil {
			err = errors.Join(err, fmt.Errorf("%w: %w", errBackend, end))
		}
	}()
	players := make([]*player, len(subjects))
	for i, s := range subjects {
		players[i] = newPlayer(s, backend, i)
		defer players[i].close()
	}
	deadline := time.Now().Add(within)
	for _, s := range situations {
		for _, name := range s.caseNames() {
			for range s.repeats {
				made, err := side(ctx, players, s, name, deadline)
				all = append(all, made...)
				if err != nil {
					return all, err
				}
			}
		}
	}
	return all, nil
}

func (s situation) caseNames() []string {
	if s.cases == nil {
		return []string{""}
	}
	return s.cases
}

// noTime is why an exchange was not made.
const noTime = "the time budget has no room for it"

// side makes one exchange with each player at the same time.
func side(ctx context.Context, players []*player, s situation, name string, deadline time.Time) ([]exchange.Exchange, error) {
	made, failed := make([]exchange.Exchange, len(players)), make([]error, len(players))
	var all sync.WaitGroup
	for i, p := range players {
		all.Go(func() { made[i], failed[i] = one(ctx, p, s, name, deadline) })
	}
	all.Wait()
	return made, errors.Join(failed...)
}

// one makes one exchange.
func one(ctx context.Context, p *player, s situation, name string, deadline time.Time) (x exchange.Exchange, err error) {
	if time.Now().Add(s.takes).After(deadline) {
		x.Failed = noTime
	} else if x, err = s.make(ctx, p.in(name)); err != nil {
		if ctx.Err() != nil || errors.Is(err, errBackend) {
			return x, err
		}
		x.Failed = fmt.Sprint(err)
	}
	x.Situation, x.Case, x.API, x.Arm, x.Process = s.name, name, p.API, p.Arm, p.Process
	return x, nil
}
