package main

import (
	"sync/atomic"
	"time"
)

// startUp is how many requests a gateway serves before it slows itself: the
// first ones open connections and fill caches, and cost more than the rest.
const startUp = 200

// installSlowPercent burns a share of what a request costs the gateway itself:
// its own overhead in CPU time. That is no share of latency, which also has
// waiting and the work of the kernel for others in it.
func installSlowPercent(g *gateway, parts int64) {
	o := &overhead{clock: processCPUTime, requests: &g.traffic.total, started: processCPUTime()}
	g.before(func() {
		extra := o.perRequest() * time.Duration(parts) / whole
		if extra > 0 {
			burn(extra)
			o.burnt.Add(int64(extra))
		}
	})
}

// overhead is the CPU time that a gateway uses for its requests, without what
// it burns on purpose. The mean is over all requests since the start, so a cheap
// request is slowed by more than its share and an expensive one by less: the
// clock is that of the process and cannot tell them apart.
type overhead struct {
	clock    func() time.Duration
	started  time.Duration
	requests *atomic.Int64
	burnt    atomic.Int64 // nanoseconds
}

// perRequest is the mean so far; 0 during start-up.
func (o *overhead) perRequest() time.Duration {
	n := o.requests.Load()
	if n <= startUp {
		return 0
	}
	return (o.clock() - o.started - time.Duration(o.burnt.Load())) / time.Duration(n)
}
