package trial

import (
	"cmp"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// What a gate needs of its time budget.
const (
	// FewestPairs decide; WantedPairs is what scenarios are left out for.
	FewestPairs = 8
	WantedPairs = 10
	// twoStages is the fewest process pairs with which a screening and fresh pairs to
	// confirm it find more than one stage in which all of them decide.
	twoStages = 18
	// startShare is the share of the budget that starting may take before there are
	// fewer process pairs.
	startShare = 0.5
	// mostSharing is how many rounds share a process pair at most: each tells less
	// than the one before it.
	mostSharing = 4
)

// Offer is a suite, what it costs, and the time that there is.
type Offer struct {
	Suite  []bench.Scenario
	Costs  Costs         // of the first process pair
	Budget time.Duration // all of it
	Left   time.Duration // of it, after the first process pair
	Cycles int           // per scenario and round; 0: the default
	// Machines that measure the same; 0 and 1: this one alone.
	Machines int
}

// Fewest is how many process pairs of its own a machine needs so that there are enough
// to decide over all.
func (o Offer) Fewest() int { return ofEach(FewestPairs, o.Machines) }

// ofEach is how many of some process pairs each of several machines measures, where one
// of them may fail.
func ofEach(pairs, machines int) int {
	if machines < 2 {
		return pairs
	}
	return max(2, (pairs+machines-2)/(machines-1))
}

// Fit is what fits the budget.
type Fit struct {
	Kept, LeftOut []bench.Scenario // in the order of the suite
	Pairs         int              // process pairs of what is kept, with the first one
	OneStage      bool             // there is no room for two stages
	Cycles        int              // per scenario and round
	Sharing       int              // rounds of a process pair
}

// Fit leaves out scenarios, in a fixed order, until [WantedPairs] process pairs fit:
// those with the most requests in flight first, of these the largest bodies. Where
// starting takes more than half of the budget for that, fewer pairs do, but not fewer
// than [FewestPairs]; for these the rounds get shorter, if that helps. One scenario
// of each mode, and a paced stream, are never left out.
//
// Time that is left beside whole pairs makes the rounds longer, where all of them
// decide: in two stages it is for the second one.
func (o Offer) Fit() Fit {
	if o.Cycles == 0 {
		o.Cycles = DefaultCycles
	}
	least := keepers(o.Suite)
	f := Fit{Cycles: o.Cycles, Sharing: 1}
	wanted := wantedPairs(o.Costs.Start(), o.Budget, o.Machines)
	for o.pairs(least, f) < o.Fewest() && f.Cycles > MinCycles {
		f.Cycles--
	}
	if o.pairs(least, f) < o.Fewest() { // nothing helps
		f.Cycles = o.Cycles
	}
	goal := min(wanted, o.pairs(least, f))
	kept := ranked(o.Suite)
	for len(kept) > len(least) && (!o.Costs.Known(kept[len(kept)-1]) || o.pairs(kept, f) < goal) {
		kept = kept[:len(kept)-1]
	}
	for _, s := range o.Suite {
		if slices.Contains(kept, s) {
			f.Kept = append(f.Kept, s)
		} else {
			f.LeftOut = append(f.LeftOut, s)
		}
	}
	f.Pairs = o.pairs(f.Kept, f)
	f.OneStage = f.Pairs < twoStages
	if f.OneStage && f.Pairs > 1 {
		f = o.fill(f)
	}
	return f
}

// fill makes the rounds as long as the number of process pairs allows, first by
// cycles, then by further rounds of the same pair.
func (o Offer) fill(f Fit) Fit {
	for longer := f; longer.Cycles < MaxCycles; {
		longer.Cycles++
		if o.pairs(f.Kept, longer) < f.Pairs {
			return f
		}
		f = longer
	}
	for more := f; more.Sharing < mostSharing; {
		more.Sharing++
		if o.pairs(f.Kept, more) < f.Pairs {
			return f
		}
		f = more
	}
	return f
}

// pairs is how many process pairs of the scenarios there can be, with the first one.
func (o Offer) pairs(scenarios []bench.Scenario, f Fit) int {
	return 1 + o.Costs.Pairs(o.Left, scenarios, f.Cycles, f.Sharing)
}

// Takes is the time budget with room for a number of process pairs of the scenarios.
func (o Offer) Takes(pairs int, scenarios []bench.Scenario) time.Duration {
	each := o.Costs.Pair(scenarios, cmp.Or(o.Cycles, DefaultCycles), 1)
	first := max(each, o.Budget-o.Left)
	return first + time.Duration(pairs-1)*each
}

// wantedPairs is how many process pairs scenarios are left out for, on each machine.
func wantedPairs(start, budget time.Duration, machines int) int {
	affordable := int(startShare * float64(budget) / float64(max(1, start)))
	return max(ofEach(FewestPairs, machines), min(ofEach(WantedPairs, machines), affordable))
}

// keepers are the scenarios that are never left out: of each mode, and of paced
// streams, the one with a single request in flight and a body of 1 KB, or else the
// smallest.
func keepers(suite []bench.Scenario) []bench.Scenario {
	var all []bench.Scenario
	for _, s := range suite {
		at := slices.IndexFunc(all, func(k bench.Scenario) bool { return k.Mode == s.Mode && k.Paced == s.Paced })
		switch {
		case at < 0:
			all = append(all, s)
		case usual(all[at]):
		case usual(s) || smaller(s, all[at]) < 0:
			all[at] = s
		}
	}
	return all
}

func usual(s bench.Scenario) bool { return s.Concurrency == 1 && s.BodyBytes == 1024 && !s.Mix }

// smaller compares by requests in flight, then by what is sent and answered.
func smaller(a, b bench.Scenario) int {
	return cmp.Or(cmp.Compare(a.Concurrency, b.Concurrency), cmp.Compare(a.BodyBytes, b.BodyBytes), cmp.Compare(a.Answer, b.Answer))
}

// ranked has what is never left out first, and last what goes first.
func ranked(suite []bench.Scenario) []bench.Scenario {
	all := keepers(suite)
	rest := slices.DeleteFunc(slices.Clone(suite), func(s bench.Scenario) bool { return slices.Contains(all, s) })
	slices.SortStableFunc(rest, smaller)
	return append(all, rest...)
}
