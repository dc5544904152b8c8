package verdict

import (
	"cmp"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Step is what a gate measures next, and the look at it that follows.
type Step struct {
	Look      bench.Look
	Scenarios []string // nil: all
	Pairs     int      // process pairs to measure now
	Reason    string   // for people
}

// Room is for how many process pairs of some scenarios, nil for all, there is time
// left.
type Room func(scenarios []string) int

// Next says what to measure after the rounds that there are; false when nothing is
// left to measure, or no time. It is asked again after every step, with the rounds
// and the look of the step added to the evidence.
func Next(p bench.Policy, e Evidence, room Room) (Step, bool) {
	if len(e.Looks) == 0 {
		return step(bench.Screen, nil, cmp.Or(e.Pairs, ScreenRounds), room, "")
	}
	found := Screen(p, e)
	var todo []Step
	if len(found.Confirm) > 0 {
		todo = append(todo, Step{Scenarios: found.Confirm, Pairs: found.Rounds, Reason: found.Reason})
	}
	if len(found.Improvements) > 0 {
		todo = append(todo, Step{Scenarios: found.Improvements, Pairs: ConfirmRounds, Reason: "possible improvements"})
	}
	done := len(e.Looks) - 1
	if done >= len(todo) {
		return Step{}, false
	}
	next := todo[done]
	return step(bench.Confirm, next.Scenarios, next.Pairs, room, next.Reason)
}

// step is as many of the wanted process pairs as there is time for.
func step(stage bench.Stage, scenarios []string, wanted int, room Room, reason string) (Step, bool) {
	pairs := min(wanted, room(scenarios))
	return Step{Look: bench.Look{Stage: stage, Pairs: pairs}, Scenarios: scenarios, Pairs: pairs, Reason: reason}, pairs > 0
}

// InSteps makes one whole gate from a source of rounds: every step that [Next] asks
// for, and the decision. e has the scenarios and the seed; measure returns the rounds
// of a step.
func InSteps(p bench.Policy, e Evidence, room Room, measure func(Step) []bench.Round) bench.Verdict {
	for {
		next, more := Next(p, e, room)
		if !more {
			return Decide(p, e)
		}
		e.Rounds = append(e.Rounds, measure(next)...)
		e.Looks = append(e.Looks, next.Look)
	}
}

// Unlimited is the room of those who have all the time that they want.
func Unlimited([]string) int { return ConfirmRounds }
