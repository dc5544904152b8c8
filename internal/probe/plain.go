package probe

import (
	"context"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// plain are the exchanges in which all goes well.
var plain = []situation{
	{
		name: exchange.JSON, repeats: 3, requests: 1,
		make: func(ctx context.Context, p *player) (exchange.Exchange, error) {
			return p.exchange(ctx, bench.JSON, exchange.Play{})
		},
	},
	{
		name: exchange.Stream, repeats: 3, requests: 1,
		make: func(ctx context.Context, p *player) (exchange.Exchange, error) {
			return p.exchange(ctx, bench.SSE, exchange.Play{})
		},
	},
}

// The names of cases, where a situation has one of each mode.
const (
	caseJSON   = "JSON"
	caseStream = "stream"
)

// bothModes are the cases of a situation with both.
var bothModes = []string{caseStream, caseJSON}

// varied are further exchanges in which all goes well: of tool calls, of answers that
// come in pieces, and of clients that accept compression.
var varied = []situation{
	{
		name: exchange.ToolCall, cases: bothModes, repeats: 1, requests: 1,
		make: func(ctx context.Context, p *player) (exchange.Exchange, error) {
			return p.exchange(ctx, modeOf(p.name), exchange.Play{ToolCall: true})
		},
	},
	{
		name: exchange.Pieces, cases: bothModes, repeats: 1, requests: 1, takes: 300 * time.Millisecond, aside: true,
		make: func(ctx context.Context, p *player) (exchange.Exchange, error) {
			shape := llmapi.DefaultShape()
			shape.AnswerBytes = 4 << 10
			return p.exchange(ctx, modeOf(p.name), exchange.Play{Shape: shape, Pieces: pieceBytes})
		},
	},
	{
		name: exchange.Accept, cases: bothModes, repeats: 2, requests: 1, takes: 200 * time.Millisecond, aside: true,
		make: func(ctx context.Context, p *player) (exchange.Exchange, error) {
			return p.accepting(ctx, exchange.Play{Interval: acceptInterval})
		},
	},
	{
		name: exchange.Coded, cases: bothModes, repeats: 1, requests: 1,
		make: func(ctx context.Context, p *player) (exchange.Exchange, error) {
			return p.accepting(ctx, exchange.Play{Compress: true})
		},
	},
}

// modeOf is the mode of the answer in a case.
func modeOf(name string) bench.Mode {
	if name == caseStream {
		return bench.SSE
	}
	return bench.JSON
}

// accepting makes an exchange with a client that accepts compressed answers.
func (p *player) accepting(ctx context.Context, play exchange.Play) (exchange.Exchange, error) {
	return p.inTurn(ctx, ask{mode: modeOf(p.name), plays: []exchange.Play{play}, headers: []llmapi.Header{compressed}})
}

const (
	// pieceBytes is no divisor of the size of anything, so that pieces end inside
	// events and letters.
	pieceBytes = 61
	// acceptInterval makes the default stream last 190 ms: one that is held until its
	// end is told from one that is late.
	acceptInterval = 10 * time.Millisecond
)
