package trial

import (
	"context"
	"fmt"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Result is what a trial has measured, whole rounds only.
type Result struct {
	Rounds   []bench.Round // void ones included; reduced, without observations
	Validity bench.Validity
	Restart  int   // rounds that shared a gateway process
	Done     Count // for the Settings of the next stage
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
// When an error or the end of ctx stops it, Run returns the complete rounds,
// marked incomplete. Requests that fail end the trial with a [*Failure].
func Run(ctx context.Context, schedule Schedule, rig Rig, now func() time.Time, progress func(Progress)) (Result, error) {
	e := &execution{
		schedule: schedule, rig: rig, now: now, progress: progress,
		started: now(), restart: 1, processes: schedule.Done.Processes,
		idle: make(map[bench.Arm]int64),
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
	measured, valid int // rounds of this stage
	void            []voided
	steps           int

	restart   int // rounds per process
	age       int // rounds that the running processes have served
	processes int // started so far, of each gateway
	idle      map[bench.Arm]int64

	started, roundStarted time.Time
	// The longest so far; separate, because not every round starts gateways.
	longestStart, longestWork time.Duration
	first, last               Machine // at the start of the first round and the end of the last
}

func (e *execution) elapsed() time.Duration { return e.now().Sub(e.started) }

func (e *execution) run(ctx context.Context) error {
	for e.another() {
		number := e.schedule.Done.Rounds + e.measured + 1
		if err := e.round(ctx, e.schedule.Order(number)); err != nil {
			return fmt.Errorf("round %d, dropped: %w", number, err)
		}
	}
	return nil
}

// another is true when one more round is wanted and fits the budget.
func (e *execution) another() bool {
	if e.valid >= e.schedule.Rounds || e.measured >= e.mostRounds() {
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
	if e.startIsDue() {
		if err := e.start(ctx, o.Start); err != nil {
			return err
		}
	}
	started := e.now()
	rounds, err := e.turns(ctx, o)
	if err != nil {
		return err
	}
	after, err := e.rig.Machine()
	if err != nil {
		return fmt.Errorf("reading the machine's counters: %w", err)
	}
	e.add(rounds, before, after, started)
	return nil
}

// add counts a finished round and updates the estimates of times; its turns began
// at started.
func (e *execution) add(rounds []bench.Round, before, after Machine, started time.Time) {
	end := e.now()
	d := disturbanceBetween(before, after, end.Sub(e.roundStarted))
	void := d.void()
	if void == "" {
		e.valid++
	} else {
		e.void = append(e.void, voided{rounds[0].Round, d.severity(), void})
	}
	for i := range rounds { // all arms and scenarios of the round
		rounds[i].Void = void
	}
	e.rounds = append(e.rounds, rounds...)
	if e.measured == 0 {
		e.first = before
		if len(e.schedule.gateways()) > 0 {
			e.restart = roundsPerProcess(started.Sub(e.roundStarted), end.Sub(e.roundStarted), e.schedule.Rounds)
		}
	}
	e.last = after
	e.measured++
	e.age++
	e.longestStart = max(e.longestStart, started.Sub(e.roundStarted))
	e.longestWork = max(e.longestWork, end.Sub(started))
}

// start starts the gateways afresh and reads their memory before any load.
func (e *execution) start(ctx context.Context, order []bench.Arm) error {
	if err := ended(ctx, e.rig.Fresh(ctx, order)); err != nil {
		return fmt.Errorf("fresh start of %v: %w", order, err)
	}
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

// turns warms up and measures every scenario. It reduces each before the next
// begins, so that memory does not grow with the suite.
func (e *execution) turns(ctx context.Context, o Order) ([]bench.Round, error) {
	for _, s := range e.schedule.warmUps() {
		for _, arm := range e.schedule.Arms {
			warm, err := e.rig.WarmUp(ctx, arm, s, e.schedule.WarmUp)
			if err = ended(ctx, err); err != nil {
				return nil, fmt.Errorf("%s %s, warm-up: %w", arm, s, err)
			}
			if err := checkWarmUp(warm, arm, s); err != nil {
				return nil, err
			}
		}
	}
	var rounds []bench.Round
	for _, t := range o.Turns {
		e.report(t.Scenario.ID())
		reduced, err := e.turn(ctx, t)
		if err != nil {
			return nil, err
		}
		for _, r := range reduced {
			r.Round, r.Stage = o.Round, e.schedule.Stage
			rounds = append(rounds, r)
		}
		e.steps++
	}
	return rounds, nil
}

// ended replaces the rig's error by the reason for which ctx ended, if it has.
func ended(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return context.Cause(ctx)
	}
	return err
}

// Progress is how far a trial has come. A step is one scenario of one round.
type Progress struct {
	Stage     bench.Stage
	Round     int    // of this stage, from 1; void rounds count
	Rounds    int    // expected of this stage; changes with the budget and with void rounds
	Scenario  string // what is measured now; empty while gateways start
	Done      int    // steps
	Total     int    // steps
	Elapsed   time.Duration
	Remaining time.Duration // estimated, at most the rest of the budget
}

// report tells progress what comes next; scenario is empty while gateways start.
func (e *execution) report(scenario string) {
	elapsed := e.elapsed()
	p := Progress{
		Stage:     e.schedule.Stage,
		Round:     e.measured + 1,
		Rounds:    e.expected(),
		Scenario:  scenario,
		Done:      e.steps,
		Elapsed:   elapsed,
		Remaining: max(0, e.schedule.Budget-elapsed),
	}
	p.Total = p.Rounds * len(e.schedule.Scenarios)
	if e.steps > 0 {
		perStep := float64(elapsed) / float64(e.steps)
		p.Remaining = min(p.Remaining, time.Duration(perStep*float64(p.Total-p.Done)))
	}
	e.progress(p)
}

// expected estimates the number of rounds of this stage: those of the schedule
// that fit the budget, with the one under way.
func (e *execution) expected() int {
	want := min(e.measured+e.schedule.Rounds-e.valid, e.mostRounds())
	if e.measured == 0 {
		return want
	}
	left := e.schedule.Budget - e.roundStarted.Sub(e.started)
	fit := int(left / max(1, e.longestRound()))
	return max(e.measured+1, min(want, e.measured+fit))
}
