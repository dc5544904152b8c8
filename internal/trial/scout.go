package trial

import (
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// scoutShare is the share of the budget that the first process pair of a gate may
// take once it has started.
const scoutShare = 0.2

// scout is the time of the first of the turns to come in the process pair from which
// the plan is made. It ends with the first scenario that the plan will not have room
// for: those after it, which are left out before it, need not be driven for that.
func (e *execution) scout(turns []Turn) (time.Duration, bool) {
	left := max(0, e.workEnd.Sub(e.now()))
	driven, never := e.driven(), keepers(e.schedule.Scenarios)
	pair := e.schedule.Budget / time.Duration(wantedPairs(e.costs.Start(), e.schedule.Budget, e.schedule.Machines))
	if slices.Contains(never, turns[0].Scenario) {
		room := max(0, pair-e.costs.Start()-e.costs.WarmUp(never))
		return min(left, room/time.Duration(len(never))), true
	}
	room := pair - e.costs.Pair(driven, e.schedule.Cycles, 1)
	return max(0, min(room, left)), room > 0
}

// driven are the scenarios of which it is known what they take.
func (e *execution) driven() []bench.Scenario {
	return slices.DeleteFunc(slices.Clone(e.schedule.Scenarios), func(s bench.Scenario) bool { return !e.costs.Known(s) })
}

// byRank orders turns so that what the plan leaves out first comes last.
func (p Schedule) byRank(turns []Turn) {
	order := ranked(p.Scenarios)
	slices.SortFunc(turns, func(a, b Turn) int { return slices.Index(order, a.Scenario) - slices.Index(order, b.Scenario) })
}
