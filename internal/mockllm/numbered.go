package mockllm

import (
	"math/rand/v2"
	"time"

	"github.com/org/proxy-bench-action/internal/http1"
	"github.com/org/proxy-bench-action/internal/llmapi"
	"github.com/org/proxy-bench-action/internal/pace"
)

// pacing is when the parts of an answer are sent.
type pacing struct {
	latency, firstEvent, interval pace.Dist
	at                            []time.Duration // of the chunks since the head; then the other two do not count
}

// first is the time from the head to the first event.
func (p *pacing) first(r *rand.Rand) time.Duration {
	if len(p.at) > 0 {
		return p.at[0]
	}
	return p.firstEvent.Sample(r)
}

// next is the time from the chunk before this one to it.
func (p *pacing) next(chunk int, r *rand.Rand) time.Duration {
	if len(p.at) > 0 {
		return p.at[chunk] - p.at[chunk-1]
	}
	return p.interval.Sample(r)
}

// spaces says that this chunk, not the first, comes later than the one before.
func (p *pacing) spaces(chunk int) bool {
	if len(p.at) > 0 {
		return p.at[chunk] > p.at[chunk-1]
	}
	return !p.interval.IsZero()
}

// numbered is what the mock sends for a number. An answer is made when it is
// first asked for, since few are asked for in both modes and over all APIs.
type numbered struct {
	spec llmapi.Answer
	pace pacing
	made [][2]*answer // by API; the second is the stream
}

// number puts the answer that the settings describe in front of the further
// ones; that one is made at once.
func number(s Settings) []numbered {
	all := make([]numbered, 1, 1+len(s.Answers))
	all[0] = numbered{spec: llmapi.Answer{Shape: s.Shape}, pace: pacing{s.Latency, s.FirstEvent, s.ChunkInterval, nil}}
	for _, spec := range s.Answers {
		n := numbered{spec: spec, pace: pacing{
			or(spec.Latency, s.Latency), or(spec.FirstEvent, s.FirstEvent), or(spec.ChunkInterval, s.ChunkInterval), spec.At,
		}}
		all = append(all, n)
	}
	for route, api := range apis {
		if api == s.API {
			all[0].answer(route, false)
			all[0].answer(route, true)
		}
	}
	return all
}

func or(d *pace.Dist, otherwise pace.Dist) pace.Dist {
	if d == nil {
		return otherwise
	}
	return *d
}

// answer is the one to a request for the API of this index.
func (n *numbered) answer(api int, stream bool) *answer {
	if n.made == nil {
		n.made = make([][2]*answer, len(apis))
	}
	mode := 0
	if stream {
		mode = 1
	}
	if n.made[api][mode] == nil {
		n.made[api][mode] = n.make(apis[api], stream)
	}
	return n.made[api][mode]
}

func (n *numbered) make(api llmapi.API, stream bool) (a *answer) {
	switch status := n.spec.Fail.Status(); {
	case status != 200:
		a = failedAnswer(api, status)
	case stream:
		a = n.streamAnswer(api)
	default:
		a = n.jsonAnswer(api)
	}
	if !n.pace.latency.IsZero() || stream && (len(n.pace.at) > 0 || !n.pace.firstEvent.IsZero() || !n.pace.interval.IsZero()) {
		a.pace = &n.pace
	}
	return a
}

// failedAnswer is a response that says why there is no answer.
func failedAnswer(api llmapi.API, status int) *answer {
	reason := "500 Internal Server Error"
	if status == llmapi.RateLimited.Status() {
		reason = "429 Too Many Requests\r\nRetry-After: 1"
	}
	return &answer{first: page(nil, reason, llmapi.ErrorBody(api, status))}
}

// jsonAnswer is the whole JSON response, or the first half of its body.
func (n *numbered) jsonAnswer(api llmapi.API) *answer {
	shape := n.spec.Shape
	shape.AnswerBytes = max(shape.AnswerBytes, llmapi.MinAnswerBytes(api))
	body := llmapi.JSONAnswer(api, shape)
	a := &answer{first: page(nil, "200 OK", body)}
	if n.spec.Fail == llmapi.Cut {
		a.cut = true
		a.first = a.first[:len(a.first)-len(body)/2]
	}
	return a
}

// streamAnswer is the streamed response, or what comes with the first half of
// its chunks.
func (n *numbered) streamAnswer(api llmapi.API) *answer {
	a := &answer{first: []byte(streamHead), cut: n.spec.Fail == llmapi.Cut}
	events := llmapi.Frames(api, n.spec.Shape)
	chunks := 0
	for i, event := range events {
		f := frame{from: len(a.events), delta: event.Kind == llmapi.Delta}
		a.events = http1.AppendChunkHead(a.events, len(event.Bytes))
		for _, slot := range event.Slots {
			slot.Offset += len(a.events)
			f.slots = append(f.slots, slot)
		}
		a.events = append(a.events, event.Bytes...)
		a.events = append(a.events, "\r\n"...)
		if i == len(events)-1 {
			a.events = append(a.events, "0\r\n\r\n"...)
		}
		f.to = len(a.events)
		if f.delta {
			f.waits = chunks > 0 && n.pace.spaces(chunks)
			chunks++
		}
		a.frames = append(a.frames, f)
		if a.cut && chunks >= (n.spec.Shape.Chunks+1)/2 {
			break
		}
	}
	return a
}
