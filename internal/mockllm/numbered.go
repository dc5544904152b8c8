package mockllm

import (
	"cmp"
	"math/rand/v2"
	"time"

	"github.com/org/proxy-bench-action/internal/http1"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// numbered is what the mock sends for a number. Its answers are made when they
// are first asked for, since few are needed in both modes and for all APIs.
type numbered struct {
	llmapi.Answer                  // with all its delays
	made          [][forms]*answer // by API
}

// form is how an answer is sent: whole or as a stream, with or without its usage,
// in HTTP/1.1 or in 1.0.
type form uint8

const (
	streamed form = 1 << iota
	usage         // a stream with its usage
	old           // without chunks: the end of the connection ends a stream
	forms         // how many there are
)

// form is that of the answer to the request that was read.
func (r *request) form() (f form) {
	if r.stream.Wants() {
		f |= streamed
	}
	if f&streamed != 0 && r.usage.Wants() {
		f |= usage
	}
	if r.head.Old() {
		f |= old
	}
	return f
}

// ends is what the head of an answer says of its connection.
func (f form) ends() string {
	if f&old != 0 {
		return closing
	}
	return ""
}

// number makes the answer that the settings describe number 0, in front of the
// further ones. Number 0 of the settings' API is made at once.
func number(s Settings) []*numbered {
	all := []*numbered{}
	for _, a := range append([]llmapi.Answer{s.answer()}, s.Answers...) {
		a.Latency = cmp.Or(a.Latency, &s.Latency)
		a.FirstEvent = cmp.Or(a.FirstEvent, &s.FirstEvent)
		a.ChunkInterval = cmp.Or(a.ChunkInterval, &s.ChunkInterval)
		all = append(all, &numbered{a, make([][forms]*answer, len(apis))})
	}
	for i, api := range apis {
		if api == s.API {
			all[0].answer(i, 0)
			all[0].answer(i, streamed)
		}
	}
	return all
}

// answer is the one for a request to the API of this index.
func (n *numbered) answer(api int, f form) *answer {
	if n.made[api][f] == nil {
		n.made[api][f] = n.make(apis[api], f)
	}
	return n.made[api][f]
}

func (n *numbered) make(api llmapi.API, f form) (a *answer) {
	stream := f&streamed != 0
	switch status := n.Fail.Status(); {
	case status != 200:
		reason := "500 Internal Server Error"
		if n.Fail == llmapi.RateLimited {
			reason = "429 Too Many Requests\r\nRetry-After: 1"
		}
		a = &answer{first: page(nil, reason+f.ends(), llmapi.ErrorBody(api, status))}
	case stream:
		a = n.streamAnswer(api, f)
	default:
		a = n.jsonAnswer(api, f)
	}
	if !n.Latency.IsZero() || stream && (len(n.At) > 0 || !n.FirstEvent.IsZero() || !n.ChunkInterval.IsZero()) {
		a.pace = n
	}
	return a
}

// jsonAnswer is the whole JSON response, or the first half of its body.
func (n *numbered) jsonAnswer(api llmapi.API, f form) *answer {
	shape := n.Shape
	shape.AnswerBytes = max(shape.AnswerBytes, llmapi.MinAnswerBytes(api))
	body := llmapi.JSONAnswer(api, shape)
	a := &answer{first: page(nil, "200 OK"+f.ends(), body)}
	if n.Fail == llmapi.Cut {
		a.cut = true
		a.first = a.first[:len(a.first)-len(body)/2]
	}
	a.ids = llmapi.IDs(a.first)
	return a
}

// streamAnswer is the streamed response, or its events up to half of the chunks.
func (n *numbered) streamAnswer(api llmapi.API, how form) *answer {
	chunked, head := how&old == 0, streamHead
	if !chunked {
		head = streamStart + closing + "\r\n\r\n"
	}
	a := &answer{first: []byte(head), cut: n.Fail == llmapi.Cut}
	events := llmapi.Frames(api, llmapi.Stream{Shape: n.Shape, Usage: how&usage != 0})
	chunks := 0
	for i, event := range events {
		f := frame{from: len(a.events), delta: event.Kind == llmapi.Delta}
		if chunked {
			a.events = http1.AppendChunkHead(a.events, len(event.Bytes))
		}
		for _, slot := range event.Slots {
			slot.Offset += len(a.events)
			f.slots = append(f.slots, slot)
		}
		for _, offset := range event.IDs {
			f.ids = append(f.ids, len(a.events)+offset)
		}
		a.events = append(a.events, event.Bytes...)
		if chunked {
			a.events = append(a.events, "\r\n"...)
		}
		if chunked && i == len(events)-1 {
			a.events = append(a.events, "0\r\n\r\n"...)
		}
		f.to = len(a.events)
		if f.delta {
			f.waits = chunks > 0 && n.spaces(chunks)
			chunks++
		}
		a.frames = append(a.frames, f)
		if a.cut && chunks >= (n.Shape.Chunks+1)/2 {
			break
		}
	}
	return a
}

// first is the time from the head to the first event.
func (n *numbered) first(r *rand.Rand) time.Duration {
	if len(n.At) > 0 {
		return n.At[0]
	}
	return n.FirstEvent.Sample(r)
}

// next is the time from the chunk before this one to it.
func (n *numbered) next(chunk int, r *rand.Rand) time.Duration {
	if len(n.At) > 0 {
		return n.At[chunk] - n.At[chunk-1]
	}
	return n.ChunkInterval.Sample(r)
}

// spaces reports whether this chunk, not the first, comes later than the one
// before it.
func (n *numbered) spaces(chunk int) bool {
	if len(n.At) > 0 {
		return n.At[chunk] > n.At[chunk-1]
	}
	return !n.ChunkInterval.IsZero()
}
