package load

import "time"

// leastPatience is the shortest time that a request has: more than a delayed
// acknowledgement, a collection of garbage or a busy machine takes from it.
const leastPatience = 250 * time.Millisecond

// Patience is how long the requests of one gateway are waited for. The first that
// hang have the whole time-out. Each slice with time-outs makes the next wait
// shorter by three quarters, down to four times the longest right answer: where one
// request in a hundred hangs, waiting the time-out for each would take hours.
//
// Clients of the same gateway, one after the other, can share one.
type Patience struct {
	gaveUp  int // slices with time-outs
	longest map[kind]int64
}

// kind is what the time of an answer depends on most.
type kind struct {
	job         *Job
	concurrency int
}

// learn adds a slice; longest is its longest right answer in ns.
func (p *Patience) learn(k kind, longest int64, timedOut bool) {
	if p.longest == nil {
		p.longest = map[kind]int64{}
	}
	p.longest[k] = max(p.longest[k], longest)
	if timedOut {
		p.gaveUp++
	}
}

// wait is how long a request is waited for now, in ns; longest is the longest right
// answer of the slice so far. Without any right answer it is the whole time-out.
func (p *Patience) wait(k kind, longest int64, timeout time.Duration) int64 {
	longest = max(longest, p.longest[k])
	if p.gaveUp == 0 || longest == 0 {
		return int64(timeout)
	}
	shortened := int64(timeout) >> min(2*p.gaveUp, 62)
	return min(int64(timeout), max(shortened, int64(leastPatience), 4*longest))
}
