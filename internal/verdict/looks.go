package verdict

import (
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/verdict/failures"
)

// Looks. To look at rounds early saves their time and costs a test, and many tests
// of one level find something in nothing. So the level is spent: each confirming look
// has its share, and they add up to all of it (Bonferroni over the looks, as crude as
// it is safe: the early shares are so small that the last one hardly misses them).
// Where the time ends the looks earlier than planned, the last one made has what is
// left: the clock knows nothing of the figures.
//
// The screening accuses nobody and spends nothing.

const (
	// LeastPairs is the fewest process pairs that decide about speed. The luck of one
	// process is in all of its rounds, and of fewer pairs nobody knows how much luck
	// differs.
	LeastPairs = 8
	// firstLook is how many pairs the screening has at the first of its looks.
	firstLook   = LeastPairs
	screenLooks = 3
	// confirmReserve is for how many fresh pairs of a suspected group the screening leaves
	// time: its test has one value of a pair, and needs more of them than one of slices.
	confirmReserve = 20
	// peakReserve is that for suspected memory. Each pair has one value of it, so that n
	// pairs have no p below 2⁻ⁿ: of ten metrics one is found with eleven.
	peakReserve = 12
	// leastStep is the fewest pairs that are worth starting gateways for.
	leastStep = 3
	// OneStagePairs is how many pairs one stage takes at most: with one more there is
	// room for two stages.
	OneStagePairs = LeastPairs + confirmFirst - 1

	confirmFirst = 10
	lastLevel    = 0.80
	// improvePairs is for possible improvements, which get one look.
	improvePairs = 20
)

// confirmLooks are the looks at fresh process pairs, with their shares of the level.
var confirmLooks = []bench.Look{
	{Pairs: confirmFirst, Level: 0.05},
	{Pairs: 20, Level: 0.15},
	{Pairs: ConfirmRounds, Level: lastLevel},
}

// firstAttempt is the share of the level that the first attempt at two commits has.
// Each further one has half of what is left.
const firstAttempt = 0.8

// level is what all looks of this gate share: alpha less what the error rates have,
// and less what other attempts have. Nobody knows at the first whether there will be
// another.
func (a analysis) level() float64 {
	level := firstAttempt * (a.Alpha - failures.Looks*failures.Level(a.Alpha))
	if a.Attempt > 1 {
		level *= (1 - firstAttempt) / firstAttempt
	}
	for range a.Attempt - 1 {
		level /= 2
	}
	return level
}

// confirming are the looks at fresh rounds that can accuse.
func (a analysis) confirming() []bench.Look {
	var all []bench.Look
	for _, l := range a.Looks {
		if l.Stage == bench.Confirm && l.Level > 0 {
			all = append(all, l)
		}
	}
	return all
}

// levels are those of the last look: its own, and with what earlier looks have left.
// Rounds without looks, of older files, were looked at once. Where all process pairs
// decide, looks at too few fresh ones have decided nothing.
func (a analysis) levels() (own, left float64) {
	own, left = 1, 1
	if a.OneStage {
		return a.level(), a.level()
	}
	for i, l := range a.confirming() {
		if i > 0 {
			left -= own
		}
		own = l.Level
	}
	return own * a.level(), left * a.level()
}
