package probe

import (
	"context"
	"slices"
	"sync"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// failures are the exchanges with a backend that fails. They come late: a gateway may
// refuse requests for a while after one.
var failures = []situation{
	{name: exchange.Failing, cases: failingCases(), repeats: 2, requests: 1, make: fail},
	{
		name: exchange.AfterFailing, repeats: 2, requests: 1,
		make: func(ctx context.Context, p *player) (exchange.Exchange, error) { return p.exchange(ctx, bench.JSON) },
	},
}

// failure is one way in which a backend fails.
type failure struct {
	name string // the case
	mode bench.Mode
	play exchange.Play
}

const (
	// stayFailing is how long the client waits for the end of a failing answer. A gateway may
	// ask again after pauses that are longer than the time that there is to see it.
	stayFailing = 1500 * time.Millisecond
	// gathering is how long the backend waits before it fails, so that all requests
	// reach it before the first failure reaches the gateway.
	gathering = 100 * time.Millisecond
	// Of as many requests at once each may take so many times what one takes alone, on a
	// machine on which two gateways have them.
	crowded   = 4
	mostCrowd = 3 * time.Second
)

var failings = []failure{
	{exchange.Refused, bench.JSON, exchange.Play{Status: 400}},
	{exchange.Unauthorised, bench.JSON, exchange.Play{Status: 401}},
	{exchange.NotFound, bench.JSON, exchange.Play{Status: 404}},
	{exchange.Limited, bench.JSON, limited},
	{exchange.Broken, bench.JSON, exchange.Play{Status: 500}},
	{exchange.Unavailable, bench.JSON, exchange.Play{Status: 503}},
	{exchange.LimitedStream, bench.SSE, limited},
	{exchange.BrokenStream, bench.SSE, exchange.Play{Status: 500}},
	{exchange.CutJSON, bench.JSON, exchange.Play{Cut: true}},
	{exchange.CutStream, bench.SSE, exchange.Play{Cut: true}},
	{exchange.ErrorEvent, bench.SSE, exchange.Play{ErrorEvent: true}},
}

// limited has a Retry-After that no gateway would make up.
var limited = exchange.Play{Status: 429, Headers: map[string]string{"Retry-After": "7"}}

func failingCases() (names []string) {
	for _, f := range failings {
		names = append(names, f.name)
	}
	return names
}

// fail has the exchange of one case. All cases are made at once: a gateway that closes
// its doors after one failure, as load balancers do, would hide the others.
func fail(ctx context.Context, p *player) (exchange.Exchange, error) {
	p.failed.Lock()
	defer p.failed.Unlock()
	if len(p.failed.made[p.name]) == 0 {
		if err := p.failAll(ctx); err != nil {
			return exchange.Exchange{}, err
		}
	}
	x := p.failed.made[p.name][0]
	p.failed.made[p.name] = p.failed.made[p.name][1:]
	return x, nil
}

// failedOnes are exchanges by case that have been made and nobody has taken.
type failedOnes struct {
	sync.Mutex
	made map[string][]exchange.Exchange
}

// failAll makes one exchange of each case.
func (p *player) failAll(ctx context.Context) error {
	asks := make([]ask, len(failings))
	crowd := min(mostCrowd, time.Duration(crowded*len(failings))*p.slow)
	for i, f := range failings {
		if !p.serial {
			f.play.Silence = gathering + crowd/2
		}
		var err error
		a := ask{mode: f.mode, plays: []exchange.Play{f.play}, leave: leaving{after: stayFailing + f.play.Silence + crowd}}
		if asks[i], err = p.prepared(ctx, a); err != nil {
			return err
		}
	}
	send := p.atOnce
	if p.serial {
		send = p.inTurn
	}
	x, err := send(ctx, asks...)
	if err != nil {
		return err
	}
	for i, f := range failings {
		received := slices.DeleteFunc(slices.Clone(x.Received), func(r exchange.Received) bool { return r.Number != asks[i].number })
		p.failed.made[f.name] = append(p.failed.made[f.name], exchange.Exchange{
			Sent: x.Sent[i : i+1], Answers: x.Answers[i : i+1], Received: received, Meant: asks[i].plays,
		})
	}
	return nil
}
