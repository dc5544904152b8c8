package probe

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/load"
)

// errBackend marks errors of the mock: they are no matter of the gateway.
var errBackend = errors.New("the mock")

// player makes the exchanges with one subject. Its methods may be called from several
// goroutines. What a situation needs of them:
//
//   - exchange sends one request and waits for its end.
//   - inTurn and atOnce send several, one after the other or at the same time. Each [ask]
//     says what it wants, what the backend plays, and how the client behaves: headers of
//     its own, when it goes away, what it does between reads.
//   - prepared gives an ask its number and its body before it is sent; what comes out of
//     it may be sent more than once, for requests that are equal on purpose.
//   - script, body and client.send are the parts, for many requests that are counted
//     only; heard and settled are what the backend has seen of them.
//   - name is the case.
//
// The ctx of a situation ends when the time of Look has run out.
type player struct {
	Subject
	backend Backend
	name    string        // of the case that is made
	index   int           // of the subject
	scripts *atomic.Int64 // so many have had a number
	client  *caller
	failed  *failedOnes

	slow   time.Duration // what a request takes
	stray  bool          // its requests reach the backend without their numbers
	serial bool          // it serves one request at a time
}

// perSubject is how many numbers of scripts a subject has.
const perSubject = llmapi.MostAnswers / 4

func newPlayer(s Subject, backend Backend, index int) *player {
	return &player{Subject: s, backend: backend, index: index, scripts: &atomic.Int64{}, client: newCaller(s), failed: &failedOnes{made: map[string][]exchange.Exchange{}}}
}

// in is the same player for a case.
func (p *player) in(name string) *player {
	q := *p
	q.name = name
	return &q
}

func (p *player) close() { p.client.close() }

// script has the mock answer the requests of a new number by these plays, and returns
// the number.
func (p *player) script(ctx context.Context, plays ...exchange.Play) (int, error) {
	n := p.newNumber()
	if err := p.backend.Perform(ctx, exchange.Script{Number: n, Plays: plays}); err != nil {
		return 0, fmt.Errorf("%w: %w", errBackend, err)
	}
	return n, nil
}

// newNumber is one of the subject's. They are used again when there are no more: what
// came for the first script with it is long over.
func (p *player) newNumber() int {
	return p.index*perSubject + int((p.scripts.Add(1)-1)%perSubject) + 1
}

// askBytes is the size of a request where it does not matter: with a tool schema.
const askBytes = 2 << 10

// body is a request for the answer of a number, with a nonce of its own.
func (p *player) body(mode bench.Mode, number, size int) ([]byte, error) {
	body, err := llmapi.RequestBody(p.API, llmapi.Ask{Mode: mode, Size: size, Answer: number, Extra: p.Extra})
	return load.Fresh(body), err
}

// prepared is the ask with a number that the backend has a script for, and a body.
func (p *player) prepared(ctx context.Context, a ask) (ask, error) {
	var err error
	a.mode, a.size = cmp.Or(a.mode, bench.JSON), cmp.Or(a.size, askBytes)
	if a.number == 0 {
		if a.number, err = p.script(ctx, a.plays...); err != nil {
			return a, err
		}
	}
	if a.body == nil {
		a.body, err = p.body(a.mode, a.number, a.size)
	}
	return a, err
}

// exchange sends one request for an answer of the mode that is played as given, waits
// for its end, and has what both ends saw.
func (p *player) exchange(ctx context.Context, mode bench.Mode, plays ...exchange.Play) (exchange.Exchange, error) {
	return p.inTurn(ctx, ask{mode: mode, plays: plays})
}

// inTurn sends requests, each when the one before has its answer.
func (p *player) inTurn(ctx context.Context, asks ...ask) (exchange.Exchange, error) {
	return p.meet(ctx, asks, func(send func(int)) {
		for i := range asks {
			send(i)
		}
	})
}

// atOnce sends requests at the same time.
func (p *player) atOnce(ctx context.Context, asks ...ask) (exchange.Exchange, error) {
	return p.meet(ctx, asks, func(send func(int)) {
		var all sync.WaitGroup
		for i := range asks {
			all.Go(func() { send(i) })
		}
		all.Wait()
	})
}

// meet makes one exchange of requests that are sent in some order.
func (p *player) meet(ctx context.Context, asks []ask, order func(send func(int))) (exchange.Exchange, error) {
	return p.meetBy(ctx, asks, func(send func(int, *caller)) {
		order(func(i int) { send(i, p.client) })
	})
}

// meetBy is meet with the client that sends each request.
func (p *player) meetBy(ctx context.Context, asks []ask, order func(send func(int, *caller))) (x exchange.Exchange, err error) {
	asks = slices.Clone(asks) // the caller's get new numbers when they are sent again
	var numbers []int
	settle := settleTime
	for i := range asks {
		if asks[i], err = p.prepared(ctx, asks[i]); err != nil {
			return x, err
		}
		if !slices.Contains(numbers, asks[i].number) {
			numbers = append(numbers, asks[i].number)
			x.Meant = append(x.Meant, asks[i].plays...)
		}
		settle = max(settle, asks[i].settle)
	}
	before, err := p.heard(ctx)
	if err != nil {
		return x, err
	}
	x.Sent, x.Answers = make([]exchange.Sent, len(asks)), make([]exchange.Answer, len(asks))
	order(func(i int, by *caller) { x.Sent[i], x.Answers[i] = by.send(ctx, asks[i]) })
	heard, err := p.settled(ctx, settle, numbers...)
	x.Received, x.Strangers = heard.Requests, int(heard.Strangers-before.Strangers)
	return x, err
}

// settleTime is how long the backend may take to see the end of its answer after the
// client has.
const settleTime = 300 * time.Millisecond

// settled is what the backend has received for some numbers, as soon as it has ended
// its work for all of them, or after a time.
func (p *player) settled(ctx context.Context, within time.Duration, numbers ...int) (exchange.Heard, error) {
	until := time.Now().Add(within)
	for wait := time.Millisecond; ; wait = min(2*wait, 20*time.Millisecond) {
		heard, err := p.heard(ctx, numbers...)
		if err != nil || time.Now().After(until) || !slices.ContainsFunc(heard.Requests, func(r exchange.Received) bool { return r.Ended == 0 }) {
			slices.SortFunc(heard.Requests, func(a, b exchange.Received) int { return cmp.Compare(a.At, b.At) })
			return heard, err
		}
		select {
		case <-time.After(wait):
		case <-ctx.Done():
			return heard, ctx.Err()
		}
	}
}

// heard is what the backend has received for some numbers.
func (p *player) heard(ctx context.Context, numbers ...int) (exchange.Heard, error) {
	heard, err := p.backend.Received(ctx, numbers...)
	if err != nil {
		return heard, fmt.Errorf("%w: %w", errBackend, err)
	}
	return heard, nil
}
