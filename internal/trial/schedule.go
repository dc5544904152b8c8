package trial

import (
	"errors"
	"fmt"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// What a Settings field means when it is zero.
const (
	DefaultBudget    = 4 * time.Minute
	DefaultWarmUp    = 20
	DefaultCycles    = 5
	DefaultSliceTime = 10 * time.Millisecond
)

// Bounds of the cycles per scenario and round: fewer than two interleave nothing;
// more than twelve leave time for too few rounds.
const (
	MinCycles = 2
	MaxCycles = 12
)

// autoRounds is how many rounds an automatic schedule aims at in DefaultBudget and
// in anything shorter; a longer budget aims at more in proportion.
const autoRounds = 10

// Settings is what a schedule is made from. The zero value of a field is its default.
type Settings struct {
	Scenarios []bench.Scenario
	Arms      []bench.Arm // {direct}, {direct, head} or {direct, base, head}, in any order
	Rounds    int         // 0: as many as the budget gives, see Schedule.Rounds
	Budget    time.Duration
	WarmUp    int // requests per connection before anything is measured
	// Cycles of slices per scenario and round. A cycle is two slices of each arm:
	// all arms in random order, then in reverse. With two gateways, the direct arm
	// is in every other cycle.
	Cycles    int
	SliceTime time.Duration // shortest slice
	Seed      uint64
	Stage     bench.Stage // Screen
	// Done is what earlier stages of the same run have measured: rounds and
	// processes are counted through all stages.
	Done Count
	// Warmth is what the earlier stages have learned; nil: nothing.
	Warmth Warmth
	Costs  Costs // the same

	// Step is true for a part of a measurement: whoever asks for the parts judges
	// whether they are enough.
	Step bool
	// Scout is true for the first process pair of a gate, from which a plan is made;
	// see scout.go.
	Scout bool
	// Machines that measure the same, of which this is one; 0 and 1: there is no other.
	Machines int
	// Sharing is how many rounds a process serves. 0: one beside another gateway; alone,
	// as many as bring the share of starting down.
	Sharing int
	// Before is how many process pairs, or rounds of one gateway, the stage has already.
	// It is for the progress.
	Before int
}

// Count is the rounds measured and the processes started so far.
type Count struct{ Rounds, Processes int }

// Schedule is Settings with every default filled in. It is a pure value.
type Schedule struct{ Settings }

// NewSchedule fills in the defaults and checks the rest. With Rounds 0 the schedule
// aims at ten rounds, and in a budget above the default at ten for every four
// minutes; the budget decides how many of them are measured.
func NewSchedule(s Settings) (Schedule, error) {
	s.Scenarios, s.Arms = slices.Clone(s.Scenarios), slices.Clone(s.Arms)
	defaultTo(&s.Budget, DefaultBudget)
	defaultTo(&s.WarmUp, DefaultWarmUp)
	defaultTo(&s.Cycles, DefaultCycles)
	defaultTo(&s.SliceTime, DefaultSliceTime)
	defaultTo(&s.Stage, bench.Screen)
	defaultTo(&s.Rounds, int(autoRounds*max(s.Budget, DefaultBudget)/DefaultBudget))
	return Schedule{s}, s.check()
}

func defaultTo[T comparable](field *T, value T) {
	var zero T
	if *field == zero {
		*field = value
	}
}

func (s Settings) check() error {
	var mistakes []error
	refuse := func(format string, args ...any) { mistakes = append(mistakes, fmt.Errorf(format, args...)) }
	if len(s.Scenarios) == 0 {
		refuse("no scenarios to measure; the suite needs at least one")
	}
	seen := make(map[bench.Scenario]bool)
	for _, sc := range s.Scenarios {
		if sc.Concurrency < 1 {
			refuse("scenario %s: concurrency %d; it must be at least 1", sc, sc.Concurrency)
		}
		if seen[sc] {
			refuse("scenario %s is listed twice", sc)
		}
		seen[sc] = true
	}
	if !knownArms(s.Arms) {
		refuse("arms %v; a trial has direct, direct and head, or direct, base and head", s.Arms)
	}
	if s.Rounds < 0 || s.Budget < 0 || s.WarmUp < 0 || s.SliceTime < 0 || s.Done.Rounds < 0 || s.Done.Processes < 0 || s.Sharing < 0 || s.Before < 0 {
		refuse("rounds, budget, warm-up, slice time, sharing and what is done must not be negative")
	}
	if s.Cycles < MinCycles || s.Cycles > MaxCycles {
		refuse("%d cycles of slices per round; use %d to %d", s.Cycles, MinCycles, MaxCycles)
	}
	if len(mistakes) > 0 {
		return fmt.Errorf("schedule of the trial: %w", errors.Join(mistakes...))
	}
	return nil
}

func knownArms(arms []bench.Arm) bool {
	for _, list := range [][]bench.Arm{{bench.Direct}, {bench.Direct, bench.Head}, {bench.Base, bench.Direct, bench.Head}} {
		if slices.Equal(slices.Sorted(slices.Values(arms)), slices.Sorted(slices.Values(list))) {
			return true
		}
	}
	return false
}

// Order is what is done in one round, in this order.
type Order struct {
	Round int
	Start []bench.Arm // the gateways
	Turns []Turn      // every scenario once
}

// Turn is the order of one scenario's slices in a round.
type Turn struct {
	Scenario bench.Scenario
	Settle   []bench.Arm // one unrecorded slice each; none of a paced stream
	Cycles   [][]bench.Arm
}

// Slices is the order of the slices of all cycles.
func (t Turn) Slices() []bench.Arm { return slices.Concat(t.Cycles...) }

// Order computes the order of a round, counted from 1. It depends on the settings
// and the number of the round alone, so that a later stage can have fewer
// scenarios, and the round that replaces a void one has another order.
func (p Schedule) Order(round int) Order {
	o := Order{Round: round, Start: shuffled(p.gateways(), p.rng(round, "start"))}
	for _, s := range shuffled(p.Scenarios, p.rng(round, "scenarios")) {
		rng := p.rng(round, s.ID())
		if s.Paced {
			o.Turns = append(o.Turns, Turn{Scenario: s, Cycles: p.paced(rng)})
			continue
		}
		t := Turn{Scenario: s, Settle: shuffled(p.Arms, rng)}
		for i := range p.Cycles {
			t.Cycles = append(t.Cycles, mirrored(shuffled(p.cycle(i), rng)))
		}
		o.Turns = append(o.Turns, t)
	}
	return o
}

// cycle is the arms of a cycle. With two gateways every other cycle omits the
// direct path, which is only needed for the overhead: the comparison is between
// the gateways.
func (p Schedule) cycle(i int) []bench.Arm {
	if gateways := p.gateways(); len(gateways) == 2 && i%2 == 1 {
		return gateways
	}
	return p.Arms
}

// mirrored appends the arms in reverse: base and head become ABBA or BAAB. Every
// arm, the direct one too, has the same mean position, so that a steady drift of
// the machine affects all of them alike.
func mirrored(half []bench.Arm) []bench.Arm {
	back := slices.Clone(half)
	slices.Reverse(back)
	return append(half, back...)
}

// SlicesPer is the number of slices of each gateway of a scenario in a round.
func (p Schedule) SlicesPer() int { return 2 * p.Cycles }

func (p Schedule) gateways() []bench.Arm {
	return slices.DeleteFunc(slices.Clone(p.Arms), func(a bench.Arm) bool { return a == bench.Direct })
}

// rng is the source of one decision of a round. Each decision has a source of its
// own, so that a further scenario does not change the slices of the others.
func (p Schedule) rng(round int, decision string) *rand.Rand {
	h := fnv.New64a()
	fmt.Fprintf(h, "%d %s", round, decision) // a hash.Hash never returns an error
	return rand.New(rand.NewPCG(p.Seed, h.Sum64()))
}

func shuffled[T any](list []T, rng *rand.Rand) []T {
	list = slices.Clone(list)
	rng.Shuffle(len(list), func(i, j int) { list[i], list[j] = list[j], list[i] })
	return list
}

// Record is the schedule as a run's file has it; restart is the number of rounds
// per process that the execution chose. The caller fills in API, Answer and
// Fingerprint.
func (p Schedule) Record(restart int) bench.Plan {
	return bench.Plan{
		Arms:      slices.Clone(p.Arms),
		Rounds:    p.Rounds,
		SlicesPer: p.SlicesPer(),
		SliceMin:  p.SliceTime.Seconds(),
		Budget:    p.Budget.Seconds(),
		Restart:   restart,
		WarmUp:    p.WarmUp,
	}
}
