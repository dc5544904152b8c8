package trial

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Result is what a trial has measured, whole rounds only.
type Result struct {
	Rounds   []bench.Round // void ones included; reduced, without observations
	Validity bench.Validity
	Restart  int    // rounds that shared a gateway process
	Done     Count  // for the Settings of the next stage
	Warmth   Warmth // the same
	Costs    Costs  // the same

	Unmeasured []bench.Unmeasured
	WarmUps    []bench.WarmUp
}

// Run measures schedule with rig. now is the clock, with a monotonic reading;
// progress is called before each step and must return soon.
//
// After the first round, no round starts that would exceed the budget if it took
// as long as the longest so far. A round during which the machine was disturbed is
// void. It stays in the result and is measured again within the budget, for at
// most half as many rounds as planned. If the budget ends before that, the least
// disturbed of the void rounds count, with a warning.
//
// Every round is bounded in time; see bound.go. A scenario in which an arm's requests
// fail is left out and the others go on; only a trial that could measure none ends
// with a [*Failure].
//
// When an error or the end of ctx stops it, Run returns the complete rounds,
// marked incomplete.
func Run(ctx context.Context, schedule Schedule, rig Rig, now func() time.Time, progress func(Progress)) (Result, error) {
	e := &execution{
		schedule: schedule, rig: rig, now: now, progress: progress,
		started: now(), restart: max(1, schedule.Sharing), processes: schedule.Done.Processes,
		idle: make(map[bench.Arm]int64), needs: maps.Clone(schedule.Warmth), costs: schedule.Costs.copied(),
	}
	if e.needs == nil {
		e.needs = Warmth{}
	}
	err := e.run(ctx)
	return e.result(err), err
}

// execution is the state of one Run.
type execution struct {
	schedule Schedule
	rig      Rig
	now      func() time.Time
	progress func(Progress)

	rounds          []bench.Round
	current         []bench.Round // of the round that is measured now
	measured, valid int           // rounds of this stage
	void            []voided
	steps           int

	warmUps    []bench.WarmUp
	needs      Warmth
	costs      Costs
	unmeasured []bench.Unmeasured
	failure    *Failure   // the first one
	silent     []*Failure // of the warm-up of the running processes
	skipped    map[bench.Scenario]int

	restart   int // rounds per process
	age       int // rounds that the running processes have served
	processes int // started so far, of each gateway
	left      int // the last of them that Leave was called for
	idle      map[bench.Arm]int64

	started, roundStarted time.Time
	ready                 time.Time // when the gateways were, the last time
	workEnd, roundEnd     time.Time // when the turns should and must be over
	// The longest so far; separate, because not every round starts gateways.
	longestReady, longestStart, longestWork time.Duration // longestStart with the warm-up
	first, last                             Machine       // at the start of the first round and the end of the last
}

func (e *execution) elapsed() time.Duration { return e.now().Sub(e.started) }

func (e *execution) run(ctx context.Context) error {
	for e.another() {
		number := e.schedule.Done.Rounds + e.measured + 1
		if err := e.round(ctx, e.schedule.Order(number)); err != nil {
			return fmt.Errorf("round %d, dropped: %w", number, err)
		}
		// What failed may go well with another process. With no figure at all after
		// one round, it is the gateway as it is.
		if len(e.rounds) == 0 && e.schedule.Done.Rounds == 0 && e.failure != nil {
			return fmt.Errorf("round %d, dropped: %w", number, e.failure)
		}
		if e.startIsDue() {
			if err := e.leave(ctx); err != nil {
				return err
			}
		}
	}
	return e.leave(ctx)
}

// leave gives the rig its turn with the gateways that have served their rounds, once.
func (e *execution) leave(ctx context.Context) error {
	if e.age == 0 || e.left == e.processes || len(e.schedule.gateways()) == 0 {
		return nil
	}
	e.left = e.processes
	return ended(ctx, e.rig.Leave(ctx, e.processes))
}

// another is true when one more round is wanted and fits the budget.
func (e *execution) another() bool {
	if e.valid >= e.schedule.Rounds || e.measured >= e.mostRounds() || !slices.ContainsFunc(e.schedule.Scenarios, e.tried) {
		return false
	}
	return e.measured == 0 || e.elapsed()+e.longestRound() <= e.schedule.Budget
}

// mostRounds is the most rounds, with those that replace void ones.
func (e *execution) mostRounds() int { return e.schedule.Rounds + e.schedule.Rounds/2 }

// longestRound is the time that is planned for the next round.
func (e *execution) longestRound() time.Duration {
	if e.startIsDue() {
		return e.longestStart + e.longestWork
	}
	return e.longestWork
}

func (e *execution) startIsDue() bool { return e.age == 0 || e.age >= e.restart }

// round measures one round and adds it, or returns an error and adds nothing.
func (e *execution) round(ctx context.Context, o Order) error {
	e.roundStarted = e.now()
	e.report("")
	before, err := e.rig.Machine()
	if err != nil {
		return fmt.Errorf("reading the machine's counters: %w", err)
	}
	e.ready = e.roundStarted
	if e.startIsDue() {
		if err := e.start(ctx, o.Start); err != nil {
			return err
		}
		e.ready = e.now()
		if err := e.warmUp(ctx); err != nil {
			return err
		}
	}
	begun := e.now()
	if err := e.turns(ctx, o); err != nil {
		return err
	}
	after, err := e.rig.Machine()
	if err != nil {
		return fmt.Errorf("reading the machine's counters: %w", err)
	}
	e.add(before, after, begun)
	return nil
}

// add counts a finished round and updates the estimates of times; its turns began
// at begun.
func (e *execution) add(before, after Machine, begun time.Time) {
	end := e.now()
	if len(e.current) > 0 {
		e.judge(disturbanceBetween(before, after, end.Sub(e.roundStarted)))
	}
	if e.measured == 0 {
		e.first = before
		if len(e.schedule.gateways()) == 1 && e.schedule.Sharing == 0 {
			e.restart = roundsPerProcess(e.ready.Sub(e.roundStarted), end.Sub(e.roundStarted), e.schedule.Rounds)
		}
	}
	e.last = after
	e.measured++
	e.age++
	e.longestReady = max(e.longestReady, e.ready.Sub(e.roundStarted))
	e.longestStart = max(e.longestStart, begun.Sub(e.roundStarted))
	if len(e.schedule.Warmth) == 0 && e.age == 1 && e.processes == e.schedule.Done.Processes+2 {
		e.longestStart = begun.Sub(e.roundStarted) // the first was warmed for longer, to learn what is needed
	}
	e.longestWork = max(e.longestWork, end.Sub(begun))
}

// judge keeps the round that was measured, void or not.
func (e *execution) judge(d disturbance) {
	void := d.void()
	if void == "" {
		e.valid++
	} else {
		e.void = append(e.void, voided{e.current[0].Round, d.severity(), void})
	}
	for i := range e.current { // all arms and scenarios of the round
		e.current[i].Void = void
	}
	e.rounds = append(e.rounds, e.current...)
	e.current = nil
}

// start starts the gateways afresh and reads their memory before any load.
func (e *execution) start(ctx context.Context, order []bench.Arm) error {
	began := e.now()
	if err := ended(ctx, e.rig.Fresh(ctx, order)); err != nil {
		return fmt.Errorf("fresh start of %v: %w", order, err)
	}
	e.costs.starts = append(e.costs.starts, e.now().Sub(began))
	e.age = 0
	if len(order) > 0 {
		e.processes++
	}
	for _, arm := range order {
		usage, err := e.usage(ctx, arm)
		if err != nil {
			return fmt.Errorf("%s: %w", arm, err)
		}
		e.idle[arm] = usage.RSS
	}
	return nil
}

// turns measures every scenario. It reduces each before the next begins, so that
// memory does not grow with the suite.
func (e *execution) turns(ctx context.Context, o Order) error {
	e.current = nil
	turns := slices.DeleteFunc(slices.Clone(o.Turns), func(t Turn) bool { return !e.tried(t.Scenario) })
	e.bound(turns)
	for i, t := range turns {
		if e.late() {
			e.skip(turns[i:])
			return nil
		}
		if e.unheard(o.Round, t.Scenario) {
			continue
		}
		allotted, more := e.allotted(turns[i:])
		if !more {
			return nil
		}
		e.report(t.Scenario.ID())
		reduced, err := e.turn(ctx, o.Round, t, allotted)
		if err != nil {
			return err
		}
		for _, r := range reduced {
			r.Round, r.Stage = o.Round, e.schedule.Stage
			e.current = append(e.current, r)
		}
		e.steps++
	}
	return nil
}

func (e *execution) tried(s bench.Scenario) bool { return !e.givenUp(s) }

// ended replaces the rig's error by the reason for which ctx ended, if it has.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}
