package probe

import (
	"context"
	"errors"
	"fmt"
	"sync/atomic"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/load"
)

// errBackend marks errors of the mock: they are no matter of the gateway.
var errBackend = errors.New("the mock")

// player makes the exchanges with one subject. Its methods may be called from several
// goroutines.
type player struct {
	Subject
	backend Backend
	name    string // of the case under way
	number  *atomic.Int64
	client  *caller
}

// perSubject is how many numbers of scripts a subject has.
const perSubject = llmapi.MostAnswers / 4

func newPlayer(s Subject, backend Backend, index int) *player {
	p := &player{Subject: s, backend: backend, number: &atomic.Int64{}, client: newCaller(s)}
	p.number.Store(int64(index * perSubject))
	return p
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
	n := int(p.number.Add(1))
	if err := p.backend.Perform(ctx, exchange.Script{Number: n, Plays: plays}); err != nil {
		return 0, fmt.Errorf("%w: %w", errBackend, err)
	}
	return n, nil
}

// askBytes is the size of a request where it does not matter: with a tool schema.
const askBytes = 2 << 10

// body is a request for the answer of a number, with a nonce of its own.
func (p *player) body(mode bench.Mode, number, size int) ([]byte, error) {
	body, err := llmapi.RequestBody(p.API, llmapi.Ask{Mode: mode, Size: size, Answer: number, Extra: p.Extra})
	return load.Fresh(body), err
}

// exchange sends one request for an answer of the mode that is played as given, waits
// for its end, and has what both ends saw.
func (p *player) exchange(ctx context.Context, mode bench.Mode, plays ...exchange.Play) (x exchange.Exchange, err error) {
	number, err := p.script(ctx, plays...)
	if err != nil {
		return x, err
	}
	body, err := p.body(mode, number, askBytes)
	if err != nil {
		return x, err
	}
	before, err := p.heard(ctx)
	if err != nil {
		return x, err
	}
	sent, answer := p.client.send(ctx, body, mode, plays...)
	x.Sent, x.Answers, x.Meant = []exchange.Sent{sent}, []exchange.Answer{answer}, plays
	heard, err := p.heard(ctx, number)
	x.Received, x.Strangers = heard.Requests, int(heard.Strangers-before.Strangers)
	return x, err
}

// heard is what the backend has received for some numbers.
func (p *player) heard(ctx context.Context, numbers ...int) (exchange.Heard, error) {
	heard, err := p.backend.Received(ctx, numbers...)
	if err != nil {
		return heard, fmt.Errorf("%w: %w", errBackend, err)
	}
	return heard, nil
}
