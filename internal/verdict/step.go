package verdict

import (
	"cmp"
	"fmt"

	"github.com/org/proxy-bench-action/internal/behaviour/changes"
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

// AllDecide says whether all process pairs of the screening decide after this step.
func (s Step) AllDecide() bool { return s.Look.Stage == bench.Screen && s.Look.Level > 0 }

// Next says what to measure after the rounds that there are; false when nothing is
// left to measure, or no time. It is asked again after every step, with the rounds
// and the look of the step added to the evidence.
//
// In two stages it is: the screening; again what its first look leaves open; what it
// suspects, on fresh rounds, until a look finds a regression or sees that there is
// none; and possible improvements, when there is time for them. In one stage it is
// all process pairs that there is time for, and one look.
//
// Where the time ends before suspects can be measured again, a last look has all process
// pairs of the screening decide, as in one stage. It has the whole level, which nobody
// has spent: the clock, which knows nothing of the figures, chose it. Those that an
// earlier look cleared have fewer pairs and were not asked twice.
func Next(p bench.Policy, e Evidence, room Room) (Step, bool) {
	wanted := cmp.Or(e.Pairs, ScreenRounds)
	if e.OneStage {
		all := bench.Look{Stage: bench.Screen, Level: 1}
		next, more := step(all, nil, 0, cmp.Or(e.Pairs, OneStagePairs), room(nil), "")
		return next, more && len(e.Looks) == 0
	}
	if len(e.Looks) == 0 {
		return step(bench.Look{Stage: bench.Screen}, nil, 0, min(wanted, firstLook), room(nil), "")
	}
	a := analyse(p, e)
	s := a.screening()
	if s.decided {
		return Step{}, false
	}
	if next, more := a.screenOn(s, wanted, room); more {
		return next, true
	}
	if next, more := a.confirmOn(s, room); more {
		return next, true
	}
	if last, due := a.allDecide(s); due {
		return last, true
	}
	return a.improveOn(s, room)
}

// step is as many of the wanted process pairs as there is room for, after those of
// the stage that there are.
func step(look bench.Look, scenarios []string, done, wanted, room int, reason string) (Step, bool) {
	pairs := min(wanted, room)
	look.Pairs = done + pairs
	return Step{Look: look, Scenarios: scenarios, Pairs: pairs, Reason: reason}, pairs > 0
}

// screenOn is the next part of the screening, of what its looks have left open. Each
// leaves less.
func (a analysis) screenOn(s screening, wanted int, room Room) (Step, bool) {
	// Without those of earlier attempts, which decide as well.
	done, cells := a.Looks[len(a.Looks)-1].Pairs, s.open
	if len(a.Looks) >= screenLooks || len(a.confirming()) > 0 || len(cells) == 0 {
		return Step{}, false
	}
	if len(cells) == len(a.Scenarios) {
		cells = nil
	}
	pairs := (wanted - done) / (screenLooks - len(a.Looks))
	// What is suspected now is what would be confirmed: that needs its time as well.
	fits := room(cells) - LeastPairs
	if s.suspicion[worse].peaks() {
		fits = room(cells) - peakReserve
	}
	if s.found.Group != "" {
		fresh := max(1, room(s.found.Confirm))
		fits = min(fits, room(cells)*(fresh-confirmReserve)/fresh)
	}
	if fits < leastStep {
		return Step{}, false
	}
	return step(bench.Look{Stage: bench.Screen}, cells, done, pairs, fits, fmt.Sprintf("%d of %d scenarios are not clear yet", len(s.open), len(a.Scenarios)))
}

// confirmOn is the next part of the confirming.
func (a analysis) confirmOn(s screening, room Room) (Step, bool) {
	cells, made := s.found.Confirm, a.confirming()
	if len(cells) == 0 || len(made) >= len(confirmLooks) || len(made) > 0 && a.settled(s) {
		return Step{}, false
	}
	done := 0
	if len(made) > 0 {
		done = made[len(made)-1].Pairs
	}
	fits := min(room(cells), s.found.Rounds-done)
	if least := leastStep; fits < least || done == 0 && fits < LeastPairs {
		return Step{}, false
	}
	left := 1.0
	for _, l := range made {
		left -= l.Level
	}
	for _, l := range confirmLooks[len(made):] {
		if l.Pairs-done < leastStep {
			continue
		}
		pairs := l.Pairs - done
		if last := l.Level == lastLevel || fits-pairs < leastStep; last {
			l.Level, pairs = left, fits
		}
		return step(bench.Look{Stage: bench.Confirm, Level: l.Level}, cells, done, pairs, fits, s.found.Reason)
	}
	return Step{}, false
}

// allDecide is the look of a gate that has suspects, and no time for fresh pairs enough.
func (a analysis) allDecide(s screening) (Step, bool) {
	suspected := len(s.found.Suspects) > 0 || s.found.Group != ""
	due := suspected && a.fresh.Pairs() < LeastPairs && a.screened >= LeastPairs
	return Step{Look: bench.Look{Stage: bench.Screen, Pairs: a.screened, Level: 1}, Reason: s.found.Reason}, due
}

// improveOn tries to confirm possible improvements, whatever else was found: who made
// one thing slower and another one faster wants to know both.
func (a analysis) improveOn(s screening, room Room) (Step, bool) {
	last := a.Looks[len(a.Looks)-1]
	tried := last.Stage == bench.Confirm && last.Level == 0
	cells := s.found.Improvements
	if _, lost := changes.Judge(a.Policy, a.Facts); lost != "" {
		return Step{}, false // they would be none
	}
	if tried || len(cells) == 0 || room(cells) < LeastPairs {
		return Step{}, false
	}
	return step(bench.Look{Stage: bench.Confirm}, cells, 0, improvePairs, room(cells), "possible improvements")
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
		e.OneStage = e.OneStage || next.AllDecide()
	}
}

// Unlimited is the room of those who have all the time that they want.
func Unlimited([]string) int { return ConfirmRounds }
