package behaviour

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/exchange"
)

// upstreamRequests are about how many requests reach the backend for those of the
// client, and over how many connections.
var upstreamRequests = []Behaviour{
	{
		Name: "answered-without-backend", Group: Upstream, Harm: true, LosesWork: true,
		Title: "answers requests without asking the backend",
		Look:  "a cache, or an answer of the gateway's own",
		In:    []exchange.Situation{exchange.JSON, exchange.Stream},
		look: func(x exchange.Exchange, _ []exchange.Exchange) sight {
			// A request without its number may have been this one.
			return asked(x, len(x.Received)+x.Strangers < len(x.Sent))
		},
	},
	{
		Name: "asks-twice", Group: Upstream, Harm: true,
		Title: "asks the backend more than once for one request",
		Look:  "retries of requests that went well, shadow traffic, hedging",
		In:    []exchange.Situation{exchange.JSON, exchange.Stream},
		look: func(x exchange.Exchange, _ []exchange.Exchange) sight {
			return asked(x, len(x.Received) > len(x.Sent))
		},
	},
	{
		Name: "answers-from-cache", Group: Upstream, Harm: true, LosesWork: true,
		Title: "answers a request that equals an earlier one without asking the backend",
		Look:  "a cache of answers by the body of the request",
		In:    []exchange.Situation{exchange.Equal},
		look: func(x exchange.Exchange, _ []exchange.Exchange) sight {
			return asked(x, len(x.Received)+x.Strangers < len(x.Sent))
		},
	},
	{
		Name: "joins-requests", Group: Upstream, Harm: true, LosesWork: true,
		Title: "asks the backend once for several equal requests at the same time",
		Look:  "request coalescing, such as singleflight or a lock of a cache",
		In:    []exchange.Situation{exchange.AtOnce},
		look: func(x exchange.Exchange, _ []exchange.Exchange) sight {
			return asked(x, len(x.Received)+x.Strangers < len(x.Sent))
		},
	},
	{
		Name: "connection-per-request", Group: Upstream, Harm: true,
		Title: "opens a connection to the backend for each request",
		Look:  "keep-alive of the client that asks the backend: whether its connections are given back, whether answers are read to their end",
		In:    []exchange.Situation{exchange.Equal},
		look:  connections,
	},
}

// asked looks at how many requests reached the backend for right answers.
func asked(x exchange.Exchange, seen bool) sight {
	if why := wrong(x); why != "" {
		return sight{why: why}
	}
	return sight{
		possible: true, seen: seen,
		detail: fmt.Sprintf("%s to the backend for %d of the client", count(len(x.Received), "request"), len(x.Sent)),
	}
}

// connections looks whether each of several requests, one after the other, came over a
// connection of its own. The mock counts connections when it first sees them, so that
// a pool that hands out its connections in turn is told from one without any.
func connections(x exchange.Exchange, _ []exchange.Exchange) sight {
	const enough = 4
	if why := wrong(x); why != "" {
		return sight{why: why}
	}
	if len(x.Received) < enough {
		return sight{why: "too few requests reached the backend"}
	}
	used, rising := map[int64]bool{}, true
	for i, r := range x.Received {
		used[r.Connection] = true
		rising = rising && (i == 0 || r.Connection > x.Received[i-1].Connection)
	}
	return sight{
		possible: true, seen: len(used) == len(x.Received) && rising,
		detail: fmt.Sprintf("%s for %d requests, one after the other", count(len(used), "connection"), len(x.Received)),
	}
}

// count is a number of things in words.
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
