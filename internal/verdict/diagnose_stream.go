package verdict

import (
	"fmt"
	"math"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Linux sends a delayed acknowledgement after 40 ms or a little more, and Nagle's
// algorithm holds the body back until then. Gateways without it, on a machine
// that others used too, had a median of at most 4 ms in any one round, and 1 ms
// over all of them. A longer wait has another cause.
const (
	ackLeast = 20e-3
	ackMost  = 60e-3
)

// delayedACK finds bodies that come a delayed acknowledgement after their head:
// in half of the answers, or in one of twenty.
func delayedACK(s subject) []sign {
	var found []sign
	for _, at := range s.scenarios {
		clocks := [][2]bench.Metric{{bench.HeadersP50, bench.FirstByteP50}, {bench.HeadersP95, bench.FirstByteP95}}
		what := "body"
		if at.Mode == bench.SSE {
			what = "first event"
			clocks[0][1], clocks[1][1] = bench.FirstEventP50, bench.FirstEventP95
		}
		for i, c := range clocks {
			wait := from(c[0], c[1])
			own, direct := s.own(at, wait), s.direct(at, wait)
			if own-direct >= s.least(ackLeast) && own-direct <= ackMost {
				found = append(found, sign{[]bench.Scenario{at}, own, fmt.Sprintf("the %s comes %s after the head (%s), without the gateway %s",
					what, timeText(own), []string{"median", "95th percentile"}[i], timeText(direct))})
				break
			}
		}
	}
	return found
}

// A stream shows whether it is buffered only when it takes its time: what the
// mock sends at once arrives at once. Below these times the moments at which
// processes are scheduled are what is seen.
const (
	streamLeast = 2e-3 // from the first event to the end, on the direct path
	gapLeast    = 1e-3 // between events, on the direct path
)

// bufferedShare is how much of the stream's length a buffered one still takes,
// at the most: a whole one takes as long as the direct path.
const bufferedShare = 0.1

// bufferedAnswer finds streams whose first event comes with the end, which comes
// as late as the mock sends it.
func bufferedAnswer(s subject) []sign {
	lasts := from(bench.FirstEventP50, bench.TotalP50)
	var found []sign
	for _, at := range s.scenarios {
		own, direct := s.own(at, lasts), s.direct(at, lasts)
		first, without := s.own(at, metric(bench.FirstEventP50)), s.direct(at, metric(bench.FirstEventP50))
		if direct >= streamLeast && own <= bufferedShare*direct && first-without >= s.least(1-2*bufferedShare)*direct {
			found = append(found, sign{[]bench.Scenario{at}, first - without, fmt.Sprintf(
				"the first event comes after %s and the end %s later; without the gateway after %s and %s later",
				timeText(first), timeText(own), timeText(without), timeText(direct))})
		}
	}
	return found
}

const (
	// shrunk is by which share the median gap shrinks: of events in batches of two
	// or more, half or more follow at once. A gateway that passes them on has the
	// direct path's, and on a busy machine had a quarter of it once.
	shrunk = 0.9
	// keptUp: a gateway that does not keep up with the mock finds several events
	// to read at once, and its streams take longer. One that waits for a buffer to
	// fill ends its streams in time.
	keptUp = 1.5
)

// coalescedEvents finds streams whose events come in batches.
func coalescedEvents(s subject) []sign {
	var found []sign
	for _, at := range s.scenarios {
		own, direct := s.own(at, metric(bench.GapP50)), s.direct(at, metric(bench.GapP50))
		total, without := s.own(at, metric(bench.TotalP50)), s.direct(at, metric(bench.TotalP50))
		if direct >= gapLeast && direct-own >= s.least(shrunk)*direct && total <= keptUp*without {
			found = append(found, sign{[]bench.Scenario{at}, direct - own, fmt.Sprintf(
				"half of the events come within %s of the one before, without the gateway %s%s", timeText(own), timeText(direct), s.batch(at))})
		}
	}
	return found
}

// batch is how large the largest batch of an answer typically is.
func (s subject) batch(at bench.Scenario) string {
	events, bytes := s.own(at, metric(bench.BurstP50)), s.own(at, metric(bench.BurstBytesP50))
	if math.IsNaN(events) || math.IsNaN(bytes) {
		return "" // an older file
	}
	return fmt.Sprintf("; the most at once are %.0f events, %.1f KB", events, bytes/1024)
}

// heldShare is how much of the wait between head and first event a held head
// leaves, at the most.
const heldShare = 0.25

// heldHead finds heads that come with the first event, where the mock sends them
// earlier.
func heldHead(s subject) []sign {
	wait, head := from(bench.HeadersP50, bench.FirstEventP50), metric(bench.HeadersP50)
	var found []sign
	for _, at := range s.scenarios {
		own, direct := s.own(at, wait), s.direct(at, wait)
		later := s.own(at, head) - s.direct(at, head)
		if direct >= streamLeast && own <= heldShare*direct && later >= s.least(1-heldShare)*direct {
			found = append(found, sign{[]bench.Scenario{at}, later, fmt.Sprintf(
				"the head comes %s before the first event, without the gateway %s; it is %s later",
				timeText(own), timeText(direct), timeText(later))})
		}
	}
	return found
}
