package exchange

import (
	"slices"
	"time"
)

// ClientGone is the case of Many in which each client goes away inside its stream.
const ClientGone = "client gone"

// Kept is what a gateway holds while it serves many requests, and after them.
type Kept struct {
	Requests int // that were answered as the class has it, since Before
	Took     time.Duration
	Before   Holding
	Course   []Step // in the pauses between the requests
	After    Holding
}

// Step is what a gateway holds at one moment.
type Step struct {
	At       time.Duration
	Requests int // so far, since Before
	Holding
}

// Holding is what a process has.
type Holding struct {
	RSS         int64 // bytes
	Threads     int
	Descriptors int           // 0: they cannot be seen
	CPU         time.Duration // used so far
}

// Growth is what many requests do to the memory of a gateway.
type Growth int

// The growths.
const (
	Unclear Growth = iota // it grows as a heap does that is yet to be collected, too
	Steady
	Growing // with each request
)

const (
	// FewestKept is how many requests say something about memory.
	FewestKept = 200
	// steadyBytes and steadyPerRequest are what the memory of a gateway that keeps
	// nothing moves by: buffers, and heaps that have not been collected yet.
	steadyBytes      = 4 << 20
	steadyPerRequest = 3 << 10
	// A heap may double before it is collected, and has some MB at the least. What keeps
	// something goes on growing.
	heapShare = 0.75 // of what the process has: not all of it is heap
	heapBytes = 8 << 20
)

// Growth judges the course of the memory so far, and says by how many bytes it has
// grown for each request.
func (k Kept) Growth() (g Growth, perRequest float64) {
	if len(k.Course) == 0 {
		return Unclear, 0
	}
	last := k.Course[len(k.Course)-1]
	if last.Requests == 0 {
		return Unclear, 0
	}
	grown := last.RSS - k.Before.RSS
	late := last.RSS - k.rssAfter(last.Requests/2)
	perRequest = float64(grown) / float64(last.Requests)
	switch {
	case last.Requests < FewestKept:
		return Unclear, perRequest
	case grown < steadyBytes, perRequest < steadyPerRequest, late < grown/4:
		return Steady, perRequest
	case grown >= k.mostHeap() && late >= grown/3:
		return Growing, perRequest
	}
	return Unclear, perRequest
}

// WillGrow says whether memory that goes on growing as it did would be more than a heap
// does, when the requests have taken so long.
func (k Kept) WillGrow(within time.Duration) bool {
	if len(k.Course) == 0 || k.Took == 0 {
		return true
	}
	grown := k.Course[len(k.Course)-1].RSS - k.Before.RSS
	return float64(grown)*within.Seconds()/k.Took.Seconds() >= float64(k.mostHeap())
}

// mostHeap is by how much memory grows that is collected in the end.
func (k Kept) mostHeap() int64 { return max(heapBytes, int64(heapShare*float64(k.Before.RSS))) }

// rssAfter is the memory after about so many requests.
func (k Kept) rssAfter(requests int) int64 {
	at, rss := 0, k.Before.RSS
	for _, s := range k.Course {
		if distance(s.Requests, requests) < distance(at, requests) {
			at, rss = s.Requests, s.RSS
		}
	}
	return rss
}

func distance(a, b int) int { return max(a-b, b-a) }

// Busy are the shares of one CPU that were in use from each step to the next, sorted.
func (k Kept) Busy() (shares []float64) {
	for i := 1; i < len(k.Course); i++ {
		from, to := k.Course[i-1], k.Course[i]
		shares = append(shares, (to.CPU-from.CPU).Seconds()/(to.At-from.At).Seconds())
	}
	slices.Sort(shares)
	return shares
}

const (
	// busyShare of one CPU is in use. Gateways without faults used 0.001.
	busyShare = 0.05
	// seldomIdle is the share of it that is in use in every part of the rest: what
	// follows requests, such as collecting garbage or compiling, is not.
	seldomIdle = 0.5
)

// Restless says whether CPU time was used all the time.
func (k Kept) Restless() bool {
	shares := k.Busy()
	return len(shares) > 0 && shares[len(shares)/2] >= busyShare && shares[0] >= seldomIdle*busyShare
}
