package config

import (
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/pace"
)

// The paced stream. Its pauses are long beside what a gateway adds and short enough
// for one stream of each connection to be a slice of 40 ms; the first event comes after
// less than what lies between two, so that the longest silence tells of both.
const (
	pacedChunks     = 16
	pacedChunkBytes = 64
	pacedFirst      = 2 * time.Millisecond
	pacedInterval   = 2500 * time.Microsecond

	pacedBody = 1 << 10
	// pacedRoom is the least time-out of a request with which such a stream is measured
	// unasked.
	pacedRoom = time.Second
)

var pacedConcurrency = []int{1, 10}

// PacedAnswer is what the backend answers in a paced stream.
func PacedAnswer(api llmapi.API) llmapi.Answer {
	none, first, interval := pace.Constant(0), pace.Constant(pacedFirst), pace.Constant(pacedInterval)
	return llmapi.Answer{
		Shape:   llmapi.Shape{Chunks: pacedChunks, ChunkBytes: pacedChunkBytes, AnswerBytes: llmapi.MinAnswerBytes(api)},
		Latency: &none, FirstEvent: &first, ChunkInterval: &interval,
	}
}

// paced is whether paced streams are measured.
type paced string

const (
	pacedAuto paced = "auto"
	pacedOn   paced = "on"
	pacedOff  paced = "off"
)

// checkPaced settles whether paced streams are measured. Who chooses other scenarios, or
// when the backend answers, gets what they ask for and nothing beside it.
func (d *draft) checkPaced() {
	c := &d.config
	switch streams := slices.Contains(c.Suite.Modes, bench.SSE); d.paced {
	case pacedAuto:
		c.Suite.Paced = c.usual() && c.Request.Timeout >= pacedRoom
	case pacedOn:
		if c.Suite.Paced = streams; !streams {
			d.given["suite.paced"].fail("possible without streams", "add sse to suite.modes, or write off")
		}
	}
}

// usual is true of the default suite in front of a backend that answers at once.
func (c Config) usual() bool {
	own, usual := c.Suite, newDraft().config.Suite
	return slices.Equal(own.Modes, usual.Modes) && slices.Equal(own.Concurrency, usual.Concurrency) && slices.Equal(own.Body, usual.Body) &&
		len(own.Answer)+len(own.Chunks) == 0 && !c.Load.Mixed() && c.Load.Trace == "" &&
		c.Mock.Latency.IsZero() && c.Mock.FirstEvent.IsZero() && c.Mock.ChunkInterval.IsZero()
}
