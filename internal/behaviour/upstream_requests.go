package behaviour

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// upstreamRequests are about how many requests reach the backend for each of the
// client.
var upstreamRequests = []Behaviour{
	{
		Name: "answered-without-backend", Group: Upstream, Harm: true,
		Title: "answers requests without asking the backend",
		Look:  "a cache, or an answer of the gateway's own",
		In:    []exchange.Situation{exchange.JSON, exchange.Stream},
		look: func(x exchange.Exchange, _ []exchange.Exchange) sight {
			return upstream(x, func(sent, received int) bool { return received < sent })
		},
	},
	{
		Name: "asks-twice", Group: Upstream, Harm: true,
		Title: "asks the backend more than once for one request",
		Look:  "retries of requests that went well, shadow traffic, hedging",
		In:    []exchange.Situation{exchange.JSON, exchange.Stream},
		look: func(x exchange.Exchange, _ []exchange.Exchange) sight {
			return upstream(x, func(sent, received int) bool { return received > sent })
		},
	},
}

// upstream looks at how many requests reached the backend for right answers.
func upstream(x exchange.Exchange, seen func(sent, received int) bool) sight {
	for _, a := range x.Answers {
		if a.Class != "" && a.Class != bench.ErrHidden {
			return sight{why: "the answer was not right: " + a.Detail}
		}
	}
	received := len(x.Received) + x.Strangers
	return sight{
		possible: true, seen: seen(len(x.Sent), received),
		detail: fmt.Sprintf("%d requests to the backend for %d of the client", received, len(x.Sent)),
	}
}
