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
	failures := map[bench.Arm][]*Failure{}
	for _, s := range modes {
		heats, err := e.warmMode(ctx, s)
		if err != nil {
			return err
		}
		took := 0.0
		for _, h := range heats {
			took += h.Seconds - h.saved
			switch {
			case h.failure != nil && h.Arm == bench.Direct:
				return h.failure
			case h.failure != nil:
				failures[h.Arm] = append(failures[h.Arm], h.failure)
			case h.Arm != bench.Direct:
				e.warmUps = append(e.warmUps, h.WarmUp)
			}
		}
		e.costs.warm[s.Mode] = append(e.costs.warm[s.Mode], time.Duration(took*float64(time.Second)))
	}
	for _, arm := range e.schedule.Arms {
		for _, f := range failures[arm] {
			if f.Class == bench.ErrTimeout || len(failures[arm]) == len(modes) {
				e.silent = append(e.silent, f)
			}
		}
	}
	return nil
}

// warmMode warms all arms in one mode, the gateways alternately, burst by burst, until all are
// warm, with as many bursts for each. A compiler of a gateway goes on by itself between its
// bursts: warmed one after the other, a plain Node proxy beside itself was faster by a half,
// round by round, where it was the first.
func (e *execution) warmMode(ctx context.Context, s bench.Scenario) ([]*heat, error) {
	var all, gateways []*heat
	for _, arm := range e.schedule.Arms {
		h := e.heat(arm, s)
		if err := h.begin(ctx); err != nil {
			return nil, fmt.Errorf("%s %s, warm-up: %w", arm, s, err)
		}
		switch all = append(all, h); {
		case arm != bench.Direct:
			gateways = append(gateways, h)
		case h.failure != nil:
			return all, nil // no gateway has a backend
		}
	}
	gateways = shuffled(gateways, e.schedule.rng(e.processes, "warm-up "+s.ID()))
	for slices.ContainsFunc(gateways, (*heat).cold) {
		for _, h := range gateways {
			if h.over() {
				continue
			}
			if err := h.burst(ctx); err != nil {
				return nil, fmt.Errorf("%s %s, warm-up: %w", h.Arm, s, err)
			}
		}
		slices.Reverse(gateways)
	}
	return all, nil
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
