package trial

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// How a fresh gateway is warmed. A just-in-time compiler needs thousands of
// requests: on two busy CPUs, a plain Node proxy took 927 µs of CPU time for each of
// the first 500, 450 µs after 1500, where it stayed for 1000 more, and 203 µs from
// the 4000th on.
const (
	// A burst lasts for warmRequests and warmWindow at least, longestWindow at most.
	warmRequests  = 500
	warmWindow    = 50 * time.Millisecond
	longestWindow = 250 * time.Millisecond
	// Fewer than leastRequests do not show that a gateway has settled, unless they take
	// half of the time: it answers too slowly to get many.
	leastRequests = 2000
	warmShare     = 1.0 / 40 // of the budget, for one process and mode,
	leastWarm     = 250 * time.Millisecond
	mostWarm      = 2 * time.Second
	// settledShare is how far below all earlier bursts the cheaper of the last two
	// may be for a gateway that has settled. Bursts of a settled one differ by more
	// than that, but do not find new lows.
	settledShare = 0.05
	// nearLow is how far above the cheapest burst one of a warm gateway may be: bursts
	// of one that is warm differ by a tenth and more, a compiler gains half and more.
	nearLow = 0.25
	// The first firstLook requests show how long one takes. Then there are as many in
	// flight as a gateway that serves one at a time answers in burstShare of the time.
	firstLook  = 2
	burstShare = 0.25
)

// Warmth is after how many requests the first process of each arm was warm.
type Warmth map[warming]int

// warming is what processes are warmed for.
type warming struct {
	arm  bench.Arm
	mode bench.Mode
}

// warmUps has one scenario for each mode, because JSON answers do not warm up a
// gateway's code for streams: the highest concurrency, so that every connection
// is used, with the smallest body. The backend pauses in none: that would only take
// time.
func (p Schedule) warmUps() []bench.Scenario {
	var all []bench.Scenario
	for _, s := range p.Scenarios {
		s.Paced = false
		i := slices.IndexFunc(all, func(w bench.Scenario) bool { return w.Mode == s.Mode })
		if i < 0 {
			all = append(all, s)
			continue
		}
		all[i].Concurrency = max(all[i].Concurrency, s.Concurrency)
		all[i].BodyBytes = min(all[i].BodyBytes, s.BodyBytes)
	}
	return all
}

// warmUp warms every arm in every mode, once for each fresh process. Modes in which
// a gateway answers nothing in time, and all of them if it answers in none, are not
// tried any more with this process: each try would wait for the time-out again.
func (e *execution) warmUp(ctx context.Context) error {
	e.silent = nil
	modes := e.schedule.warmUps()
	took := make(map[bench.Mode]time.Duration)
	for _, arm := range e.schedule.Arms {
		var failures []*Failure
		for _, s := range modes {
			began := e.now()
			e.saving = 0
			w, failure, err := e.warmUpOne(ctx, arm, s)
			took[s.Mode] += e.now().Sub(began) - e.saving
			switch {
			case err != nil:
				return fmt.Errorf("%s %s, warm-up: %w", arm, s, err)
			case failure != nil && arm == bench.Direct:
				return failure
			case failure != nil:
				failures = append(failures, failure)
			case arm != bench.Direct:
				e.warmUps = append(e.warmUps, w)
			}
		}
		for _, f := range failures {
			if f.Class == bench.ErrTimeout || len(failures) == len(modes) {
				e.silent = append(e.silent, f)
			}
		}
	}
	for mode, all := range took {
		e.costs.warm[mode] = append(e.costs.warm[mode], all)
	}
	return nil
}

// unheard notes the arms that answered nothing in the scenario's mode when they were
// warmed, and says whether there are any.
func (e *execution) unheard(round int, s bench.Scenario) bool {
	found := false
	for _, f := range e.silent {
		if f.Scenario.Mode == s.Mode {
			of := *f
			of.Scenario = s
			e.fail(round, &of)
			found = true
		}
	}
	return found
}

// warmUpOne drives one arm in one mode until it has settled or the time is over.
// Once a process of the arm has settled, the next ones get as many requests as that
// one needed: a compiled program needs few, and the time is better spent on rounds.
// The direct path runs our own programs, which have nothing to settle: one burst uses
// its connections. It returns a failure when no request was answered; what fails
// beside right answers is found where it is measured.
func (e *execution) warmUpOne(ctx context.Context, arm bench.Arm, s bench.Scenario) (bench.WarmUp, *Failure, error) {
	limit := min(mostWarm, max(leastWarm, time.Duration(warmShare*float64(e.schedule.Budget))))
	h := heat{execution: e, scenario: s, limit: limit, started: e.now(), WarmUp: bench.WarmUp{Process: e.processes, Arm: arm, Mode: s.Mode}}
	h.scenario.Concurrency = 1
	answered, failure, err := h.burst(ctx, Burst{Requests: firstLook, Limit: limit})
	if err != nil || answered == 0 && failure.Class == bench.ErrTimeout {
		return h.WarmUp, failure, err
	}
	h.scenario.Concurrency = s.Concurrency
	if answered > 0 {
		h.scenario.Concurrency = min(s.Concurrency, max(1, int(burstShare*limit.Seconds()*float64(answered)/h.Seconds)))
	}
	h.costs, h.served, h.ends = nil, nil, nil // of a single connection
	over := h.started.Add(limit)
	for burst := (Burst{Each: e.schedule.WarmUp, Limit: limit / 4}); ; burst = (Burst{Requests: warmRequests, Time: warmWindow, Limit: longestWindow}) {
		answered, failure, err := h.burst(ctx, burst)
		if err != nil || answered == 0 {
			return h.WarmUp, failure, err
		}
		if len(h.costs) == 1 && failure.Failed > 0 { // a time-out must not be all the time there is
			over = e.now().Add(limit)
		}
		if arm == bench.Direct || h.settle() || !e.now().Before(over) {
			return h.WarmUp, nil, nil
		}
	}
}

// heat is one process while it is warmed in one mode.
type heat struct {
	*execution
	bench.WarmUp
	scenario bench.Scenario
	limit    time.Duration
	started  time.Time
	costs    []float64 // of a request, by burst
	served   []int     // requests before each burst
	ends     []time.Time
}

// burst sends requests and says how many were answered and what failed.
func (h *heat) burst(ctx context.Context, b Burst) (answered int, failure *Failure, err error) {
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
	h.served = append(h.served, h.Requests)
	h.costs = append(h.costs, costOf(after.CPU-before.CPU, slice.Elapsed)/float64(max(1, answered)))
	h.ends = append(h.ends, h.now())
	h.Requests += f.Requests
	h.Seconds = h.now().Sub(h.started).Seconds()
	h.First, h.Last = h.costs[0], h.costs[len(h.costs)-1]
	return answered, f, nil
}

// settle says whether the process is warm, and notes what the next ones need.
func (h *heat) settle() bool {
	if need, known := h.need(h.Mode); known {
		h.Settled = h.Requests >= need
		if !h.Settled && h.slow() { // the need was learned with more requests in flight
			h.learn(0)
		}
		return h.Settled
	}
	enough := h.Requests >= leastRequests || h.Seconds >= h.limit.Seconds()/2
	h.Settled = enough && settled(h.costs)
	switch {
	case h.Settled:
		h.learn(warmFrom(h.costs))
	case h.slow():
		h.learn(0)
	}
	return h.Settled
}

// learn notes that the next processes need what came before a burst.
func (h *heat) learn(burst int) {
	h.needs[warming{h.Arm, h.Mode}] = h.served[burst]
	h.saving = h.now().Sub(h.ends[max(0, burst-1)])
}

// slow says whether the time is over after so few requests that no process can be
// warmed with enough. The next ones are not warmed for as long in vain.
func (h *heat) slow() bool {
	return h.Seconds >= h.limit.Seconds() && h.Requests < warmRequests
}

// need is how many requests the processes of every gateway are warmed with, once a
// process of each has settled. It is one number: if one arm got fewer, it would be
// slower in every round.
func (e *execution) need(mode bench.Mode) (requests int, known bool) {
	for _, arm := range e.schedule.gateways() {
		n, settled := e.needs[warming{arm, mode}]
		if !settled {
			return 0, false
		}
		requests = max(requests, n)
	}
	return requests, true
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
