package judge

import (
	"github.com/valyala/fastjson"

	"github.com/org/proxy-bench-action/internal/llmapi"
)

// plan is what the checkers of the same streams share.
type plan struct {
	llmapi.Stream
	sent   []llmapi.Frame
	stepOf []int             // by frame
	first  []int             // by step: its first frame, -1 when there is none
	want   []*fastjson.Value // by step: the data of its first frame, nil when there is none
	deltas int               // the first frame that adds text

	needed   uint32 // a bit for each step that a client cannot do without
	loose    uint32 // a bit for each step that may come anywhere
	terminal uint32 // the bit of the step that ends the answer

	text   []byte // of the whole answer, as clients read it, with send times of zero
	starts []int  // of the chunks in it, and its end

	noted int // streams whose rewrites were noted
}

func newPlan(j *Judge, stream llmapi.Stream) *plan {
	p := &plan{Stream: stream, sent: llmapi.Frames(j.api, stream)}
	p.stepOf = make([]int, len(p.sent))
	for s := range j.meaning.steps {
		p.addStep(s, &j.meaning.steps[s])
	}
	for chunk := range stream.Shape.Chunks {
		p.starts = append(p.starts, len(p.text))
		quoted := append(llmapi.AppendChunk([]byte{'"'}, stream.Shape, chunk), '"')
		p.text = append(p.text, fastjson.MustParseBytes(quoted).GetStringBytes()...)
	}
	p.starts = append(p.starts, len(p.text))
	return p
}

func (p *plan) addStep(s int, step *step) {
	bit, first := uint32(1)<<s, -1
	if step.need || step.name == llmapi.UsageEvent && p.Usage {
		p.needed |= bit
	}
	if step.anywhere {
		p.loose |= bit
	}
	if step.kind == llmapi.Terminal {
		p.terminal |= bit
	}
	for i := len(p.sent) - 1; i >= 0; i-- {
		if p.sent[i].Event == step.name {
			p.stepOf[i], first = s, i
		}
	}
	var want *fastjson.Value
	if first >= 0 && step.name != llmapi.DoneEvent {
		want = fastjson.MustParseBytes(p.sent[first].Data())
	}
	p.first, p.want = append(p.first, first), append(p.want, want)
	if step.kind == llmapi.Delta {
		p.deltas = first
	}
}
