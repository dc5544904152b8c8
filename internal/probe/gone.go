package probe

import (
	"context"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// The cases of clients that go away.
const (
	beforeHead   = "before the head"
	insideStream = "inside a stream"
	insideJSON   = "inside JSON"
)

// gone are the exchanges whose client goes away.
var gone = []situation{{
	name: exchange.Gone, cases: []string{insideStream, beforeHead},
	repeats: 3, takes: 400 * time.Millisecond, requests: 1, aside: true, make: goAway,
}}

// goneJSON are those with megabytes of JSON: they are work for a gateway that takes them
// in whole, and have to come after what wants a rested one.
var goneJSON = []situation{{
	name: exchange.Gone, cases: []string{insideJSON},
	repeats: 1, takes: 400 * time.Millisecond, requests: 2, quiet: true, make: goAway,
}}

const (
	// goneLasts is how long the backend works for a client that stays: far longer than
	// the two ends of a connection take on a busy machine.
	goneLasts    = 1500 * time.Millisecond
	goneInterval = 20 * time.Millisecond
	// A client goes after its third event, or after a while if the gateway sends nothing
	// before it has the whole stream.
	goneEvents  = 3
	goneAfter   = 300 * time.Millisecond
	goneSilence = 150 * time.Millisecond // of a client that gets no head
	// A JSON answer is too large for the buffers of the kernel, so that the backend is
	// still writing when the client, which reads no further for a while, goes.
	goneAnswer = 15 << 20
	goneBytes  = 64 << 10
	goneHolds  = 150 * time.Millisecond
	// longWay is in how many times of a request without any wait it has surely reached
	// the backend.
	longWay = 4
	// goneSettle is what a machine that others use may add.
	goneSettle = goneLasts + 500*time.Millisecond
)

// goAway sends a request whose client does not wait for the end of the answer.
func goAway(ctx context.Context, p *player) (exchange.Exchange, error) {
	a := ask{settle: goneSettle}
	until := longWay * p.slow // the request is at the backend
	shape := llmapi.DefaultShape()
	switch p.name {
	case beforeHead:
		a.plays = []exchange.Play{{Silence: until + goneLasts}}
		a.leave = leaving{after: until + goneSilence}
	case insideStream:
		shape.Chunks = int((until + goneLasts) / goneInterval)
		a.mode, a.plays = bench.SSE, []exchange.Play{{Shape: shape, Interval: goneInterval}}
		a.leave = leaving{events: goneEvents, after: until + goneAfter}
	case insideJSON:
		shape.AnswerBytes = goneAnswer
		a.plays = []exchange.Play{{Shape: shape}}
		a.leave = leaving{bytes: goneBytes}
		a.each = func(answer *exchange.Answer) {
			if len(answer.Body) >= goneBytes {
				time.Sleep(goneHolds)
			}
		}
	}
	x, err := p.inTurn(ctx, a)
	for i := range x.Answers {
		x.Answers[i].Body = nil // megabytes that nobody looks at
	}
	return x, err
}
