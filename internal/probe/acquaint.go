package probe

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

const (
	// slowRequest is from when on a look may take twice its time: the requests themselves
	// take most of it.
	slowRequest = 10 * time.Millisecond
	// timeForOverlap is the time of a look from which on it is found out who serves one
	// request at a time.
	timeForOverlap = 2 * time.Second
	// apartBy is how long each of two requests at once takes the backend. When the second
	// comes to it no sooner than the first is answered, that is no accident of a busy
	// machine, if it happens twice.
	apartBy = 100 * time.Millisecond
)

// acquaint finds out how fast the gateways are, who asks the backend without the number
// of a script, and who serves one request at a time.
func (l *looking) acquaint(ctx context.Context) error {
	gateways := l.gateways()
	bounded, cancel := context.WithDeadline(ctx, l.deadline())
	defer cancel()
	errs := make([]error, len(gateways))
	for i, p := range gateways { // one after the other: whose requests have no number is seen only so
		errs[i] = p.acquaint(bounded)
	}
	if slices.ContainsFunc(gateways, func(p *player) bool { return p.slow > slowRequest }) {
		l.within *= 2
	}
	if l.within >= timeForOverlap {
		var all sync.WaitGroup
		for i, p := range gateways {
			all.Go(func() { errs[i] = errors.Join(errs[i], p.overlaps(bounded)) })
		}
		all.Wait()
	}
	if ctx.Err() == nil && bounded.Err() != nil {
		return nil // there is no time for more
	}
	return errors.Join(errs...)
}

// acquaint makes the first requests.
func (p *player) acquaint(ctx context.Context) error {
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE, bench.JSON} {
		x, err := p.exchange(ctx, mode)
		if err != nil || x.Answers[0].End == 0 { // how long it does not answer says nothing
			return onlyBackend(err)
		}
		p.slow = x.Answers[0].End - x.Sent[0].At
		p.stray = p.stray || x.Strangers > 0
	}
	return nil
}

// overlaps finds out whether two requests are in work at the same time.
func (p *player) overlaps(ctx context.Context) error {
	for range 2 {
		a := ask{plays: []exchange.Play{{Silence: apartBy}}}
		x, err := p.atOnce(ctx, a, a)
		if err != nil {
			return onlyBackend(err)
		}
		got := x.Received
		right := !slices.ContainsFunc(x.Answers, func(a exchange.Answer) bool { return a.Class != "" })
		if p.serial = right && len(got) == 2 && got[1].At-got[0].At >= apartBy; !p.serial {
			return nil
		}
	}
	return nil
}

// onlyBackend is the error if it is one of the mock.
func onlyBackend(err error) error {
	if errors.Is(err, errBackend) {
		return err
	}
	return nil
}
