package trial

import (
	"context"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// heat is one process while it is warmed in one mode. Its Seconds are those of its own
// bursts.
type heat struct {
	*execution
	bench.WarmUp
	scenario bench.Scenario
	limit    time.Duration
	until    float64 // Seconds at which its time is over
	next     Burst
	failure  *Failure  // when no request was answered
	costs    []float64 // of a request, by burst
	served   []int     // requests before each burst
	ends     []float64 // Seconds after each burst
	saved    float64   // seconds that the next processes need less
}

func (e *execution) heat(arm bench.Arm, s bench.Scenario) *heat {
	limit := min(mostWarm, max(leastWarm, time.Duration(warmShare*float64(e.schedule.Budget))))
	return &heat{
		execution: e, scenario: s, limit: limit, until: limit.Seconds(),
		WarmUp: bench.WarmUp{Process: e.processes, Arm: arm, Mode: s.Mode},
	}
}

// cold says whether it needs a further burst.
func (h *heat) cold() bool { return !h.Settled && !h.over() }

// over says whether it gets no further burst, warm or not.
func (h *heat) over() bool { return h.failure != nil || len(h.costs) > 0 && h.Seconds >= h.until }

// begin finds out how many requests there may be in flight, and uses all connections
// once. The direct path runs our own programs, which have nothing to settle: that is all
// that it needs. What fails beside right answers is found where it is measured.
func (h *heat) begin(ctx context.Context) error {
	wanted := h.scenario.Concurrency
	h.scenario.Concurrency = 1
	answered, failure, err := h.send(ctx, Burst{Requests: firstLook, Limit: h.limit})
	if err != nil {
		return err
	}
	if answered == 0 && failure.Class == bench.ErrTimeout {
		h.failure = failure
		return nil
	}
	if h.scenario.Concurrency = wanted; answered > 0 {
		h.scenario.Concurrency = min(wanted, max(1, int(burstShare*h.limit.Seconds()*float64(answered)/h.Seconds)))
	}
	h.costs, h.served, h.ends = nil, nil, nil // of a single connection
	h.next = Burst{Each: h.schedule.WarmUp, Limit: h.limit / 4}
	if h.Arm == bench.Direct {
		return h.burst(ctx)
	}
	return nil
}

// burst drives it once more, and says whether it is warm. Once a process of each gateway
// has settled, the next ones get as many requests as those needed: a compiled program needs
// few, and the time is better spent on rounds.
func (h *heat) burst(ctx context.Context) error {
	answered, failure, err := h.send(ctx, h.next)
	if err != nil {
		return err
	}
	h.next = Burst{Requests: warmRequests, Time: warmWindow, Limit: longestWindow}
	if answered == 0 {
		h.failure = failure
		return nil
	}
	if len(h.costs) == 1 && failure.Failed > 0 { // a time-out must not be all the time there is
		h.until = h.Seconds + h.limit.Seconds()
	}
	if h.Arm != bench.Direct {
		h.settle()
	}
	return nil
}

// send sends requests and says how many were answered and what failed.
func (h *heat) send(ctx context.Context, b Burst) (answered int, failure *Failure, err error) {
	began := h.now()
	before, err := h.usage(ctx, h.Arm)
	if err != nil {
		return 0, nil, err
	}
	slice, err := h.rig.WarmUp(ctx, h.Arm, h.scenario, b)
	if err = ended(ctx, err); err != nil {
		return 0, nil, err
	}
	after, err := h.usage(ctx, h.Arm)
	if err != nil {
		return 0, nil, err
	}
	f := failureIn(slice, h.Arm, h.scenario)
	if f.Requests == 0 {
		return 0, nil, errNoRequest
	}
	f.WarmUp = true
	answered = f.Requests - f.Failed
	h.Seconds += h.now().Sub(began).Seconds()
	h.served = append(h.served, h.Requests)
	h.costs = append(h.costs, costOf(after.CPU-before.CPU, slice.Elapsed)/float64(max(1, answered)))
	h.ends = append(h.ends, h.Seconds)
	h.Requests += f.Requests
	h.First, h.Last = h.costs[0], h.costs[len(h.costs)-1]
	return answered, f, nil
}

// settle says whether the process is warm, and notes what the next ones need.
func (h *heat) settle() {
	if need, known := h.need(h.Mode); known {
		h.Settled = h.Requests >= need
		if !h.Settled && h.slow() { // the need was learned with more requests in flight
			h.learn(0)
		}
		return
	}
	enough := h.Requests >= leastRequests || h.Seconds >= h.limit.Seconds()/2
	h.Settled = enough && settled(h.costs)
	switch {
	case h.Settled:
		h.learn(warmFrom(h.costs))
	case h.slow():
		h.learn(0)
	}
}

// learn notes that the next processes need what came before a burst.
func (h *heat) learn(burst int) {
	h.needs[warming{h.Arm, h.Mode}] = h.served[burst]
	h.saved = h.Seconds - h.ends[max(0, burst-1)]
}

// slow says whether the time is over after so few requests that no process can be
// warmed with enough. The next ones are not warmed for as long in vain.
func (h *heat) slow() bool {
	return h.Seconds >= h.limit.Seconds() && h.Requests < warmRequests
}

// warmFrom is the first burst that is hardly dearer than the cheapest.
func warmFrom(costs []float64) int {
	low := slices.Min(costs)
	return slices.IndexFunc(costs, func(c float64) bool { return c <= (1+nearLow)*low })
}

// costOf is the CPU time, or where that cannot be read the time, in seconds.
func costOf(cpu, elapsed time.Duration) float64 {
	if cpu > 0 {
		return cpu.Seconds()
	}
	return elapsed.Seconds()
}

// settled says whether the costs of a request have stopped falling: the last two
// bursts are hardly cheaper than any before them.
func settled(costs []float64) bool {
	last := len(costs) - 2
	return last >= 1 && slices.Min(costs[last:]) >= (1-settledShare)*slices.Min(costs[:last])
}
