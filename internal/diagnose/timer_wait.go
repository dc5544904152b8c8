package diagnose

import (
	"fmt"
	"math"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/summary"
)

// TimerWait is answers that come at the ticks of a clock: who asks again at once waits
// for a whole period.
var TimerWait = Diagnosis{
	Name:      "timer-wait",
	Title:     "a wait for a timer",
	Look:      "loops that sleep and look, queues that are emptied every so often, writers that a timer flushes",
	ImpliedBy: []Diagnosis{DelayedACK},
	find:      findTimerWait,
}

// periods are what people write into programs. A wait of another length may be anything.
var periods = []float64{25e-3, 50e-3, 100e-3, 200e-3, 250e-3, 500e-3, 1}

const (
	// onTime is how far from a period the longer waits may be, as a share of it: timers
	// on a busy machine are late by milliseconds.
	onTime = 0.05
	// seldomSoon is the share of a period that three of four requests wait at least.
	seldomSoon = 0.25
	// works is the largest share of the wait for which the gateway uses a CPU: what
	// computes for that long waits for nothing.
	works = 0.1
	// tickingShare is the share of the rounds that have it, two at least.
	tickingShare = 0.5
	tickingLeast = 2
)

// findTimerWait looks at the fewest requests in flight: more of them queue.
func findTimerWait(s subject) []finding {
	var found []finding
	for _, sweep := range summary.ByConcurrency(s.scenarios) {
		at := sweep[0]
		direct := median(s.values(at, bench.Direct, metric(at.Mode.Primary())))
		n, waits := 0, []float64(nil)
		rounds := s.rounds.Of(at.ID(), s.arm)
		for _, r := range rounds {
			if w := ticking(r, at.Mode.Primary(), direct); w > 0 {
				n++
				waits = append(waits, w)
			}
		}
		if float64(n) < s.least(tickingLeast) || float64(n) < s.least(tickingShare)*float64(len(rounds)) {
			continue
		}
		period := periodOf(median(waits))
		t := figures.Times(period)
		found = append(found, finding{[]bench.Scenario{at}, period, fmt.Sprintf(
			"with %d in flight answers come %s later than without the gateway, which is at work for %s of it: as if it looked every %s",
			at.Concurrency, t(median(waits)), figures.Percent(s.own(at, metric(bench.CPUPerRequest))/median(waits)), t(period))})
	}
	return found
}

// ticking is how long most requests of a round wait, whose waits are a timer's; 0 where
// they are not. The first request of each slice comes at any time and waits for less than
// a period; those that follow it wait for all of it, and none for more.
func ticking(r *bench.Round, whole bench.Metric, direct float64) float64 {
	d := r.Distribution[whole]
	wait := summary.At(d, 75) - direct
	period := periodOf(wait)
	if period == 0 || !(r.Metrics[bench.CPUPerRequest] <= works*period) ||
		summary.At(d, 25)-direct < seldomSoon*period {
		return 0
	}
	for _, level := range []int{65, 85} {
		if math.Abs(summary.At(d, level)-direct-period) > onTime*period {
			return 0
		}
	}
	return wait
}

// periodOf is the period that a wait is near to; 0: none.
func periodOf(wait float64) float64 {
	for _, p := range periods {
		if math.Abs(wait-p) <= onTime*p {
			return p
		}
	}
	return 0
}
