package behaviour

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/figures"
)

// clientsSlow are about clients that read more slowly than the backend writes.
var clientsSlow = []Behaviour{
	{
		Name: "buffers-without-bound", Group: Clients, Harm: true, Unit: bench.Bytes,
		Title: "takes whole streams into memory for clients that read slowly",
		Look:  "a queue without a limit between upstream and client; a body that is read whole before it is sent",
		In:    []exchange.Situation{exchange.Slow},
		look:  takenIn,
	},
	{
		Name: "slow-clients-block-others", Group: Clients, Harm: true,
		Title: "leaves other requests unanswered while clients read slowly",
		Look:  "a blocking write to a client in a loop or a worker that others wait for; a lock that is held while an answer is sent",
		In:    []exchange.Situation{exchange.Slow},
		look:  blocked,
	},
}

const (
	// takenShare is how much of each stream the backend could write though the client
	// read little of it. Alone it says nothing: the kernel's buffers take in megabytes
	// for a gateway that reads none of them.
	takenShare = 0.75
	// keptShare is what the gateway's memory grows by for each stream, as a share of
	// the stream. Gateways with bounded buffers grew by at most a tenth; one that
	// collects answers grows by twice the stream.
	keptShare = 0.5
)

// busyWithStreams is how many CPUs a gateway uses that is slow with large streams. One
// that waits for their clients uses hardly any.
const busyWithStreams = 0.3

func takenIn(x exchange.Exchange, direct []exchange.Exchange) sight {
	r := x.Slow
	if r == nil || r.Before == 0 {
		return sight{} // of the direct path
	}
	for _, d := range direct {
		if d.Slow != nil && float64(d.Slow.Written) >= takenShare*float64(d.Bytes) {
			return sight{why: "the kernel's buffers take such streams in whole"}
		}
	}
	grown := float64(r.Peak-r.Before) / float64(r.Streams)
	return sight{
		possible: true,
		seen:     float64(r.Written) >= takenShare*float64(x.Bytes) && grown >= keptShare*float64(x.Bytes),
		value:    &grown,
		detail: fmt.Sprintf("of streams of %s the backend could write %s while the clients read %s; memory grew by %s for each",
			figures.Memory(float64(x.Bytes)), figures.Memory(float64(r.Written)), figures.Memory(float64(r.Read)), figures.Memory(max(0, grown))),
	}
}

func blocked(x exchange.Exchange, direct []exchange.Exchange) sight {
	r := x.Slow
	switch {
	case r == nil:
		return sight{}
	case r.Alone == 0:
		return sight{why: "a small request was not answered before the streams, either"}
	}
	for _, d := range direct {
		if d.Slow != nil && d.Slow.Meanwhile == 0 {
			return sight{why: "without a gateway, too, others were not answered meanwhile"}
		}
	}
	if r.Meanwhile == 0 && r.Busy > busyWithStreams {
		return sight{why: "a small request was not answered beside the streams, since the gateway had no CPU time left for it"}
	}
	s := sight{possible: true, seen: r.Meanwhile == 0}
	s.detail = fmt.Sprintf("a small request took %s before the streams", figures.Seconds(r.Alone))
	if s.seen {
		s.detail += " and was not answered beside them"
	} else {
		s.detail += fmt.Sprintf(" and %s beside them", figures.Seconds(r.Meanwhile))
	}
	return s
}
