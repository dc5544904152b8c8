package behaviour

import (
	"fmt"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/figures"
)

// clientsGone are about the backend's work for clients that have gone.
var clientsGone = []Behaviour{
	{
		Name: ignoresDisconnect, Group: Clients, Harm: true, Unit: bench.Seconds,
		Title: "lets the backend work on for a client that has gone",
		Look:  "what cancels the upstream request when the client disconnects; a separate task or thread that reads the upstream",
		In:    []exchange.Situation{exchange.Gone},
		look: func(x exchange.Exchange, _ []exchange.Exchange) sight {
			return afterwards(x, func(w work) bool { return !w.stopped })
		},
	},
	{
		Name: "hangs-up-late", Group: Clients, Timed: true, Unit: bench.Seconds,
		Title: "hangs up on the backend long after the client has gone",
		Look:  "a check for the client that is made only now and then, or only when something is written to it",
		In:    []exchange.Situation{exchange.Gone},
		look: func(x exchange.Exchange, direct []exchange.Exchange) sight {
			own := afterwards(x, func(w work) bool { return w.stopped && w.took > lateHangUp })
			for _, d := range direct {
				if s := afterwards(d, func(w work) bool { return w.took > lateHangUp/2 }); s.possible && s.seen {
					return sight{why: "the machine was slow: without a gateway, too, the backend heard late that the client had gone"}
				}
			}
			return own
		},
	},
}

const ignoresDisconnect bench.BehaviourName = "ignores-disconnect"

// lateHangUp is far beyond what a busy machine needs for the ends of two connections.
const lateHangUp = 250 * time.Millisecond

// work is what the backend did after a client had gone.
type work struct {
	took    time.Duration // of the longest request
	stopped bool          // each was ended before its time
	open    bool          // one was in work until nobody waited for its end any more
}

// afterwards looks at the requests whose client went away before the backend's answer
// was complete.
func afterwards(x exchange.Exchange, seen func(work) bool) sight {
	w, why := workAfter(x)
	if why != "" {
		return sight{why: why}
	}
	detail := fmt.Sprintf("the backend worked on to the end of its answer, for %s after the client had gone", figures.Seconds(w.took.Seconds()))
	switch {
	case w.open:
		return sight{possible: true, seen: seen(w), detail: "the backend's answer was never ended after the client had gone"}
	case w.stopped:
		detail = fmt.Sprintf("the backend's work was ended %s after the client had gone", figures.Seconds(w.took.Seconds()))
	}
	return sight{possible: true, seen: seen(w), value: new(w.took.Seconds()), detail: detail}
}

func workAfter(x exchange.Exchange) (w work, why string) {
	if len(x.Sent) == 0 || len(x.Answers) == 0 || x.Sent[0].Left == 0 {
		if len(x.Answers) > 0 && x.Answers[0].Status != 0 {
			return w, fmt.Sprintf("the answer was over before the client could go: status %d", x.Answers[0].Status)
		}
		return w, "the answer was over before the client could go"
	}
	if status := x.Answers[0].Status; status != 0 && status != 200 {
		return w, fmt.Sprintf("the request was answered with status %d", status)
	}
	if len(x.Received) == 0 {
		return w, "the request did not reach the backend as it was"
	}
	left := x.Sent[0].Left
	w.stopped = true
	for _, r := range x.Received {
		if r.Ended != 0 && r.Ended < left {
			return w, "the backend's answer was over before the client went"
		}
		w.stopped = w.stopped && r.Gone
		w.open = w.open || r.Ended == 0
		w.took = max(w.took, r.Ended-left)
	}
	return w, ""
}
