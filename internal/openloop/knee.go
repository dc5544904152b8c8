package openloop

import (
	"context"
	"fmt"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

const (
	// searchRequests is how many requests a window of a search is meant to have: a
	// p99 needs 368, and Poisson arrivals can be four standard deviations fewer.
	searchRequests = 450
	// windowPerBound is the least length of such a window, as a multiple of the
	// bound. At a rate that is a share x above what the gateway can do, a request at
	// the end of the window has waited for x of it: an x of a twentieth exceeds the
	// bound.
	windowPerBound = 20
	// The default bound is five times the p99 at a tenth of the closed-loop
	// throughput, where almost nothing queues.
	lowShare   = 0.1
	boundTimes = 5
)

// lowestRate is the smallest rate that is searched: below it the longest window
// has too few requests.
const lowestRate = searchRequests * float64(time.Second) / float64(LongestWindow)

// length is how long a window of a search is.
func (p Settings) length(rate float64, bound time.Duration) time.Duration {
	return min(LongestWindow, max(p.Window, windowPerBound*bound, time.Duration(searchRequests/rate*1e9)))
}

// kneeSearch is the search of one gateway.
type kneeSearch struct {
	search
	knee bench.Knee
	over bool
}

// knees searches the knee of every gateway in one scenario, in turn.
func (e *execution) knees(ctx context.Context, s bench.Scenario, until time.Time) ([]bench.Knee, error) {
	bound, base, why, err := e.bound(ctx, s)
	if err != nil {
		return nil, err
	}
	if why != "" {
		e.out.Warnings = append(e.out.Warnings, fmt.Sprintf("open loop, %s: no knee is searched: %s", Name(s), why))
		return nil, nil
	}
	searches := make([]*kneeSearch, len(e.settings.Gateways))
	for i, arm := range e.settings.Gateways {
		searches[i] = &kneeSearch{
			search: search{start: e.start(s, arm), lowest: lowestRate, highest: MostRate},
			knee: bench.Knee{
				Arm: arm, Mode: s.Mode, BodyBytes: s.BodyBytes, Arrivals: string(e.settings.Arrivals),
				Bound: bound.Seconds(), BoundBase: base,
			},
		}
	}
	err = e.searchAll(ctx, s, searches, bound, until)
	var found []bench.Knee
	for _, h := range searches {
		if len(h.knee.Windows) > 0 {
			found = append(found, h.result(err))
		}
	}
	return found, err
}

// searchAll judges windows until every search is over or the time has run out.
func (e *execution) searchAll(ctx context.Context, s bench.Scenario, searches []*kneeSearch, bound time.Duration, until time.Time) error {
	for on := true; on; {
		on = false
		for _, h := range searches {
			rate, more := h.next()
			if !more {
				h.over = true
				continue
			}
			length := e.settings.length(rate, bound)
			if e.now().Add(2 * length).After(until) {
				continue // no time for another turn
			}
			on = true
			e.progress(Progress{Scenario: s, Doing: fmt.Sprintf("searching the knee of %s", h.knee.Arm), Rate: rate, Windows: len(e.out.Windows)})
			places, err := e.turn(ctx, s, rate, length, []bench.Arm{h.knee.Arm})
			if err != nil {
				return err
			}
			h.knee.Windows = append(h.knee.Windows, places...)
			h.add(judge(e.out.Windows[places[1]], e.out.Windows[places[0]], bound))
		}
	}
	return nil
}

// result is what the search has found, complete or not; err is what ended it.
func (h *kneeSearch) result(err error) bench.Knee {
	k := h.knee
	if h.held > 0 {
		k.Held = new(h.held)
	}
	if h.missed > 0 {
		k.Missed = new(h.missed)
	}
	switch {
	case err != nil:
		k.Ended = "the measurement ended before the search"
	case !h.over:
		k.Ended = "the time budget ended the search"
	case h.limit > 0:
		k.Ended = fmt.Sprintf("at %g/s the rig was the limit: %s", h.limit, h.why)
	case h.missed == 0:
		k.Ended = fmt.Sprintf("no rate above %g/s is tried", h.highest)
	}
	return k
}

// start is where the search of an arm begins: at the throughput of the closed
// loop with all its connections, which is usually above the knee.
func (e *execution) start(s bench.Scenario, arm bench.Arm) float64 {
	if x, ok := e.settings.throughput(s, arm); ok {
		return x
	}
	return 4 * lowestRate
}

// bound is the one that was given, or a multiple of the p99 of the first gateway
// (the base where there is one) at a low rate: all gateways have the same bound.
// why says why there is none.
func (e *execution) bound(ctx context.Context, s bench.Scenario) (bound time.Duration, base *float64, why string, err error) {
	if e.settings.Bound > 0 {
		return e.settings.Bound, nil, "", nil
	}
	arm := e.settings.Gateways[0]
	rate := threeDigits(max(lowShare*e.start(s, arm), lowestRate))
	var p99 []float64
	for range repeats {
		e.progress(Progress{Scenario: s, Doing: "at rest, for the bound", Rate: rate, Windows: len(e.out.Windows)})
		places, err := e.turn(ctx, s, rate, e.settings.length(rate, 0), []bench.Arm{arm})
		if err != nil {
			return 0, nil, "", err
		}
		if w := e.out.Windows[places[1]]; w.Latency.P99 != nil && w.Limited == "" {
			p99 = append(p99, *w.Latency.P99)
		}
	}
	middle, err := stats.Median(p99)
	if err != nil {
		return 0, nil, fmt.Sprintf("no window at %g/s was fit to take the bound from; give one with --knee-p99", rate), nil
	}
	bound = time.Duration(boundTimes * middle * 1e9)
	if bound > LongestWindow {
		return 0, nil, fmt.Sprintf("five times the p99 at %g/s, %s, is longer than any window; give a bound with --knee-p99", rate, timeText(middle)), nil
	}
	return bound, &middle, "", nil
}
