package config

import (
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/pace"
	"github.com/org/proxy-bench-action/internal/shard"
	"github.com/org/proxy-bench-action/internal/workload"
)

// Config is everything a user can decide. Sizes are bytes, shares are fractions
// of 1. Do not change the slices and maps of one: copies share them.
type Config struct {
	Gateway bench.Recipe
	Request Request
	Suite   Suite
	Mock    Mock
	Measure Measure
	Gate    Gate
	Load    workload.Load
}

// Request is what every request has in common.
type Request struct {
	API     llmapi.API
	Path    string          // of the URL; empty: the API's own
	Query   string          // of the URL
	Model   string          // is in Extra, too; empty: one that stays the same
	Headers []llmapi.Header // with variables in their values, see Endpoint
	Extra   map[string]any  // JSON values, merged into every body
	Timeout time.Duration   // of one request
}

// HeaderNames are those of the headers; their values are nobody's business.
func (r Request) HeaderNames() (names []string) {
	for _, h := range r.Headers {
		names = append(names, h.Name)
	}
	return names
}

// Suite spans the scenarios.
type Suite struct {
	Modes       []bench.Mode
	Concurrency []int
	Body        []bench.Size // not of a mix
	Answer      []bench.Size // of JSON answers; empty: as the mock has it
	Chunks      []int        // of streams; empty: as the mock has it
	Paced       bool         // with streams in which the backend pauses
}

// Mock is how the mock backend answers.
type Mock struct {
	Latency       pace.Dist // before the head, with the jitter in it
	FirstEvent    pace.Dist // between the head and the first event
	ChunkInterval pace.Dist // between events
	Shape         llmapi.Shape
	Seed          uint64
}

// Measure is how much to measure.
type Measure struct {
	Rounds     int // 0: as many as are needed and the budget allows
	TimeBudget time.Duration
	Seed       uint64 // of the order of arms and scenarios
	Same       bool   // also a base and a head that are the same program
	Shard      shard.Spec
	ShardBy    bench.ShardBy
}

// Gate is what counts as a regression, and which outcomes fail.
type Gate struct {
	bench.Policy
	FailOn []bench.Outcome // empty: the gate only reports
}

// Scenarios lists the cells of the suite: by mode, then concurrency, then body
// size, then size of the answer, each in the order configured. A mixed load has
// one cell in the place of the sizes. Paced streams come last.
func (c Config) Scenarios() []bench.Scenario {
	var cells []bench.Scenario
	for _, mode := range c.Suite.Modes {
		for _, concurrency := range c.Suite.Concurrency {
			if c.Load.Mixed() {
				cells = append(cells, bench.Scenario{Mode: mode, Concurrency: concurrency, Mix: true})
				continue
			}
			for _, body := range c.Suite.Body {
				for _, answer := range c.Suite.answers(mode) {
					cells = append(cells, bench.Scenario{Mode: mode, Concurrency: concurrency, BodyBytes: int(body), Answer: answer})
				}
			}
		}
	}
	if c.Suite.Paced {
		for _, concurrency := range pacedConcurrency {
			cells = append(cells, bench.Scenario{Mode: bench.SSE, Concurrency: concurrency, BodyBytes: pacedBody, Paced: true})
		}
	}
	return cells
}

// answers are the sizes of a mode's answers, as scenarios have them.
func (s Suite) answers(mode bench.Mode) []int {
	sizes := s.Chunks
	if mode == bench.JSON {
		sizes = nil
		for _, size := range s.Answer {
			sizes = append(sizes, int(size))
		}
	}
	if len(sizes) == 0 {
		return []int{0}
	}
	return sizes
}

// AnswerShape is the shape of the answers of a scenario with this mode and
// Answer, in all else that of the mock. The other mode, which does not ask for it,
// has the smallest that the API allows.
func AnswerShape(shape llmapi.Shape, mode bench.Mode, answer int, api llmapi.API) llmapi.Shape {
	if mode == bench.SSE {
		shape.Chunks, shape.AnswerBytes = answer, llmapi.MinAnswerBytes(api)
	} else {
		shape.AnswerBytes, shape.Chunks = answer, 1
	}
	return shape
}

// MixBase is what the mixes of the configuration start from.
func (c Config) MixBase() workload.Base {
	bodies := make([]int, len(c.Suite.Body))
	for i, body := range c.Suite.Body {
		bodies[i] = int(body)
	}
	return workload.Base{API: c.Request.API, Extra: c.Request.Extra, Shape: c.Mock.Shape, Bodies: bodies}
}
