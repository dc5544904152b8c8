package diagnose

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/summary"
)

// DelayedACK is a part of an answer that comes a delayed acknowledgement after
// what was sent before it.
var DelayedACK = Diagnosis{
	Name:   "delayed-ack-stall",
	Title:  "a delayed-ACK stall (Nagle is on)",
	Look:   "TCP_NODELAY on the accepted socket; head and body in separate writes; where requests with large bodies wait, the same on connections to the backend",
	OfMode: true,
	find:   findDelayedACK,
}

const (
	// Linux sends a delayed acknowledgement after 40 ms, in whole ticks of 1 to 10 ms,
	// and Nagle's algorithm holds the next part back until then: the time is the same
	// in every round. Other waits of that length, on a busy machine or in a queue, are
	// not.
	ackLeast = 36e-3
	ackMost  = 56e-3
	// ackedShare is the share of the rounds that have it, two at least.
	ackedShare = 0.5
	ackedLeast = 2
)

// part is a stretch of an answer in which the stall can lie.
type part struct {
	figure figure
	words  string // %s is the time
	gaps   bool   // between the events of a stream
}

// parts are all stretches of which the rounds have a figure: the stall can lie behind
// the first event, too, when that has gone with the head. Some connections can have it
// and others not.
func parts(mode bench.Mode) []part {
	if mode == bench.JSON {
		return []part{
			{between(bench.HeadersP50, bench.FirstByteP50), "the body comes %s after the head (median)", false},
			{between(bench.HeadersP95, bench.FirstByteP95), "the body comes %s after the head (95th percentile)", false},
		}
	}
	return []part{
		{between(bench.HeadersP50, bench.FirstEventP50), "the first event comes %s after the head (median)", false},
		{between(bench.HeadersP95, bench.FirstEventP95), "the first event comes %s after the head (95th percentile)", false},
		{between(bench.FirstEventP50, bench.FirstDeltaP50), "the first delta comes %s after the first event (median)", true},
		{metric(bench.GapP99), "an event comes %s after the one before it (99th percentile)", true},
	}
}

// findDelayedACK wants the stall with the fewest requests in flight first:
// what only many of them have is a queue.
func findDelayedACK(s subject) []finding {
	var found []finding
	for _, sweep := range summary.ByConcurrency(s.scenarios) {
		fewest := true
		for _, at := range sweep {
			if len(s.rounds.Of(at.ID(), s.arm)) == 0 {
				continue
			}
			f, ok := s.acknowledged(at)
			if ok {
				found = append(found, f)
			} else if fewest {
				break
			}
			fewest = false
		}
	}
	return found
}

// acknowledged is the first part of a scenario's answers with the stall, or that it is
// somewhere in some of them.
func (s subject) acknowledged(at bench.Scenario) (f finding, ok bool) {
	for _, p := range parts(at.Mode) {
		if !s.acknowledges(at, p) {
			continue
		}
		own, direct := s.both(at, p.figure)
		t := figures.Times(own, direct)
		return finding{[]bench.Scenario{at}, own, fmt.Sprintf(p.words+"; without the gateway %s", t(own), t(direct))}, true
	}
	return s.acknowledgedSome(at)
}

// acknowledges is true when the stall lies in one part of a scenario's answers.
func (s subject) acknowledges(at bench.Scenario, p part) bool {
	_, direct := s.both(at, p.figure)
	n, values := 0, s.values(at, s.arm, p.figure)
	for _, v := range values {
		if longer := v - direct; longer >= ackLeast && longer <= ackMost {
			n++
		}
	}
	return float64(n) >= s.least(ackedLeast) && float64(n) >= s.least(ackedShare)*float64(len(values)) && !(p.gaps && s.batched(at))
}

// batched is true when half of the events follow at once though the mock sends
// them apart: a timer that flushes makes gaps of its own.
func (s subject) batched(at bench.Scenario) bool {
	own, direct := s.both(at, metric(bench.GapP50))
	return direct >= gapLeast && own < direct/2
}
