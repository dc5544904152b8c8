package trial

import (
	"math/rand/v2"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// A paced stream takes as long as its backend lets it, some 40 ms, so that a slice is
// one of each connection, and a round has few.
const (
	// pacedPasses is how often a round drives the gateways in a paced stream: four
	// slices are the fewest for the test by slices.
	pacedPasses = 4
	// pacedTurn is the most that a round has for each concurrency of it. Usually two
	// take less than a second together; half as much for each would cut slices off on a
	// busy machine, and with fewer than four in one round the test by slices is lost.
	pacedTurn = time.Second
)

// paced is the order of a round's slices: passes over the arms, each the reverse of the
// one before it, with the direct path in every other one. A pass is short, so that a
// slow gateway can be left after any of them. Nothing settles before: the warm-up has
// used all connections, and the pauses are longer than what a cold cache costs.
func (p Schedule) paced(rng *rand.Rand) [][]bench.Arm {
	var passes [][]bench.Arm
	for range pacedPasses / 2 {
		there := shuffled(p.Arms, rng)
		back := slices.Clone(there)
		if gateways := p.gateways(); len(gateways) > 0 {
			back = slices.DeleteFunc(back, func(a bench.Arm) bool { return a == bench.Direct })
		}
		slices.Reverse(back)
		passes = append(passes, there, back)
	}
	return passes
}

// turnTime is what a turn may take of what it is allotted.
func (t Turn) turnTime(allotted time.Duration) time.Duration {
	if t.Scenario.Paced {
		return min(allotted, pacedTurn)
	}
	return allotted
}

// next is how long the cycle after one may take, by what that one took.
func (t Turn) next(cycle int, took time.Duration) time.Duration {
	if !t.Scenario.Paced || cycle+1 == len(t.Cycles) {
		return took
	}
	return took * time.Duration(len(t.Cycles[cycle+1])) / time.Duration(len(t.Cycles[cycle]))
}

// burst is how much a slice sends.
func (e *execution) burst(s bench.Scenario, limit time.Duration) Burst {
	if s.Paced {
		return Burst{Requests: s.Concurrency, Limit: limit}
	}
	return Burst{Requests: leastCounted(s), Time: e.schedule.SliceTime, Limit: limit}
}
