package diagnose

import (
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/summary"
)

// RareStall is rounds whose slowest request takes much longer than nearly all
// others.
var RareStall = Diagnosis{
	Name:  "rare-stall",
	Title: "a rare long stall",
	Look:  "garbage collection pauses, locks held rarely but long, retries, time-outs of about a second, DNS",
	find:  findRareStall,
}

const (
	// stalledShare is the share of the rounds that have to have a stall, and three
	// at least; and the direct path may have a third as many.
	stalledShare = 0.10
	stalledLeast = 3
	directMost   = 1.0 / 3

	// longStall and longTimes make a long stall: so long, and so many times the 95th
	// percentile of the same round. On a machine of which other programs took two
	// thirds, 2 % of the rounds of gateways without faults had one.
	longStall = 0.25
	longTimes = 10

	// shortStall is how much longer than nine of ten the slowest request takes at
	// least, in rounds whose requests are otherwise alike: nine of ten are slower
	// than half of them by steadyMost at most. A busy machine delays requests, too,
	// but by any time: of its delays more are of half that length. What a gateway
	// waits for has a length of its own, and nearTimes as many are that long as are
	// nearly.
	shortStall = 20e-3
	steadyMost = shortStall / 20
	nearTimes  = 2
)

// stalled counts the rounds of an arm in one mode.
type stalled struct {
	rounds, near   int
	longest, usual []float64 // of those with a stall: the slowest request, and what nearly all take at most
	where          []bench.Scenario
}

func (s *stalled) add(at bench.Scenario, longest, usual float64) {
	s.longest, s.usual = append(s.longest, longest), append(s.usual, usual)
	if !slices.Contains(s.where, at) {
		s.where = append(s.where, at)
	}
}

func (s stalled) share() float64 { return float64(len(s.longest)) / float64(max(1, s.rounds)) }

// kind is one kind of stall: how a round is counted, and which share of the
// requests takes no longer than usual.
type kind struct {
	usual string
	count func(s subject, all *stalled, at bench.Scenario, took []float64)
}

var stallKinds = []kind{{"95 %", countLong}, {"90 %", countShort}}

func findRareStall(s subject) []finding {
	var found []finding
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		for _, k := range stallKinds {
			if f, ok := s.stall(mode, k); ok {
				found = append(found, f)
				break
			}
		}
	}
	return found
}

func (s subject) stall(mode bench.Mode, k kind) (f finding, ok bool) {
	own, direct := s.stalls(mode, s.arm, k), s.stalls(mode, bench.Direct, k)
	if len(own.longest) < max(stalledLeast, nearTimes*own.near) ||
		own.share() < s.least(stalledShare) || direct.share() > directMost*own.share() {
		return finding{}, false
	}
	longest, usual := median(own.longest), median(own.usual)
	t := figures.Times(longest, usual)
	return finding{own.where, own.share(), fmt.Sprintf(
		"in %d of %d rounds the slowest request took %s (median) and %s at most %s; without the gateway in %d of %d",
		len(own.longest), own.rounds, t(longest), k.usual, t(usual), len(direct.longest), direct.rounds)}, true
}

func (s subject) stalls(mode bench.Mode, arm bench.Arm, k kind) stalled {
	var all stalled
	for _, at := range s.scenarios {
		if at.Mode != mode || at.Paced { // of which a round has few
			continue
		}
		for _, r := range s.rounds.Of(at.ID(), arm) {
			if d := r.Distribution[mode.Primary()]; len(d) == summary.Levels { // older files have none
				k.count(s, &all, at, d)
			}
		}
	}
	return all
}

func countLong(s subject, all *stalled, at bench.Scenario, took []float64) {
	all.rounds++
	longest, p95 := summary.At(took, 100), summary.At(took, 95)
	if longest >= s.least(longStall) && longest >= longTimes*p95 {
		all.add(at, longest, p95)
	}
}

func countShort(_ subject, all *stalled, at bench.Scenario, took []float64) {
	longest, p90 := summary.At(took, 100), summary.At(took, 90)
	if p90-summary.At(took, 50) > steadyMost {
		return
	}
	all.rounds++
	switch later := longest - p90; {
	case later >= shortStall:
		all.add(at, longest, p90)
	case later >= shortStall/2:
		all.near++
	}
}
