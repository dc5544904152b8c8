package diagnose

import (
	"fmt"
	"math"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// CoalescedEvents is a stream whose events come in batches.
var CoalescedEvents = Diagnosis{
	Name:      "coalesced-events",
	Title:     "events sent in batches",
	Look:      "a buffered writer without a flush after each event, or a timer that flushes",
	ImpliedBy: []Diagnosis{DelayedACK, BufferedAnswer},
	find:      inEach(findCoalescedEvents),
}

const (
	// gapLeast is the time between events of the direct path from which on batches
	// show, for the same reason as streamLeast.
	gapLeast = 1e-3
	// shrunk is by which share the median gap shrinks: of events in batches of two
	// or more, half or more follow at once. A gateway that passes them on has the
	// direct path's, and on a busy machine had a quarter of it once.
	shrunk = 0.9
	// keptUp: a gateway that does not keep up with the mock finds several events
	// to read at once, and its streams take longer. One that waits for a buffer to
	// fill ends its streams in time.
	keptUp = 1.5
)

func findCoalescedEvents(s subject, at bench.Scenario) (shorter float64, seen string) {
	own, direct := s.both(at, metric(bench.GapP50))
	total, without := s.both(at, metric(bench.TotalP50))
	if direct >= gapLeast && direct-own >= s.least(shrunk)*direct && total <= keptUp*without {
		t := figures.Times(own, direct)
		return direct - own, fmt.Sprintf("half of the events come within %s of the one before; without the gateway %s%s%s",
			t(own), t(direct), s.apart(at, direct), s.largestBatch(at))
	}
	return 0, ""
}

// apart is how far batches are apart, where a timer or a buffer makes that long.
func (s subject) apart(at bench.Scenario, direct float64) string {
	if between := s.own(at, metric(bench.GapP99)); between >= 2*direct {
		return fmt.Sprintf("; batches are %s apart", figures.Seconds(between))
	}
	return ""
}

func (s subject) largestBatch(at bench.Scenario) string {
	events, bytes := s.own(at, metric(bench.BurstP50)), s.own(at, metric(bench.BurstBytesP50))
	if math.IsNaN(events) || math.IsNaN(bytes) {
		return "" // an older file
	}
	return fmt.Sprintf("; the largest batch has %.0f events, %.1f KB", events, bytes/1024)
}
