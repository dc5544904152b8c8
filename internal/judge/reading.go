package judge

import (
	"bytes"
	"cmp"
	"strings"

	"github.com/valyala/fastjson"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// read takes an event that is not as it was sent.
func (c *Checker) read(name, data []byte) (kind llmapi.Kind, fault *Fault) {
	if string(bytes.TrimSpace(data)) == llmapi.DoneEvent {
		return c.done()
	}
	v, fault := c.judge.parse(data)
	if fault == nil {
		fault = failure(v, data)
	}
	if fault == nil {
		fault = c.forbidden(v)
	}
	if fault != nil {
		return llmapi.Control, fault
	}
	known, named := false, member(v, "type").GetStringBytes()
	for s := range c.judge.meaning.steps {
		step := &c.judge.meaning.steps[s]
		if !step.is(named, v) {
			continue
		}
		if c.thought(step, v) {
			return llmapi.Control, nil
		}
		known = true
		kindOfStep, fault := c.readStep(s, name, document{v, len(data)})
		if kindOfStep != llmapi.Control {
			kind = kindOfStep
		}
		if fault != nil {
			return kind, fault
		}
	}
	if !known && c.noting() {
		c.judge.Rewrites.add(bench.Adds, "the event "+c.title(name, v))
	}
	return kind, nil
}

// title is what an event that the dialect does not have calls itself.
func (c *Checker) title(name []byte, v *fastjson.Value) string {
	if kind := member(v, "type").GetStringBytes(); len(kind) > 0 {
		return string(kind)
	}
	if len(name) > 0 {
		return string(name)
	}
	return "without a type"
}

// done takes the event that is no JSON.
func (c *Checker) done() (llmapi.Kind, *Fault) {
	for s, step := range c.judge.meaning.steps {
		if step.name == llmapi.DoneEvent {
			c.at = max(c.at, c.first[s]+1)
			return step.kind, c.enter(s)
		}
	}
	if c.noting() {
		c.judge.Rewrites.add(bench.Adds, "the event "+llmapi.DoneEvent)
	}
	return llmapi.Control, nil
}

// forbidden finds what no event may have.
func (c *Checker) forbidden(v *fastjson.Value) *Fault {
	for _, p := range c.judge.meaning.never {
		if got := p.in(v); !empty(got) {
			return faulty(bench.ErrBody, "%s", mismatch{p.text, nil, got})
		}
	}
	return nil
}

// thought reports whether an event belongs to a part that is none of the answer.
func (c *Checker) thought(step *step, v *fastjson.Value) bool {
	if step.part.keys == nil {
		return false
	}
	bit := uint64(1) << (step.part.in(v).GetUint64() % 64)
	if step.partType.keys != nil {
		c.thoughts &^= bit
		if kind := step.partType.in(v).GetStringBytes(); isThought(kind) {
			c.thoughts |= bit
			if c.noting() {
				c.judge.Rewrites.add(bench.Adds, "a part of the type "+string(kind))
			}
		}
	}
	return c.thoughts&bit != 0
}

// is reports whether an event with this type is this step of the life cycle.
func (s *step) is(named []byte, v *fastjson.Value) bool {
	if s.when.keys != nil {
		return !empty(s.when.in(v))
	}
	return string(named) == s.name
}

func (c *Checker) readStep(s int, name []byte, got document) (llmapi.Kind, *Fault) {
	step, v := &c.judge.meaning.steps[s], got.Value
	if fault := c.readName(step, name); fault != nil {
		return llmapi.Control, fault
	}
	if fault := c.enter(s); fault != nil {
		return step.kind, fault
	}
	text := step.text.textIn(v)
	if step.kind == llmapi.Delta && len(text) == 0 {
		c.noteRecut(true)
		return llmapi.Control, nil
	}
	if fault := cmp.Or(c.sameID(s, v), c.meaning(s, v)); fault != nil {
		return step.kind, fault
	}
	c.noteID(s, v)
	if step.kind != llmapi.Delta {
		c.note(s, got)
		c.at = max(c.at, c.first[s]+1)
		return step.kind, nil
	}
	recut, fault := c.take(text)
	c.noteRecut(recut)
	if recut { // its size says nothing
		got.bytes = c.bytesOf(s)
	}
	c.note(s, got)
	c.at = c.deltas + c.chunk
	return llmapi.Delta, fault
}

// textIn is the string at a path.
func (p path) textIn(v *fastjson.Value) []byte {
	if p.keys == nil {
		return nil
	}
	return p.in(v).GetStringBytes()
}

// readName judges the name of an event. Anthropic's SDKs go by it, OpenAI's by
// nothing but the data, apart from names of another API.
func (c *Checker) readName(step *step, name []byte) *Fault {
	d, named := c.judge.meaning, c.judge.api.NamesEvents()
	switch {
	case d.dispatches && string(name) != step.name && len(name) == 0:
		return faulty(bench.ErrEvent, "%s came without its line \"event: %s\", and official clients drop it", step.name, step.name)
	case d.dispatches && string(name) != step.name:
		return faulty(bench.ErrEvent, "%s came as \"event: %s\", and official clients drop it", step.name, excerpt(name))
	case strings.HasPrefix(string(name), "thread."):
		return faulty(bench.ErrEvent, "%s came as \"event: %s\", which official clients take for an event of another API", step.name, excerpt(name))
	case !c.noting():
	case !named && len(name) > 0:
		c.judge.Rewrites.add(bench.Adds, "event names")
	case named && len(name) == 0:
		c.judge.Rewrites.add(bench.Drops, "event names")
	case named && string(name) != step.name:
		c.judge.Rewrites.add(bench.Rewrites, "event names")
	}
	return nil
}

// meaning compares what an SDK reads from an event.
func (c *Checker) meaning(s int, v *fastjson.Value) *Fault {
	step, want := &c.judge.meaning.steps[s], c.want[s]
	if want == nil {
		return nil
	}
	for _, p := range step.means {
		if m, found := differ(want, v, p.keys, equal); found {
			return faulty(bench.ErrBody, "%s: %s", step.name, m)
		}
	}
	if c.count < c.chunk { // a chunk is lost, which the end tells
		return nil
	}
	for _, p := range step.repeats {
		if m, found := differ(want, v, p.keys, c.sameText); found {
			return faulty(bench.ErrBody, "%s: %s: %s", step.name, m.path, difference(string(c.wholeText()), string(m.got.GetStringBytes())))
		}
	}
	return nil
}

// sameID compares an id with the one that an earlier event gave the same thing.
// openai-python 3 raises an error where they differ
// (lib/streaming/responses/_responses.py).
func (c *Checker) sameID(s int, v *fastjson.Value) *Fault {
	step, want := &c.judge.meaning.steps[s], c.want[s]
	got := step.id.textIn(v)
	if len(got) == 0 || want == nil {
		return nil
	}
	first := &c.named[step.idKind]
	sent := step.id.textIn(want)
	prefix := len(sent) - llmapi.IDBytes
	switch {
	case len(*first) > 0:
	case c.hasID: // by an event that came as it was sent
		*first = append(append(*first, sent[:prefix]...), c.id[:]...)
	default:
		*first = append(*first, got...)
		if sameID(sent, got) {
			c.id, c.hasID = llmapi.ID(got[prefix:]), true
		} else {
			c.strange = true
		}
	}
	if !bytes.Equal(*first, got) {
		return faulty(bench.ErrEvent, "%s: %s: expected %q as in an earlier event, got %q; official clients refuse that", step.name, step.id.text, excerpt(*first), excerpt(got))
	}
	return nil
}

// whoseIDs are where events have the ID of the whole answer.
var whoseIDs = paths("id", "message.id")

// noteID remembers the ID of the backend in an event.
func (c *Checker) noteID(s int, v *fastjson.Value) {
	if c.want[s] == nil || c.hasReadID {
		return
	}
	for _, p := range whoseIDs {
		if got := p.textIn(v); sameID(p.textIn(c.want[s]), got) {
			c.readID, c.hasReadID = llmapi.ID(got[len(got)-llmapi.IDBytes:]), true
		}
	}
}

// note notes how a right event differs.
func (c *Checker) note(s int, got document) {
	want := c.want[s]
	if !c.noting() || want == nil {
		return
	}
	step := &c.judge.meaning.steps[s]
	c.judge.Rewrites.note(document{want, c.bytesOf(s)}, got, step.means, step.repeats, []path{step.text})
}

// bytesOf is the size of the data of a step's frame: the one that comes next, if
// all went as sent so far.
func (c *Checker) bytesOf(s int) int {
	switch {
	case c.at < len(c.sent) && c.stepOf[c.at] == s:
		return len(c.sent[c.at].Data())
	case c.first[s] >= 0:
		return len(c.sent[c.first[s]].Data())
	}
	return 0
}

func (c *Checker) noteRecut(recut bool) {
	if recut && c.noting() {
		c.judge.Rewrites.add(bench.Recuts, "")
	}
}
