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
	// A round and a turn of which it is known what they take may take this much longer.
	slowRound = 1.25
	slowTurn  = 4
	// A slice may take this share of its turn, and leastSlice at least: a usual one
	// takes 10 to 100 ms.
	sliceShare = 1.0 / 8
	leastSlice = 250 * time.Millisecond
)

// bound sets until when the turns of the round that begins now may take, and orders
// those of a round that may end early: what takes longest comes last. No arm gains by
// the order of the turns.
func (e *execution) bound(turns []Turn) {
	end := e.started.Add(e.schedule.Budget)
	least := e.now().Add(max(leastWork, time.Duration(leastShare*float64(e.schedule.Budget))))
	switch known := e.known(turns); {
	case e.schedule.Scout:
		work := e.ready.Add(time.Duration(scoutShare * float64(e.schedule.Budget)))
		e.roundEnd, e.workEnd = laterOf(end, least), laterOf(work, e.now().Add(leastWork))
		e.schedule.byRank(turns)
	case known > 0:
		e.roundEnd = laterOf(end, e.now().Add(time.Duration(slowRound*float64(known))))
		e.workEnd = e.roundEnd
	case e.measured == 0:
		left := time.Duration(firstShare * float64(end.Sub(e.now())))
		e.roundEnd, e.workEnd = laterOf(end, least), laterOf(e.now().Add(left), least)
		cheapFirst(turns)
	default:
		e.roundEnd, e.workEnd = end, end
	}
}

// cheapFirst puts the turns with few requests in flight first: if the first round
// ends early, those are missing that take the longest.
func cheapFirst(turns []Turn) {
	slices.SortStableFunc(turns, func(a, b Turn) int { return cmp.Compare(a.Scenario.Concurrency, b.Scenario.Concurrency) })
}

// known is how long turns take that an earlier stage has measured; 0 where it has not
// measured all of them.
func (e *execution) known(turns []Turn) time.Duration {
	total := time.Duration(0)
	for _, t := range turns {
		if !e.schedule.Costs.Known(t.Scenario) {
			return 0
		}
		total += e.schedule.Costs.Turn(t.Scenario, e.schedule.Cycles)
	}
	return total
}

func laterOf(a, b time.Time) time.Time {
	if a.After(b) {
		return a
	}
	return b
}

// allotted is the time of the first of the turns to come, and whether it is to be
// driven at all.
func (e *execution) allotted(turns []Turn) (time.Duration, bool) {
	if e.schedule.Scout {
		return e.scout(turns)
	}
	fair := max(0, unequal*e.workEnd.Sub(e.now())/time.Duration(len(turns)))
	if s := turns[0].Scenario; e.schedule.Costs.Known(s) {
		fair = min(fair, slowTurn*max(e.schedule.Costs.Turn(s, e.schedule.Cycles), leastSlice))
	}
	return fair, true
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
