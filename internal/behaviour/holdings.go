package behaviour

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/figures"
)

// holdings are about what a gateway keeps of many requests of a class when all have
// ended, and of none.
var holdings = []Behaviour{
	{
		Name: "keeps-memory", Group: Holdings, Harm: true, Unit: bench.Bytes,
		Title: "keeps memory of each request",
		Look:  "what is stored for each request and never deleted; tasks that wait for ever; on failures, what only the way of success gives back",
		In:    []exchange.Situation{exchange.Many},
		look:  memoryKept,
	},
	{
		Name: "keeps-descriptors", Group: Holdings, Harm: true,
		Title: "keeps a file or socket open for each request",
		Look:  "an answer of the backend whose body is not closed on every way out; sockets of clients that have gone",
		In:    []exchange.Situation{exchange.Many},
		look: func(x exchange.Exchange, _ []exchange.Exchange) sight {
			return left(x, "files and sockets", func(h exchange.Holding) int { return h.Descriptors })
		},
	},
	{
		Name: "keeps-threads", Group: Holdings, Harm: true,
		Title: "keeps a thread for each request",
		Look:  "threads that wait for an answer or a client that never comes",
		In:    []exchange.Situation{exchange.Many},
		look: func(x exchange.Exchange, _ []exchange.Exchange) sight {
			return left(x, "threads", func(h exchange.Holding) int { return h.Threads })
		},
	},
	{
		Name: "busy-at-rest", Group: Holdings, Harm: true, Timed: true,
		Title: "uses CPU time while nothing is asked",
		Look:  "busy loops, timers that fire often, polling",
		In:    []exchange.Situation{exchange.Rest},
		look:  busyAtRest,
	},
	{
		Name: "dies", Group: Holdings, Harm: true,
		Title: "dies of the exchanges",
		Look:  "the last that it printed; what it does with errors of the backend, and with clients that go away",
		In:    []exchange.Situation{exchange.Alive},
		look: func(x exchange.Exchange, _ []exchange.Exchange) sight {
			if len(x.Answers) == 0 {
				return sight{}
			}
			return sight{possible: true, seen: x.Answers[0].Broken != "", detail: x.Answers[0].Broken}
		},
	},
}

// tooFew is why many requests were not enough; empty when they were.
func tooFew(k *exchange.Kept) string {
	if k.Requests >= exchange.FewestKept {
		return ""
	}
	return fmt.Sprintf("%s in %s: too slow for %d in a second", figures.Counted(k.Requests, "request"), figures.Seconds(k.Took.Seconds()), exchange.FewestKept)
}

// per1000 are the requests that memory is told for.
const per1000 = 1000

func memoryKept(x exchange.Exchange, _ []exchange.Exchange) sight {
	k := x.Kept
	if k == nil {
		return sight{} // of the direct path
	}
	if why := tooFew(k); why != "" {
		return sight{why: why}
	}
	growth, each := k.Growth()
	last := k.Course[len(k.Course)-1]
	grown := figures.Memory(max(0, float64(last.RSS-k.Before.RSS)))
	if growth == exchange.Unclear {
		return sight{why: fmt.Sprintf("memory grew by %s in %s: a heap that is yet to be collected does so, too", grown, figures.Counted(last.Requests, "request"))}
	}
	return sight{
		possible: true, seen: growth == exchange.Growing, value: new(per1000 * each),
		detail: fmt.Sprintf("memory grew by %s in %s", grown, figures.Counted(last.Requests, "request")),
	}
}

const (
	// One in leftShare requests leaves something behind. Pools grow, too, but not with
	// the requests: a few are in work at once.
	leftShare = 16 // a sixteenth
	leftLeast = 48
)

// left looks at what is counted before the requests and when they are over.
func left(x exchange.Exchange, what string, count func(exchange.Holding) int) sight {
	k := x.Kept
	if k == nil {
		return sight{} // of the direct path
	}
	if why := tooFew(k); why != "" {
		return sight{why: why}
	}
	before, after := count(k.Before), count(k.After)
	if before == 0 || after == 0 {
		return sight{why: what + " of the gateway cannot be seen here"}
	}
	return sight{
		possible: true,
		seen:     after-before >= max(leftLeast, k.Requests/leftShare),
		value:    new(per1000 * float64(after-before) / float64(k.Requests)),
		detail:   fmt.Sprintf("%d %s before, %d after %s", before, what, after, figures.Counted(k.Requests, "request")),
	}
}

func busyAtRest(x exchange.Exchange, _ []exchange.Exchange) sight {
	k := x.Kept
	if k == nil || len(k.Course) < 2 {
		return sight{}
	}
	shares := k.Busy()
	used := shares[len(shares)/2]
	return sight{
		possible: true, seen: k.Restless(), value: &used,
		detail: figures.Percent(used) + " of a CPU",
	}
}
