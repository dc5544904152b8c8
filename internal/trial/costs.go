package trial

import (
	"cmp"
	"maps"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Costs is how long the parts of a round have taken so far: what a plan is made of.
// The zero value knows nothing.
type Costs struct {
	starts  []time.Duration // of fresh gateways, with the stop of those before them
	earlier int             // starts of earlier stages
	warm    map[bench.Mode][]time.Duration
	turns   map[bench.Scenario][]turnCost
}

// turnCost is what a turn takes once, and what for each of its cycles.
type turnCost struct {
	once, cycle    time.Duration
	slice, request time.Duration // on average, of a gateway
}

// copied is the same for a further stage, which may add to it.
func (c Costs) copied() Costs {
	d := Costs{
		starts: slices.Clone(c.starts), earlier: len(c.starts),
		warm: make(map[bench.Mode][]time.Duration), turns: make(map[bench.Scenario][]turnCost),
	}
	for mode, all := range c.warm {
		d.warm[mode] = slices.Clone(all)
	}
	for s, all := range c.turns {
		d.turns[s] = slices.Clone(all)
	}
	return d
}

// Known says whether a scenario has been driven.
func (c Costs) Known(s bench.Scenario) bool { return len(c.turns[s]) > 0 }

// Start is how long a start takes, of all gateways together.
func (c Costs) Start() time.Duration { return median(c.starts) }

// Stopped adds the stop at the end of a stage: the first gateways of the stage found
// nothing to stop.
func (c Costs) Stopped(took time.Duration) {
	if c.earlier < len(c.starts) {
		c.starts[c.earlier] += took
	}
}

// WarmUp is how long fresh gateways are warmed for these scenarios.
func (c Costs) WarmUp(scenarios []bench.Scenario) time.Duration {
	total := time.Duration(0)
	for mode, all := range c.warm {
		if slices.ContainsFunc(scenarios, func(s bench.Scenario) bool { return s.Mode == mode }) {
			total += median(all)
		}
	}
	return total
}

// Turn is how long a scenario takes in one round with a number of cycles. One that
// has never been driven is taken for one like another with fewer requests in flight: a
// gateway that answers more at a time than there takes less. Paced streams take as long
// as one another.
func (c Costs) Turn(s bench.Scenario, cycles int) time.Duration {
	times := 1.0
	all := c.turns[s]
	if len(all) == 0 && len(c.turns) > 0 {
		all = c.turns[c.nearest(s)]
		if slice := medianOf(all, func(t turnCost) time.Duration { return t.slice }); slice > 0 {
			request := medianOf(all, func(t turnCost) time.Duration { return t.request })
			times = max(1, float64(requestsOf(s))*float64(request)/float64(slice))
		}
	}
	once := medianOf(all, func(t turnCost) time.Duration { return t.once })
	cycle := medianOf(all, func(t turnCost) time.Duration { return t.cycle })
	return time.Duration(times * float64(once+time.Duration(cycles)*cycle))
}

// medianOf is the median of a part of turns.
func medianOf(all []turnCost, of func(turnCost) time.Duration) time.Duration {
	parts := make([]time.Duration, len(all))
	for i, t := range all {
		parts[i] = of(t)
	}
	return median(parts)
}

// nearest is the known scenario that is most like one that is not: paced or not as it
// is and of its mode if there is one, with the most requests in flight.
func (c Costs) nearest(s bench.Scenario) bench.Scenario {
	other := func(known bench.Scenario) (differs int) {
		if known.Mode != s.Mode {
			differs++
		}
		if known.Paced != s.Paced {
			differs += 2
		}
		return differs
	}
	return slices.MaxFunc(slices.Collect(maps.Keys(c.turns)), func(a, b bench.Scenario) int {
		return cmp.Or(other(b)-other(a), smaller(a, b), cmp.Compare(a.ID(), b.ID()))
	})
}

// Pair is how long a process pair takes: its start, its warm-up, and a number of
// rounds of the scenarios.
func (c Costs) Pair(scenarios []bench.Scenario, cycles, rounds int) time.Duration {
	total := c.Start() + c.WarmUp(scenarios)
	for _, s := range scenarios {
		total += time.Duration(rounds) * c.Turn(s, cycles)
	}
	return total
}

// Pairs is how many process pairs fit a time.
func (c Costs) Pairs(left time.Duration, scenarios []bench.Scenario, cycles, rounds int) int {
	return int(max(0, left) / max(1, c.Pair(scenarios, cycles, rounds)))
}

// median is the middle one, of an even number the longer of the two.
func median(all []time.Duration) time.Duration {
	if len(all) == 0 {
		return 0
	}
	return slices.Sorted(slices.Values(all))[len(all)/2]
}

// meter measures one turn.
type meter struct {
	began   time.Time
	paced   bool
	settled time.Time     // zero until then
	full    time.Duration // of the cycles, as if no slice had been cut short
	cycles  int

	slices, requests int           // of gateways
	took, missing    time.Duration // by these
}

// add counts the slices of a gateway.
func (m *meter) add(t *tally, scenario bench.Scenario) {
	m.slices += len(t.slices)
	m.took, m.missing = m.took+t.took, m.missing+t.missing
	for _, s := range t.slices {
		m.requests += failureIn(s, "", scenario).Requests
	}
}

// cost is what the whole turn would have taken. One that ended before its first
// cycle did is reckoned by the slices that were not recorded: a cycle has two of each
// arm. One that an arm cannot do takes what it took.
func (m meter) cost(now time.Time) turnCost {
	switch {
	case m.settled.IsZero() || m.paced: // of a bounded time, whatever the cycles
		return turnCost{once: now.Sub(m.began)}
	case m.cycles == 0:
		return turnCost{once: m.settled.Sub(m.began), cycle: max(2*m.settled.Sub(m.began), now.Sub(m.settled))}
	}
	return turnCost{
		once: m.settled.Sub(m.began), cycle: m.full / time.Duration(m.cycles),
		slice: (m.took + m.missing) / time.Duration(max(1, m.slices)), request: m.took / time.Duration(max(1, m.requests)),
	}
}

// requestsOf is how many requests are wanted of a slice.
func requestsOf(s bench.Scenario) int {
	if s.Paced {
		return s.Concurrency
	}
	if s.Concurrency > 1 {
		return leastCounted(s) + s.Concurrency // these make the load full
	}
	return leastCounted(s)
}

// missing is how much longer a slice would have taken with all requests that were
// wanted of it.
func missing(took time.Duration, s bench.Slice, scenario bench.Scenario) time.Duration {
	wanted := requestsOf(scenario)
	sent := max(1, failureIn(s, "", scenario).Requests)
	return time.Duration(float64(took) * max(0, float64(wanted)/float64(sent)-1))
}
