package probe

import (
	"context"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// large are the exchanges of requests and answers that limits and quadratic costs show
// with.
var large = []situation{{
	name: exchange.Large, cases: []string{largeRequest, largeAnswer, longStream}, repeats: 1, requests: 1,
	make: func(ctx context.Context, p *player) (exchange.Exchange, error) {
		a, shape := ask{mode: bench.JSON}, llmapi.DefaultShape()
		switch p.name {
		case largeRequest:
			a.size = megabyte
		case largeAnswer:
			shape.AnswerBytes = megabyte
		case longStream:
			a.mode, shape.Chunks = bench.SSE, manyEvents
		}
		a.plays = []exchange.Play{{Shape: shape}}
		return p.inTurn(ctx, a)
	},
}}

// The cases of large exchanges.
const (
	largeRequest = "1 MB request"
	largeAnswer  = "1 MB answer"
	longStream   = "2,000 events"

	// megabyte is what body limits of 1 MB and of 1 MiB let through.
	megabyte   = 1_000_000
	manyEvents = 2000
)
