package work

import (
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

const (
	// leastPairs is in how many process pairs the work has to have grown: what one
	// process does can be an accident of it, such as a table that was just full.
	leastPairs = 2
	// spreads is how many times the spread of the batches a change has to be that decides,
	// or that one process pair shows alone.
	spreads = 3
	// agreed is that of a change that two process pairs show and that is only noted.
	agreed = 1
	// leastGrowth is from how many instructions of a request on more of them can be a
	// regression: below, a longer string is the same share.
	leastGrowth = 5000
	// noteShare is from which share on a change is noted that two process pairs show.
	noteShare = 0.02
	// alone is from which share on one process pair is enough for a note. Without a change,
	// pairs of a program with a collector differ with a standard deviation of 0.9 %.
	alone = 0.04
)

// undecided ends the text of what would be a regression with another process pair.
const undecided = "; not decided: one process pair was counted, two decide"

// Compare says what changed in the work of requests, scenario by scenario in the order
// of the file: instructions over the limit, a share, in every process pair of two at
// least are a regression, and so are calls to the system that a gateway did not make
// before, one for each request. What is smaller and sure is noted.
func Compare(all []bench.Work, limit float64) (changes []bench.WorkChange) {
	for _, c := range cellsOf(all) {
		if change, ok := c.with(hasInstructions).instructions(limit); ok {
			changes = append(changes, change)
		}
		changes = append(changes, c.with(hasCalls).calls()...)
		if change, ok := c.with(hasAllocations).allocations(); ok {
			changes = append(changes, change)
		}
	}
	return changes
}

// Unsure are the scenarios of one process pair that another has to say more of: whether
// they are a regression, or whether there is a change at all, since it is small or the
// batches differ.
func Unsure(all []bench.Work, limit float64) (scenarios []string) {
	for _, c := range cellsOf(all) {
		if len(c.pairs) >= leastPairs {
			continue
		}
		twice := cell{c.scenario, slices.Repeat(c.pairs, leastPairs)}
		change, noted := twice.with(hasInstructions).instructions(limit)
		_, already := c.with(hasInstructions).instructions(limit)
		regresses := func(c bench.WorkChange) bool { return c.Outcome == bench.Regression }
		if noted && !already || regresses(change) || c.blurred() || slices.ContainsFunc(twice.with(hasCalls).calls(), regresses) {
			scenarios = append(scenarios, c.scenario)
		}
	}
	return scenarios
}

// Undecided says for each scenario that was counted and decides nothing why.
func Undecided(all []bench.Work) (why []string) {
	for _, c := range cellsOf(all) {
		counted := c.with(hasInstructions) // what is not counted, the counts say themselves
		if len(counted.pairs) > 0 && len(counted.with(steady).pairs) == 0 {
			_, reason := counted.pairs[0].growthOf()
			why = append(why, fmt.Sprintf("instructions of %s decide nothing: %s", c.scenario, reason))
		}
	}
	return why
}

// instructions are the change of a scenario's instructions, by its process pairs that are
// steady; ok is false where there is nothing to say.
func (c cell) instructions(limit float64) (change bench.WorkChange, ok bool) {
	c = c.with(steady)
	all := c.growths()
	mean := meanOf(all)
	over := func(g growth) bool {
		return g.by() > 0 && g.surely(limit, spreads) && g.head-g.base >= leastGrowth
	}
	sure := func(g growth) bool { return g.by()*mean.by() > 0 && g.surely(noteShare, agreed) }
	if len(all) < leastPairs {
		sure = func(g growth) bool { return g.surely(alone, spreads) }
	}
	if !every(all, sure) {
		return change, false
	}
	change = bench.WorkChange{
		Scenario: c.scenario, What: bench.Instructions, Base: mean.base, Head: mean.head, Spread: mean.spread, Pairs: len(all),
		Outcome: bench.Pass, Functions: c.functions(),
	}
	change.Text = fmt.Sprintf("%s of instructions a request (%s → %s, batches differ by %.1f %%)",
		figures.Added(mean.by()), thousands(mean.base), thousands(mean.head), 100*mean.spread)
	if every(all, over) {
		if len(all) >= leastPairs {
			change.Outcome = bench.Regression
		} else {
			change.Text += undecided
		}
	}
	return change, true
}

func every(all []growth, is func(growth) bool) bool {
	return len(all) > 0 && !slices.ContainsFunc(all, func(g growth) bool { return !is(g) })
}

// meanOf is the mean of some process pairs.
func meanOf(all []growth) (mean growth) {
	for _, g := range all {
		mean.base += g.base / float64(len(all))
		mean.head += g.head / float64(len(all))
		mean.spread = max(mean.spread, g.spread)
	}
	return mean
}

// thousands is a count of instructions: "1056 k".
func thousands(n float64) string { return figures.Digits(n/1000) + " k" }

// allocations are what changed in how often memory is allocated, which decides nothing:
// instructions have it in them.
func (c cell) allocations() (change bench.WorkChange, ok bool) {
	const noteCalls = 1
	change = bench.WorkChange{Scenario: c.scenario, What: bench.Allocations, Pairs: len(c.pairs), Outcome: bench.Pass}
	if len(c.pairs) == 0 {
		return change, false
	}
	for _, p := range c.pairs {
		base, head := Calls(p.base.Allocations), Calls(p.head.Allocations)
		if base == 0 || head == 0 || max(head-base, base-head) < max(noteCalls, noteShare*base) {
			return change, false
		}
		change.Base += base / float64(len(c.pairs))
		change.Head += head / float64(len(c.pairs))
	}
	change.Text = fmt.Sprintf("%s of allocations a request (%s → %s)", figures.Added(change.Head/change.Base-1), figures.Digits(change.Base), figures.Digits(change.Head))
	return change, true
}
