package diagnose

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// HeldHead is a response head that comes with the first event, where the mock
// sends it earlier.
var HeldHead = Diagnosis{
	Name:  "held-head",
	Title: "a response head held until the first event",
	Look:  "a flush after the head; a framework that sends the head with the first bytes of the body",
	// What collects a body in front of the socket collects the head, too.
	ImpliedBy: []Diagnosis{BufferedAnswer, CoalescedEvents},
	find:      inEach(findHeldHead),
}

// headLeast is the least time from head to first event on the direct path: streamLeast
// with room for the gateway's own, which on a busy machine sends the head a millisecond
// late.
const headLeast = 1.5 * streamLeast

// heldShare is the largest share of the wait between head and first event that a
// held head leaves.
const heldShare = 0.25

func findHeldHead(s subject, at bench.Scenario) (later float64, seen string) {
	own, direct := s.both(at, between(bench.HeadersP50, bench.FirstEventP50))
	head, without := s.both(at, metric(bench.HeadersP50))
	later = head - without
	if direct >= headLeast && own <= heldShare*direct && later >= s.least(1-heldShare)*direct {
		t := figures.Times(own, direct, later)
		return later, fmt.Sprintf("the head comes %s later than without the gateway, %s before the first event instead of %s",
			t(later), t(own), t(direct))
	}
	return 0, ""
}
