package diagnose

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// BufferedAnswer is a stream whose first event comes with its end, which comes
// as late as the mock sends it.
var BufferedAnswer = Diagnosis{
	Name:  "buffered-answer",
	Title: "a stream that is buffered until its end",
	Look:  "what reads the upstream's body to its end before it writes: a compressor, a logger, a collected body",
	// Events that come while the first one is held back are sent together.
	ImpliedBy: []Diagnosis{DelayedACK},
	find:      inEach(findBufferedAnswer),
}

// streamLeast is how long a stream of the direct path has to take, from its
// first event to its end or from its head to its first event. What the mock
// sends at once arrives at once; in shorter streams the scheduling of processes
// is what shows.
const streamLeast = 2e-3

// bufferingStreams is the same as exchanges show it.
const bufferingStreams bench.BehaviourName = "buffers-streams"

// bufferedShare is the largest share of the direct path's length that a buffered
// stream still takes.
const bufferedShare = 0.1

func findBufferedAnswer(s subject, at bench.Scenario) (later float64, seen string) {
	own, direct := s.both(at, between(bench.FirstEventP50, bench.TotalP50))
	first, without := s.both(at, metric(bench.FirstEventP50))
	// A delayed acknowledgement takes as long as the paced streams: with one round it looks
	// like this, and the exchanges know better.
	if direct >= streamLeast && !s.seenNot(bufferingStreams) && own <= bufferedShare*direct && first-without >= s.least(1-2*bufferedShare)*direct {
		t := figures.Times(first, own, without, direct)
		return first - without, fmt.Sprintf("the first event comes after %s and the end %s later; without the gateway after %s and %s later",
			t(first), t(own), t(without), t(direct))
	}
	return 0, ""
}
