package probe

import (
	"bytes"
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// failures are the exchanges with a backend that fails. They come late: a gateway may
// refuse requests for a while after one.
var failures = []situation{
	{name: exchange.Failing, cases: failingCases(), repeats: 2, requests: 2, make: fail},
	{name: exchange.AfterFailing, repeats: 1, make: goOn},
}

// goOn has the exchange that was made right after the failures. When it was not answered
// rightly, the gateway has time to recover: nothing else can be seen of it before.
func goOn(ctx context.Context, p *player) (exchange.Exchange, error) {
	p.failed.Lock()
	defer p.failed.Unlock()
	if p.failed.after == nil {
		return exchange.Exchange{}, errors.New("the backend has not failed before")
	}
	for since := time.Now(); p.failed.refuses && time.Since(since) < recovery; {
		next, err := p.exchange(ctx, bench.JSON)
		if err != nil {
			return *p.failed.after, err
		}
		if next.Answers[0].Class == "" {
			break
		}
		if err := waitFor(ctx, recovery/40); err != nil {
			return *p.failed.after, err
		}
	}
	return *p.failed.after, nil
}

// recovery is how long a router takes a backend for dead that has failed: 5 s in LiteLLM.
const recovery = 6 * time.Second

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

// fail has the exchange of one case. All cases are made at once: a gateway that refuses
// requests after one failure would hide the others, and some failures are waited for.
func fail(ctx context.Context, p *player) (exchange.Exchange, error) {
	p.failed.Lock()
	defer p.failed.Unlock()
	if len(p.failed.made[p.name]) == 0 && !p.failed.refuses {
		if err := p.failAll(ctx); err != nil {
			return exchange.Exchange{}, err
		}
	}
	if len(p.failed.made[p.name]) == 0 {
		return exchange.Exchange{}, errRefuses
	}
	x := p.failed.made[p.name][0]
	p.failed.made[p.name] = p.failed.made[p.name][1:]
	if p.failed.refuses && !quotes(x.Answers[0]) { // it may be answered so because of another failure
		return exchange.Exchange{}, errRefuses
	}
	return x, nil
}

var errRefuses = errors.New("the gateway refuses requests after a failure of the backend")

// quotes reports whether an answer has the backend's own words for its failure.
func quotes(a exchange.Answer) bool {
	return bytes.Contains(a.Body, []byte(llmapi.OnPurpose)) ||
		slices.ContainsFunc(a.Events, func(e exchange.Event) bool { return bytes.Contains(e.Data, []byte(llmapi.OnPurpose)) })
}

// failedOnes are the exchanges with a failing backend of one player.
type failedOnes struct {
	sync.Mutex
	made    map[string][]exchange.Exchange // by case, that nobody has taken
	after   *exchange.Exchange             // a request that is well, right after them
	refuses bool                           // that one was not answered rightly
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
	next, err := p.exchange(ctx, bench.JSON)
	if err == nil {
		p.failed.after, p.failed.refuses = &next, next.Answers[0].Class != ""
	}
	return err
}
