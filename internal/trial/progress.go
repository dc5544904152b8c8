package trial

import (
	"fmt"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Progress is how far a trial has come. A step is one scenario of one round.
type Progress struct {
	Stage     bench.Stage
	Unit      string // what Round and Rounds count: a process pair, or a round of one gateway
	Round     int    // of this stage, from 1; void rounds count
	Rounds    int    // expected of this stage; changes with the budget and with void rounds. 0: not known yet
	Scenario  string // what is measured now; empty while gateways start
	Done      int    // steps
	Total     int    // steps
	Elapsed   time.Duration
	Remaining time.Duration // estimated, at most the rest of the budget
}

// Place is where a trial is: "process pair 3 of at most 15", or without the number that
// there will be, where that is not known yet.
func (p Progress) Place() string {
	if p.Rounds == 0 {
		return fmt.Sprintf("%s %d", p.Unit, p.Round)
	}
	return fmt.Sprintf("%s %d of at most %d", p.Unit, p.Round, p.Rounds)
}

// Fewer is how many rounds there will be at most, by what was said before, 0 for nothing,
// and by what is known now: what a reader is told does not grow.
func (p Progress) Fewer(before int) int {
	if before == 0 || p.Rounds < before {
		return p.Rounds
	}
	return max(before, p.Round)
}

// report tells progress what comes next; scenario is empty while gateways start.
func (e *execution) report(scenario string) {
	elapsed := e.elapsed()
	expected := e.expected()
	p := Progress{
		Stage:     e.schedule.Stage,
		Unit:      e.schedule.unit(),
		Round:     e.schedule.Before + e.units(e.measured+1),
		Rounds:    e.schedule.Before + e.units(expected),
		Scenario:  scenario,
		Done:      e.steps,
		Total:     expected * len(e.schedule.Scenarios),
		Elapsed:   elapsed,
		Remaining: max(0, e.schedule.Budget-elapsed),
	}
	if e.schedule.Scout {
		p.Rounds = 0
	}
	if e.steps > 0 {
		perStep := float64(elapsed) / float64(e.steps)
		p.Remaining = min(p.Remaining, time.Duration(perStep*float64(p.Total-p.Done)))
	}
	e.progress(p)
}

// unit is what a stage is counted in.
func (p Schedule) unit() string {
	if len(p.gateways()) == 2 {
		return "process pair"
	}
	return "round"
}

// units is how many units of the schedule a number of rounds are, begun ones included.
func (e *execution) units(rounds int) int {
	if len(e.schedule.gateways()) == 2 {
		return (rounds + e.restart - 1) / e.restart
	}
	return rounds
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
