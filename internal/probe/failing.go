package probe

import (
	"context"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// failures are the exchanges with a backend that fails.
var failures = []situation{
	{name: exchange.Failing, cases: failingCases(), repeats: 2, requests: 2, make: fail},
}

// failure is one way in which a backend fails.
type failure struct {
	name string // the case
	mode bench.Mode
	play exchange.Play
	// patient is how long the client waits. A gateway may ask again after an error
	// status, with pauses that are longer than the time that there is to see it; after
	// half of an answer there is nothing to wait for.
	patient time.Duration
}

const (
	whileRetried = time.Second
	whileNothing = 2 * time.Second
)

var failings = []failure{
	{"400", bench.JSON, exchange.Play{Status: 400}, whileRetried},
	{"401", bench.JSON, exchange.Play{Status: 401}, whileRetried},
	{"404", bench.JSON, exchange.Play{Status: 404}, whileRetried},
	{"429", bench.JSON, limited, whileRetried},
	{"500", bench.JSON, exchange.Play{Status: 500}, whileRetried},
	{"503", bench.JSON, exchange.Play{Status: 503}, whileRetried},
	{"429 for a stream", bench.SSE, limited, whileRetried},
	{"500 for a stream", bench.SSE, exchange.Play{Status: 500}, whileRetried},
	{"JSON cut", bench.JSON, exchange.Play{Cut: true}, whileNothing},
	{"stream cut", bench.SSE, exchange.Play{Cut: true}, whileNothing},
	{"error event", bench.SSE, exchange.Play{ErrorEvent: true}, whileNothing},
}

// limited has a Retry-After that no gateway would make up.
var limited = exchange.Play{Status: 429, Headers: map[string]string{"Retry-After": "7"}}

func failingCases() (names []string) {
	for _, f := range failings {
		names = append(names, f.name)
	}
	return names
}

// fail sends a request that fails, and then one that is well. What the backend received
// is for the first of them.
func fail(ctx context.Context, p *player) (exchange.Exchange, error) {
	var f failure
	for _, f = range failings {
		if f.name == p.name {
			break
		}
	}
	x, err := p.inTurn(ctx, ask{mode: f.mode, plays: []exchange.Play{f.play}, leave: leaving{after: f.patient}})
	if err != nil {
		return x, err
	}
	next, err := p.exchange(ctx, bench.JSON)
	x.Sent, x.Answers = append(x.Sent, next.Sent...), append(x.Answers, next.Answers...)
	return x, err
}
