package workload

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/pace"
)

const (
	// Entries is the number of requests in a mix. They are sent in turn, so shares
	// are multiples of 1/Entries.
	Entries = 200
	// LeastShare is the smallest share that a mix can have.
	LeastShare = 1.0 / Entries
	// levels is the number of answer sizes that stand for a distribution. Each
	// costs the client one checker per connection.
	levels = 16
	// mostBodies bounds the total size of the bodies of a mix or a trace, in bytes.
	mostBodies = 256 << 20
)

// Base is what holds where the load does not say otherwise.
type Base struct {
	API    llmapi.API
	Extra  map[string]any // of every request
	Shape  llmapi.Shape   // of the mock's answer to a request without a mark
	Bodies []int          // sizes of the requests, each equally often
}

// Mix returns the requests of a scenario of this mode in random order, and adds
// the answers that they ask for to answers. Sizes too small for their payload are
// raised.
func Mix(l Load, b Base, mode bench.Mode, answers *Answers) ([]Entry, error) {
	var stream uint64
	if mode == bench.SSE {
		stream = 1
	}
	m := mix{random: rand.New(rand.NewPCG(l.Seed, stream)), load: l, base: b, mode: mode}
	replies := m.replies()
	payloads := m.payloads()
	bodies := b.Bodies
	if !l.Body.IsZero() {
		bodies = l.Body.Levels(Entries, m.random)
	}
	bodies = m.shuffled(bodies)
	entries := make([]Entry, Entries)
	total := 0
	for i := range entries {
		e := &entries[i]
		e.Ask = llmapi.Ask{Mode: mode, Payload: payloads[i], Size: bodies[i], Extra: b.Extra}
		if replies[i] != nil {
			e.Answer = answers.Number(*replies[i])
		}
		if err := e.Raise(b.API); err != nil {
			return nil, err
		}
		if total += e.Size; total > mostBodies {
			return nil, fmt.Errorf("the %d requests of the mix have more than %d bytes together; lower the sizes", Entries, mostBodies)
		}
	}
	return entries, llmapi.ValidateAnswers(b.API, *answers)
}

type mix struct {
	random *rand.Rand
	load   Load
	base   Base
	mode   bench.Mode
}

// replies are the answers in the order of the requests; nil for the mock's own.
func (m *mix) replies() []*llmapi.Answer {
	all := m.sizedReplies()
	place := m.random.Perm(Entries)
	// change takes places that no earlier call took: no answer both fails and is slow.
	change := func(share float64, f func(*llmapi.Answer)) {
		n := min(len(place), int(math.Round(share*Entries)))
		for _, i := range place[:n] {
			if all[i] == nil {
				all[i] = &llmapi.Answer{Shape: m.base.Shape}
			}
			f(all[i])
		}
		place = place[n:]
	}
	for _, failure := range slices.Sorted(maps.Keys(m.load.Fail)) {
		change(m.load.Fail[failure], func(a *llmapi.Answer) { a.Fail = failure })
	}
	latency := pace.Constant(m.load.Slow.Latency)
	change(m.load.Slow.Share, func(a *llmapi.Answer) { a.Latency = &latency })
	return all
}

// sizedReplies are answers with the sizes of the load, in bytes or chunks; nil
// where it has none.
func (m *mix) sizedReplies() []*llmapi.Answer {
	all := make([]*llmapi.Answer, Entries)
	sizes := m.load.Answer
	if m.mode == bench.SSE {
		sizes = m.load.Chunks
	}
	if sizes.IsZero() {
		return all
	}
	for i, size := range m.shuffled(sizes.Levels(levels, m.random)) {
		s := m.base.Shape
		if m.mode == bench.SSE {
			s.Chunks = max(1, size)
		} else {
			s.AnswerBytes = max(llmapi.MinAnswerBytes(m.base.API), size)
		}
		all[i] = &llmapi.Answer{Shape: s}
	}
	return all
}

// shuffled gives every entry one of the sizes, each equally often.
func (m *mix) shuffled(sizes []int) []int {
	all := make([]int, Entries)
	for i := range all {
		all[i] = sizes[i%len(sizes)]
	}
	m.random.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}

// payloads gives every payload its share, rounded down, and the requests that are
// left to the largest remainders.
func (m *mix) payloads() []llmapi.Payload {
	if len(m.load.Payload) == 0 {
		return make([]llmapi.Payload, Entries) // by size
	}
	var all []llmapi.Payload
	names := slices.Sorted(maps.Keys(m.load.Payload))
	remainders := map[llmapi.Payload]float64{}
	for _, name := range names {
		share := m.load.Payload[name] * Entries
		whole := math.Floor(share + 1e-9) // a whole number may have been rounded to just below
		remainders[name] = share - whole
		all = append(all, slices.Repeat([]llmapi.Payload{name}, int(whole))...)
	}
	slices.SortStableFunc(names, func(a, b llmapi.Payload) int { return cmp.Compare(remainders[b], remainders[a]) })
	for i := 0; len(all) < Entries; i++ {
		all = append(all, names[i%len(names)])
	}
	all = all[:Entries]
	m.random.Shuffle(Entries, func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all
}
