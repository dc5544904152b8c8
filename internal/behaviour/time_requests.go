package behaviour

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/arrival"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// timeRequests are about requests that wait: for others, for an acknowledgement, for a
// gateway that has rested, or for a backend that takes its time.
var timeRequests = []Behaviour{
	{
		Name: "serialises-streams", Group: Time, Harm: true,
		Title: "serves streams one after the other",
		Look:  "a lock that is held for a whole stream; a pool of one worker or one connection; a blocking read in the only thread",
		In:    []exchange.Situation{exchange.Paced},
		look:  lookSerialised,
	},
	{
		Name: "delayed-ack-stall", Group: Time, Harm: true, Timed: true, Unit: bench.Seconds,
		Title: "lets answers wait for the client's delayed acknowledgement (Nagle's algorithm is on)",
		Look:  "TCP_NODELAY on the accepted socket; head and body in separate writes",
		In:    []exchange.Situation{exchange.Acknowledged},
		look:  lookAcknowledged,
	},
	{
		Name: "slow-after-rest", Group: Time, Harm: true, Timed: true, Unit: bench.Seconds,
		Title: "is slow at the first request after a rest",
		Look:  "pools and workers that shrink without requests, connections closed early, memory or configuration loaded again",
		In:    []exchange.Situation{exchange.AfterRest},
		look:  lookRested,
	},
	{
		Name: "cuts-idle-streams", Group: Time, Harm: true, OfItsOwn: true,
		Title: "cuts streams in which nothing comes for some seconds",
		Look:  "a read or write time-out that is shorter than a model may think",
		In:    []exchange.Situation{exchange.Idle},
		look:  lookWaited,
	},
	{
		Name: "gives-up-on-silence", Group: Errors, Harm: true, OfItsOwn: true,
		Title: "gives up on a backend that is silent for some seconds",
		Look:  "a time-out for the head of the answer that is shorter than a model may think",
		In:    []exchange.Situation{exchange.Silent},
		look:  lookWaited,
	},
}

// lookSerialised looks at two streams at once: the second is asked for when the first has
// ended, or its events come then.
func lookSerialised(x exchange.Exchange, _ []exchange.Exchange) sight {
	if len(x.Answers) != 2 || len(x.Received) != 2 {
		return sight{why: fmt.Sprintf("%d requests reached the backend for %d streams at once", len(x.Received), len(x.Answers))}
	}
	all, why := arrival.Of(x)
	if why != "" {
		return sight{why: why}
	}
	asked := slices.SortedFunc(slices.Values(x.Received), func(a, b exchange.Received) int { return cmp.Compare(a.At, b.At) })
	if first := asked[0].Ended; first > 0 && asked[1].At >= first {
		return sight{
			possible: true, seen: true,
			detail: fmt.Sprintf("the second of two streams at once reaches the backend %s after the first, which has ended by then", short(asked[1].At-asked[0].At)),
		}
	}
	one, other := all[0], all[1]
	if other.Deltas[0].Came < one.Deltas[0].Came {
		one, other = other, one
	}
	waits := one.End > 0 && other.Deltas[0].Came >= one.End && one.Delivered() != arrival.Whole
	return sight{
		possible: true, seen: waits,
		detail: fmt.Sprintf("the first events of two streams at once come %s apart", short(other.Deltas[0].Came-one.Deltas[0].Came)),
	}
}

const (
	// A wait that is longer is none for an acknowledgement.
	stallMost = 80 * time.Millisecond
	// stalledShare is the share of the answers that wait at least when the client's
	// acknowledgements are delayed, and freeShare the largest when they come at once:
	// that one goes with the other says that the wait is one for an acknowledgement.
	stalledShare = 0.5
	freeShare    = 0.2
	leastAnswers = 3 // of each kind
)

// lookAcknowledged compares answers whose client delays its acknowledgements with those
// whose client sends them at once.
func lookAcknowledged(x exchange.Exchange, _ []exchange.Exchange) sight {
	var stalled, of [2]int // at once, delayed
	var waits []time.Duration
	for i, a := range x.Answers {
		if i >= len(x.Sent) || a.End == 0 || a.Status != 200 {
			continue
		}
		kind := 0
		if x.Sent[i].DelaysACK {
			kind = 1
		}
		of[kind]++
		wait := a.LongestWait()
		if wait >= exchange.LeastStall {
			stalled[kind]++
		}
		if kind == 1 && wait >= exchange.LeastStall && wait <= stallMost {
			waits = append(waits, wait)
		}
	}
	if min(of[0], of[1]) < leastAnswers {
		return sight{why: "too few answers came"}
	}
	share := func(kind int) float64 { return float64(stalled[kind]) / float64(of[kind]) }
	seen := float64(len(waits)) >= stalledShare*float64(of[1]) && share(0) <= freeShare
	m := median(waits)
	s := sight{possible: true, seen: seen, detail: fmt.Sprintf("%d of %d answers have a wait of 40 ms or so when acknowledgements are delayed, %d of %d when they come at once", len(waits), of[1], stalled[0], of[0])}
	if seen {
		s.value = seconds(m)
		s.detail = fmt.Sprintf("%d of %d answers have a wait of about %s when acknowledgements are delayed, %d of %d when they come at once", len(waits), of[1], short(m), stalled[0], of[0])
	}
	return s
}

const (
	// restedLonger is by how much the first request after a rest takes longer at least
	// than those that follow: idle processors of virtual machines take milliseconds to
	// wake up, for each process that a request passes.
	restedLonger = 12 * time.Millisecond
	// wakings is how often the mock, which is one process of several, wakes up
	// meanwhile.
	wakings = 2
	// leastRest is from when on a time without a request is a rest.
	leastRest = 100 * time.Millisecond
)

// lookRested compares the first requests after a rest with those that follow. The rest
// that costs the least counts: others may have been disturbed by the machine.
func lookRested(x exchange.Exchange, direct []exchange.Exchange) sight {
	for _, a := range x.Answers {
		if a.Class != "" && a.Class != bench.ErrHidden || a.End == 0 {
			return sight{why: "the answer was not right: " + a.Trouble()}
		}
	}
	first, then := rested(x)
	if then == 0 {
		return sight{why: "too few answers came"}
	}
	var without time.Duration
	for _, d := range direct {
		first, then := rested(d)
		without = max(without, first-then)
	}
	longer := first - then
	return sight{
		possible: true, seen: x.Arm != bench.Direct && longer >= restedLonger+wakings*without, value: seconds(longer),
		detail: fmt.Sprintf("the first request after a rest takes %s, the next ones %s", short(first), short(then)),
	}
}

// rested is what the fastest of the first requests after a rest takes, and the median of
// the others.
func rested(x exchange.Exchange) (first, then time.Duration) {
	var firsts, others []time.Duration
	for i, a := range x.Answers {
		if i == 0 || x.Sent[i].At-x.Answers[i-1].End >= leastRest {
			firsts = append(firsts, a.End-x.Sent[i].At)
		} else {
			others = append(others, a.End-x.Sent[i].At)
		}
	}
	if len(firsts) == 0 || len(others) == 0 {
		return 0, 0
	}
	return slices.Min(firsts), median(others)
}

// lookWaited looks at answers of a backend that takes its time, and is right in the end.
func lookWaited(x exchange.Exchange, _ []exchange.Exchange) sight {
	if len(x.Answers) == 0 || len(x.Sent) == 0 || len(x.Meant) == 0 {
		return sight{why: "no answer was asked for"}
	}
	a, sent, meant := x.Answers[0], x.Sent[0], x.Meant[0]
	if len(x.Received) == 0 {
		return sight{why: "the request did not reach the backend"}
	}
	failed := a.Broken != "" || a.Status != 200
	switch {
	case failed && sent.Left > 0, a.Class == bench.ErrTimeout, a.Class == bench.ErrConnect:
		return sight{why: "the answer did not come in time: " + a.Trouble()}
	case !failed && a.Class != bench.ErrNoEnd && a.Class != bench.ErrLost && a.Class != bench.ErrFailed:
		return sight{possible: true, detail: fmt.Sprintf("the answer came after %s", short(a.End-sent.At))}
	}
	wait := max(meant.Silence, meant.Pause)
	return sight{
		possible: true, seen: true,
		detail: fmt.Sprintf("the backend is silent for %s: %s", short(wait), a.Trouble()),
	}
}
