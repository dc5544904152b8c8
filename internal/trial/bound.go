package trial

import (
	"cmp"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Every round has a bound in time, so that neither a gateway that takes 50 ms for a
// request, one at a time, nor requests that hang make a run much longer than its
// budget: slow slices end early, slow turns have fewer cycles, and turns for which
// no time is left are skipped.
const (
	// firstShare is the share of what is left of the budget that the first round may
	// take, so that there is a second one.
	firstShare = 0.5
	// leastShare is the share of the budget that the first round has for its turns,
	// however long the start took, and leastWork what it has at least.
	leastShare = 0.25
	leastWork  = 5 * time.Second
	// unequal is how many times the mean of the turns one turn may take: those with
	// much in flight and large bodies take longer than others.
	unequal = 3
	// A slice may take this share of its turn, and leastSlice at least: a usual one
	// takes 10 to 100 ms.
	sliceShare = 1.0 / 8
	leastSlice = 250 * time.Millisecond
)

// bound sets until when the turns of the round that begins now may take.
func (e *execution) bound() {
	end := e.started.Add(e.schedule.Budget)
	least := e.now().Add(max(leastWork, time.Duration(leastShare*float64(e.schedule.Budget))))
	if e.measured == 0 {
		left := time.Duration(firstShare * float64(end.Sub(e.now())))
		e.roundEnd, e.workEnd = laterOf(end, least), laterOf(e.now().Add(left), least)
		return
	}
	e.roundEnd, e.workEnd = end, end
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// allotted is the time of the next turn, with the given number of turns to come.
func (e *execution) allotted(turns int) time.Duration {
	return max(0, unequal*e.workEnd.Sub(e.now())/time.Duration(max(1, turns)))
}

// cheapFirst puts the turns with few requests in flight first: if the first round
// ends early, those are missing that take the longest. No arm gains by the order of
// the turns.
func cheapFirst(turns []Turn) {
	slices.SortStableFunc(turns, func(a, b Turn) int { return cmp.Compare(a.Scenario.Concurrency, b.Scenario.Concurrency) })
}

// late is true when the round has to end: its time is over. The first turn of a
// trial is measured whatever it takes.
func (e *execution) late() bool {
	return len(e.rounds)+len(e.current) > 0 && e.now().After(e.roundEnd)
}

// skip notes turns that the round has no time for.
func (e *execution) skip(turns []Turn) {
	for _, t := range turns {
		if e.skipped == nil {
			e.skipped = make(map[bench.Scenario]int)
		}
		e.skipped[t.Scenario]++
	}
}

func sliceLimit(turn time.Duration) time.Duration {
	return max(leastSlice, time.Duration(sliceShare*float64(turn)))
}
