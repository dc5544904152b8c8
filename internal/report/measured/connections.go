package measured

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// connections returns the numbers of the notes on how the gateways treat
// connections, for a row where that was in the way.
func (run *Run) connections(s bench.Scenario) (numbers []int) {
	for _, arm := range run.Arms {
		here := run.opened(arm, s)
		if here.retries > 0 {
			all := run.opened(arm, run.Suite...)
			numbers = append(numbers, run.notes.Mark("retries "+string(arm), fmt.Sprintf(
				"%d of %s to %s were sent again, once each, because it had closed the connection without an answer; the time of both attempts counts",
				all.retries, figures.Counted(all.requests, "request"), arm)))
		}
		if here.slow > 0 {
			numbers = append(numbers, run.notes.Mark("slow connects "+string(arm), fmt.Sprintf(
				"%s to %s took longer than 100 ms to be made: its accept backlog was full; the wait is in the times",
				figures.Counted(run.opened(arm, run.Suite...).slow, "connection"), arm)))
		}
	}
	return numbers
}

// opened is what an arm's connections were like.
type opened struct{ requests, retries, slow int }

// opened sums it up over the valid rounds of some scenarios.
func (run *Run) opened(arm bench.Arm, scenarios ...bench.Scenario) (sum opened) {
	for _, s := range scenarios {
		for _, row := range run.Rounds.Rows(s.ID()) {
			if r := row.Arm(arm); r != nil {
				sum.requests += r.Requests
				sum.retries += r.Retries
				sum.slow += r.SlowConnects
			}
		}
	}
	return sum
}
