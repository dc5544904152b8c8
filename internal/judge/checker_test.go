package judge

import (
	"bytes"
	"encoding/json"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/sys/unix"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

var shapes = []llmapi.Shape{
	{AnswerBytes: 750, Chunks: 1, ChunkBytes: llmapi.MarkBytes},
	{AnswerBytes: 1024, Chunks: 2, ChunkBytes: llmapi.MarkBytes + 1},
	llmapi.DefaultShape(),
	{AnswerBytes: 40000, Chunks: 65, ChunkBytes: 200},
	{AnswerBytes: 1 << 20, Chunks: 3, ChunkBytes: llmapi.MarkBytes + 16381}, // a whole turn of the corpus
	{AnswerBytes: 1001, Chunks: 3, ChunkBytes: 50000},
}

func streamOf(shape llmapi.Shape) llmapi.Stream { return llmapi.Stream{Shape: shape} }

// newChecker is a checker with a judge of its own.
func newChecker(api llmapi.API, stream llmapi.Stream) *Checker { return New(api).Stream(stream) }

// openingOf is how the text of a chunk opens: its number.
func openingOf(chunk int) string {
	text := llmapi.AppendChunk(nil, llmapi.Shape{ChunkBytes: llmapi.MarkBytes}, chunk)
	return string(text[:llmapi.TimeOffset])
}

// event is one event of a stream as an SSE parser hands it on.
type event struct{ name, data string }

// eventsOf are the events of a right stream, sent under one ID, the first chunk at
// the given time and every later one a nanosecond after the one before.
func eventsOf(t testing.TB, api llmapi.API, stream llmapi.Stream, first int64) (events []event) {
	t.Helper()
	id := llmapi.NewID(0xC0FFEE12345678)
	for _, f := range llmapi.Frames(api, stream) {
		for _, slot := range f.Slots {
			stamp := llmapi.NewStamp(first + int64(slot.Chunk))
			stamp.Put(f.Bytes, slot.Offset)
		}
		for _, offset := range f.IDs {
			id.Put(f.Bytes, offset)
		}
		events = append(events, event{string(f.Name), string(f.Data())})
	}
	return events
}

// check runs a stream through a checker that has been used before.
func check(c *Checker, events []event) *Fault {
	c.Event([]byte("stray"), []byte("{}"))
	c.Reset()
	c.judge.Rewrites = Rewrites{}
	for _, e := range events {
		c.Event([]byte(e.name), []byte(e.data))
	}
	return c.End()
}

func class(f *Fault) bench.ErrorClass {
	if f == nil {
		return ""
	}
	return f.Class
}

var small = llmapi.Shape{AnswerBytes: 1024, Chunks: 3, ChunkBytes: 60}

// firstDelta is the index of the first content delta.
func firstDelta(api llmapi.API) int {
	return slices.IndexFunc(llmapi.Frames(api, streamOf(llmapi.DefaultShape())), func(f llmapi.Frame) bool { return f.Kind == llmapi.Delta })
}

func TestCheckerAcceptsFrames(t *testing.T) {
	for _, api := range llmapi.All() {
		for _, shape := range shapes {
			for _, usage := range []bool{false, true} {
				stream := llmapi.Stream{Shape: shape, Usage: usage}
				c := newChecker(api, stream)
				var sent []int64
				frames := llmapi.Frames(api, stream)
				for i, e := range eventsOf(t, api, stream, 100) {
					kind, times, fault := c.Event([]byte(e.name), []byte(e.data))
					if kind != frames[i].Kind || fault != nil {
						t.Fatalf("%s %+v: kind %d is read as %d, fault %v", api, stream, frames[i].Kind, kind, fault)
					}
					sent = append(sent, times...)
				}
				if fault := c.End(); fault != nil || c.rewritten {
					t.Errorf("%s %+v: %v, rewritten %t", api, stream, fault, c.rewritten)
				}
				if len(sent) != shape.Chunks || sent[0] != 100 || !slices.IsSorted(sent) {
					t.Errorf("%s %+v: sent times %v", api, stream, sent)
				}
			}
		}
	}
}

// anew is JSON written by another encoder: other key order, white space and
// escapes.
func anew(t testing.TB, data string, ascii bool) string {
	t.Helper()
	if data == llmapi.DoneEvent {
		return data
	}
	var v any
	if err := json.Unmarshal([]byte(data), &v); err != nil {
		t.Fatal(err)
	}
	out, err := json.MarshalIndent(v, "", " ")
	if err != nil {
		t.Fatal(err)
	}
	if !ascii {
		return string(out)
	}
	var escaped strings.Builder
	for _, r := range strings.ReplaceAll(string(out), "/", `\/`) {
		switch {
		case r < utf8.RuneSelf:
			escaped.WriteRune(r)
		case r > 0xFFFF:
			fmt.Fprintf(&escaped, `\u%04x\u%04X`, 0xD800+(r-0x10000)>>10, 0xDC00+(r-0x10000)&0x3FF)
		default:
			fmt.Fprintf(&escaped, `\u%04x`, r)
		}
	}
	return escaped.String()
}

// Neither key order nor white space nor escapes matter, in any event.
func TestCheckerAcceptsReserialised(t *testing.T) {
	for _, api := range llmapi.All() {
		for _, ascii := range []bool{false, true} {
			c := newChecker(api, streamOf(llmapi.DefaultShape()))
			var events []event
			for _, e := range eventsOf(t, api, c.Stream, 5) {
				events = append(events, event{e.name, anew(t, e.data, ascii)})
			}
			if fault := check(c, events); fault != nil {
				t.Errorf("%s: %v", api, fault)
			}
			if got := noted(c.judge); got != "reformats" {
				t.Errorf("%s: rewrites %q", api, got)
			}
		}
	}
}

// noted lists the rewrites that a judge has noted.
func noted(j *Judge) string {
	var all []string
	for _, r := range j.Rewrites.list {
		all = append(all, strings.TrimSpace(string(r.Kind)+" "+r.Path))
	}
	return strings.Join(all, "; ")
}

// Every single fault, on every delta, is called by its name.
func TestCheckerNamesFaults(t *testing.T) {
	stream := streamOf(llmapi.Shape{AnswerBytes: 1024, Chunks: 70, ChunkBytes: 50})
	for _, api := range llmapi.All() {
		good, first, c := eventsOf(t, api, stream, 9), firstDelta(api), newChecker(api, stream)
		expect := func(what string, chunk int, events []event, want bench.ErrorClass) {
			t.Helper()
			if fault := check(c, events); class(fault) != want {
				t.Errorf("%s: %s of chunk %d is %v, want %q", api, what, chunk, fault, want)
			}
		}
		for chunk := range stream.Shape.Chunks {
			at := first + chunk
			expect("loss", chunk, slices.Delete(slices.Clone(good), at, at+1), bench.ErrLost)
			expect("repetition", chunk, slices.Insert(slices.Clone(good), at, good[at]), bench.ErrRepeated)
			if chunk > 0 {
				swapped := slices.Clone(good)
				swapped[at], swapped[at-1] = swapped[at-1], swapped[at]
				expect("swap", chunk, swapped, bench.ErrReordered)

				late := slices.Delete(slices.Clone(good), at, at+1)
				expect("coming after the end", chunk, append(late, good[at]), bench.ErrReordered)

				expect("cut", chunk, good[:at], bench.ErrNoEnd)
			}
			changed := slices.Clone(good)
			mark := openingOf(chunk)
			text := strings.Index(changed[at].data, mark) + llmapi.MarkBytes + 5
			changed[at].data = changed[at].data[:text] + "XY" + changed[at].data[text+2:]
			expect("other text", chunk, changed, bench.ErrBody)
		}
	}
}

// redelta is a delta event with another text.
func redelta(t testing.TB, api llmapi.API, delta event, text string) event {
	t.Helper()
	var v map[string]any
	if err := json.Unmarshal([]byte(delta.data), &v); err != nil {
		t.Fatal(err)
	}
	switch api {
	case llmapi.Responses:
		v["delta"] = text
	case llmapi.Chat:
		v["choices"].([]any)[0].(map[string]any)["delta"].(map[string]any)["content"] = text
	case llmapi.Messages:
		v["delta"].(map[string]any)["text"] = text
	}
	data, err := json.Marshal(v)
	if err != nil {
		t.Fatal(err)
	}
	return event{delta.name, string(data)}
}

// textOf is the whole text of a stream that eventsOf made.
func textOf(c *Checker, first int64) string {
	text := bytes.Clone(c.text)
	for chunk := range c.Shape.Chunks {
		stamp := llmapi.NewStamp(first + int64(chunk))
		stamp.Put(text, c.starts[chunk]+llmapi.TimeOffset)
	}
	return string(text)
}

// recut cuts the text of a stream into random pieces of whole characters, some of
// them empty.
func recut(t testing.TB, rng *rand.Rand, c *Checker, events []event) []event {
	t.Helper()
	api := c.judge.api
	first := firstDelta(api)
	text := textOf(c, 100)
	out := slices.Clone(events[:first])
	for len(text) > 0 {
		n := min(rng.IntN(80), len(text))
		for n < len(text) && !utf8.RuneStart(text[n]) {
			n++
		}
		out = append(out, redelta(t, api, events[first], text[:n]))
		text = text[n:]
	}
	return append(out, events[first+c.Shape.Chunks:]...)
}

// Any way to cut the text of a right stream is right, gives the times of all
// chunks in order, and is noted.
func TestAnyRecutIsRight(t *testing.T) {
	rng := rand.New(rand.NewPCG(7, 7))
	for _, api := range llmapi.All() {
		c := newChecker(api, streamOf(llmapi.Shape{AnswerBytes: 1024, Chunks: 6, ChunkBytes: 90}))
		good := eventsOf(t, api, c.Stream, 100)
		for range 200 {
			events := recut(t, rng, c, good)
			c.Reset()
			var sent []int64
			for _, e := range events {
				kind, times, fault := c.Event([]byte(e.name), []byte(e.data))
				if fault != nil {
					t.Fatalf("%s: %v in %q", api, fault, e.data)
				}
				if len(times) > 0 && kind != llmapi.Delta {
					t.Fatalf("%s: %q brings text and is of kind %d", api, e.data, kind)
				}
				sent = append(sent, times...)
			}
			if fault := c.End(); fault != nil || !slices.Equal(sent, []int64{100, 101, 102, 103, 104, 105}) {
				t.Fatalf("%s: %v, sent at %v", api, fault, sent)
			}
		}
		if got := noted(c.judge); !strings.Contains(got, "re-cuts") {
			t.Errorf("%s: rewrites %q", api, got)
		}
	}
}

// Any single change of the text is found, however the stream is cut.
func TestAnyChangeOfTheTextIsFound(t *testing.T) {
	rng := rand.New(rand.NewPCG(8, 8))
	for _, api := range llmapi.All() {
		c := newChecker(api, streamOf(small))
		good := eventsOf(t, api, c.Stream, 100)
		first := firstDelta(api)
		text := []rune(textOf(c, 100))
		for at := range text {
			changed := slices.Clone(text)
			switch rng.IntN(3) {
			case 0:
				changed[at]++
			case 1:
				changed = slices.Delete(changed, at, at+1)
			default:
				changed = slices.Insert(changed, at, 'é')
			}
			cut := rng.IntN(len(changed))
			events := append(slices.Clone(good[:first]), redelta(t, api, good[first], string(changed[:cut])), redelta(t, api, good[first], string(changed[cut:])))
			events = append(events, good[first+small.Chunks:]...)
			// A time may become another time, which is found where the text is repeated.
			if fault := check(c, events); fault == nil && (api == llmapi.Responses || len(changed) != len(text)) {
				t.Fatalf("%s: %q passes for %q", api, string(changed), string(text))
			}
		}
	}
}

// eachValue calls change with every scalar in a document, and the path to it.
func eachValue(v any, path string, set func(any), use func(path string, value any, set func(any))) {
	switch v := v.(type) {
	case map[string]any:
		for _, key := range slices.Sorted(maps.Keys(v)) {
			eachValue(v[key], strings.TrimPrefix(path+"."+key, "."), func(to any) { v[key] = to }, use)
		}
	case []any:
		for i := range v {
			eachValue(v[i], path+"[]", func(to any) { v[i] = to }, use)
		}
	default:
		use(path, v, set)
	}
}

// meaningful says which values of an answer an official SDK reads: a list apart
// from the one that decides.
var meaningful = map[llmapi.API][]string{
	llmapi.Responses: {
		"object", "status", "output[].type", "output[].role", "output[].status", "output[].content[].type", "output[].content[].text",
		"usage.input_tokens", "usage.output_tokens", "usage.total_tokens",
	},
	llmapi.Chat: {
		"object", "choices[].index", "choices[].message.role", "choices[].message.content", "choices[].finish_reason",
		"usage.prompt_tokens", "usage.completion_tokens", "usage.total_tokens",
	},
	llmapi.Messages: {"type", "role", "content[].type", "content[].text", "stop_reason", "usage.input_tokens", "usage.output_tokens"},
}

// Any single change of a value with meaning is found, and no other is a fault.
func TestAnyChangeWithMeaningIsFound(t *testing.T) {
	for _, api := range llmapi.All() {
		body := llmapi.JSONAnswer(api, llmapi.DefaultShape())
		want := New(api).Expect(body, 200)
		var found []string
		var answer any
		if err := json.Unmarshal(body, &answer); err != nil {
			t.Fatal(err)
		}
		eachValue(answer, "", nil, func(path string, value any, set func(any)) {
			for _, other := range []any{"other", float64(4711), nil} {
				if other == nil && value == nil {
					continue
				}
				set(other)
				changed, err := json.Marshal(answer)
				if err != nil {
					t.Fatal(err)
				}
				fault := want.Check(changed)
				if fault != nil && !slices.Contains(found, path) {
					found = append(found, path)
				}
				if fault == nil && slices.Contains(meaningful[api], path) {
					t.Errorf("%s: %s as %v passes", api, path, other)
				}
				if fault != nil && !strings.Contains(general(fault.Detail), path) && fault.Class != bench.ErrFailed {
					t.Errorf("%s: the fault of %s is %q", api, path, fault.Detail)
				}
			}
			set(value)
		})
		for _, path := range found {
			// What says that an answer failed, or refused, has a meaning where it is
			// not empty.
			free := []string{"error", "incomplete_details", "choices[].message.refusal", "stop_sequence"}
			if !slices.Contains(meaningful[api], path) && !slices.Contains(free, path) {
				t.Errorf("%s: a change of %s is a fault", api, path)
			}
		}
	}
}

func TestCheckerRules(t *testing.T) {
	good := eventsOf(t, llmapi.Responses, streamOf(small), 100)
	c := newChecker(llmapi.Responses, streamOf(small))
	whole := textOf(c, 100)
	text := func(chunk int) string { return whole[c.starts[chunk]:c.starts[chunk+1]] }
	delta := func(text string) event { return redelta(t, llmapi.Responses, good[4], text) }
	stream := func(deltas ...event) []event { return slices.Concat(good[:4], deltas, good[7:]) }
	for _, tc := range []struct {
		name   string
		events []event
		want   bench.ErrorClass
		says   string
	}{
		{"merged deltas", stream(delta(text(0)), delta(text(1)+text(2))), "", ""},
		{"all in one", stream(delta(whole)), "", ""},
		{"a split delta", stream(delta(whole[:35]), delta(whole[35:])), "", ""},
		{"empty deltas", stream(delta(""), delta(whole), delta("")), "", ""},
		{"text between chunks", stream(delta(text(0) + "x" + text(1) + text(2))), bench.ErrBody, `the text of chunk 1: expected "babab bab`},
		{"text before a chunk", stream(delta("x" + whole)), bench.ErrBody, "the text of chunk 0"},
		{"text after a chunk", stream(delta(whole + "x")), bench.ErrBody, `more text than was sent: "x"`},
		{"a delta without a mark", stream(delta("hello")), bench.ErrBody, `got "hello"`},
		{"a chunk that there is not", stream(delta(whole), delta(openingOf(3))), bench.ErrBody, "more text than was sent"},
		{"a chunk of another answer", stream(delta(openingOf(70000))), bench.ErrBody, "the text of chunk 0"},
		{"a cut event", append(slices.Clone(good[:4]), event{good[4].name, good[4].data[:len(good[4].data)-4]}), bench.ErrBody, "not JSON"},
		{"a raw line feed in a string", append(slices.Clone(good[:4]), event{"", "{\"a\":\"b\nc\"}"}), bench.ErrBody, "not JSON"},
		{"no terminal event", good[:7], bench.ErrNoEnd, "the stream ended without response.completed"},
		{"the end of another llmapi.API", append(slices.Clone(good[:7]), event{"", llmapi.DoneEvent}), bench.ErrNoEnd, ""},
		{"no terminal event and a gap", slices.Concat(good[:5], good[6:7]), bench.ErrNoEnd, ""},
		{"a gap", slices.Concat(good[:5], good[6:]), bench.ErrLost, "with 2 of 3 chunks"},
		{"nothing but an end", stream(), bench.ErrLost, "with 0 of 3 chunks"},
		{"nothing", nil, bench.ErrNoEnd, ""},
		{"the first fault names it", stream(delta(text(1)), delta(text(0)), delta(text(0))), bench.ErrReordered, "chunk 0 came after chunk 1"},
		{"an error after three chunks", append(slices.Clone(good[:7]), event{"error", `{"type":"error","code":"x","message":"upstream timed out"}`}), bench.ErrFailed, `"upstream timed out"`},
		{"a failed response", append(slices.Clone(good[:5]), event{"response.failed", `{"type":"response.failed","response":{"status":"failed","error":{"code":"x","message":"out of memory"}}}`}), bench.ErrFailed, `"out of memory"`},
	} {
		c := newChecker(llmapi.Responses, streamOf(small))
		if fault := check(c, tc.events); class(fault) != tc.want || fault != nil && !strings.Contains(fault.Detail, tc.says) {
			t.Errorf("%s: %v, want %q saying %q", tc.name, fault, tc.want, tc.says)
		}
	}
}

// What official SDKs cannot read is a fault; what they do not look at is none.
func TestLifeCycle(t *testing.T) {
	named := func(events []event, name string) []event {
		out := slices.Clone(events)
		for i := range out {
			out[i].name = name
		}
		return out
	}
	for _, api := range llmapi.All() {
		c := newChecker(api, streamOf(small))
		good := eventsOf(t, api, c.Stream, 100)
		steps := meanings[api].steps
		for i := range c.sent {
			step := steps[c.stepOf[i]]
			if step.kind == llmapi.Delta {
				continue
			}
			without := check(c, slices.Delete(slices.Clone(good), i, i+1))
			if needed := step.need || step.kind == llmapi.Terminal; (without != nil) != needed || without != nil && !strings.Contains(without.Detail, step.name) {
				t.Errorf("%s: without %s: %v", api, step.name, without)
			}
			twice := check(c, slices.Insert(slices.Clone(good), i, good[i]))
			if (twice == nil) != step.anywhere || twice != nil && (twice.Class != bench.ErrEvent || !strings.Contains(twice.Detail, "came a second time")) {
				t.Errorf("%s: %s twice: %v", api, step.name, twice)
			}
		}
		for name, ok := range map[string]bool{"": true, "message": true, "thread.run.created": false} {
			fault := check(c, named(good, name))
			if right := ok && api != llmapi.Messages; (fault == nil) != right || fault != nil && fault.Class != bench.ErrEvent {
				t.Errorf("%s: events named %q: %v", api, name, fault)
			}
		}
		c = newChecker(api, streamOf(small))
		added := slices.Insert(slices.Clone(good), 2, event{"keepalive", `{"type":"keepalive"}`})
		if fault := check(c, added); fault != nil || !strings.Contains(noted(c.judge), "adds the event keepalive") {
			t.Errorf("%s: an event of the gateway's own: %v, %s", api, fault, noted(c.judge))
		}
	}
}

func TestStreamsOfOtherKinds(t *testing.T) {
	messages := eventsOf(t, llmapi.Messages, streamOf(small), 100)
	chat := eventsOf(t, llmapi.Chat, streamOf(small), 100)
	asked := eventsOf(t, llmapi.Chat, llmapi.Stream{Shape: small, Usage: true}, 100)
	responses := eventsOf(t, llmapi.Responses, streamOf(small), 100)
	ev := func(kind, fields string) event { return event{kind, `{"type":"` + kind + `",` + fields + `}`} }
	block := func(start string) []event {
		return []event{
			ev("content_block_start", `"index":0,"content_block":`+start),
			ev("content_block_delta", `"index":0,"delta":{"type":"thinking_delta","thinking":"hm"}`),
			ev("content_block_delta", `"index":0,"delta":{"type":"signature_delta","signature":"x"}`),
			ev("content_block_stop", `"index":0`),
		}
	}
	var shifted []event // the text is part 1
	for _, e := range messages[1:] {
		shifted = append(shifted, event{e.name, strings.Replace(e.data, `"index":0`, `"index":1`, 1)})
	}
	for _, tc := range []struct {
		name   string
		api    llmapi.API
		usage  bool
		events []event
		want   bench.ErrorClass
		says   string // of the fault, or of the rewrites
	}{
		{"thinking before the text", llmapi.Messages, false, slices.Concat(messages[:1], block(`{"type":"thinking","thinking":""}`), shifted), "", "a part of the type thinking"},
		{"thinking inside the text", llmapi.Messages, false, slices.Concat(messages[:3], block("")[1:3], messages[3:]), "", "re-cuts"},
		{"a tool call", llmapi.Messages, false, slices.Concat(messages[:1], block(`{"type":"tool_use","id":"x","name":"f","input":{}}`), shifted), bench.ErrBody, `content_block.type: expected "text", got "tool_use"`},
		{"another stop reason", llmapi.Messages, false, replaced(messages, `"end_turn"`, `"max_tokens"`), bench.ErrBody, `delta.stop_reason: expected "end_turn", got "max_tokens"`},
		{"no stop reason", llmapi.Messages, false, replaced(messages, `"stop_reason":"end_turn",`, ``), bench.ErrBody, `delta.stop_reason: expected "end_turn", got nothing`},
		{"pings", llmapi.Messages, false, slices.Insert(slices.Clone(messages), 4, messages[2], messages[2]), "", ""},
		{"the text of another kind", llmapi.Messages, false, replaced(messages, `"text_delta"`, `"input_json_delta"`), bench.ErrBody, `delta.type`},
		{"an error", llmapi.Messages, false, slices.Insert(slices.Clone(messages[:5]), 5, event{"error", `{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}`}), bench.ErrFailed, `"Overloaded"`},

		{"usage unasked", llmapi.Chat, false, asked, "", ""},
		{"usage asked for", llmapi.Chat, true, asked, "", ""},
		{"usage asked for and dropped", llmapi.Chat, true, chat, bench.ErrEvent, "no usage"},
		{"another usage", llmapi.Chat, true, replaced(asked, `"prompt_tokens":25`, `"prompt_tokens":24`), bench.ErrBody, "usage.prompt_tokens: expected 25, got 24"},
		{"role and text in one", llmapi.Chat, false, slices.Concat([]event{{"", strings.Replace(chat[1].data, `"delta":{`, `"delta":{"role":"assistant",`, 1)}}, chat[2:]), "", ""},
		{"text and reason in one", llmapi.Chat, false, slices.Concat(chat[:3], []event{{"", strings.Replace(chat[3].data, `"finish_reason":null`, `"finish_reason":"stop"`, 1)}}, chat[5:]), "", ""},
		{"another role", llmapi.Chat, false, replaced(chat, `"assistant"`, `"user"`), bench.ErrBody, `choices[0].delta.role: expected "assistant", got "user"`},
		{"a tool call", llmapi.Chat, false, slices.Insert(slices.Clone(chat), 2, event{"", `{"object":"chat.completion.chunk","choices":[{"index":0,"delta":{"tool_calls":[{"index":0}]}}]}`}), bench.ErrBody, `choices[0].delta.tool_calls: expected nothing, got [{"index":0}]`},
		{"a filter's event first", llmapi.Chat, false, slices.Insert(slices.Clone(chat), 0, event{"", `{"object":"","choices":[],"prompt_filter_results":[]}`}), "", "the event without a type"},
		{"an error", llmapi.Chat, false, slices.Insert(slices.Clone(chat[:4]), 4, event{"", `{"error":{"message":"the backend is gone","code":502}}`}), bench.ErrFailed, `"the backend is gone"`},
		{"text after the reason", llmapi.Chat, false, slices.Concat(chat[:3], chat[4:5], chat[3:4], chat[5:]), bench.ErrReordered, "content came after finish_reason"},

		{"reasoning before the text", llmapi.Responses, false, slices.Concat(responses[:2], []event{
			ev("response.output_item.added", `"output_index":7,"item":{"type":"reasoning","id":"r"}`),
			ev("response.reasoning_text.delta", `"output_index":7,"delta":"hm"`),
			ev("response.output_item.done", `"output_index":7,"item":{"type":"reasoning","id":"r"}`),
		}, responses[2:]), "", "a part of the type reasoning"},
		{"ids of its own", llmapi.Responses, false, replaced(responses, "resp_", "gw_"), "", "rewrites response.id"},
		{"an id of its own at the end alone", llmapi.Responses, false, append(slices.Clone(responses[:10]), replaced(responses[10:], "resp_", "gw_")...), bench.ErrEvent, `response.id: expected "resp_`},
		{"an id of its own at the start alone", llmapi.Responses, false, append(replaced(responses[:1], "resp_", "gw_"), responses[1:]...), bench.ErrEvent, `response.id: expected "gw_`},
		{"a part that changes its id", llmapi.Responses, false, append(slices.Clone(responses[:9]), append(replaced(responses[9:10], "msg_", "gw_"), responses[10:]...)...), bench.ErrEvent, `item.id: expected "msg_`},
		{"a call after the text", llmapi.Responses, false, slices.Insert(slices.Clone(responses), 9, ev("response.output_item.added", `"output_index":1,"item":{"type":"function_call","id":"r"}`)), bench.ErrEvent, "second time"},
		{"the whole answer without text", llmapi.Responses, false, append(slices.Clone(responses[:10]), event{"response.completed", `{"type":"response.completed","response":{"object":"response","status":"completed","output":[],"usage":{"input_tokens":25,"output_tokens":45,"total_tokens":70}}}`}), bench.ErrBody, "response.output[0]"},
		{"another text in the whole answer", llmapi.Responses, false, append(slices.Clone(responses[:10]), event{"response.completed", strings.Replace(responses[10].data, "babab babad", "babab babaf", 1)}), bench.ErrBody, "response.output[0].content[0].text"},
	} {
		t.Run(string(tc.api)+"/"+tc.name, func(t *testing.T) {
			c := newChecker(tc.api, llmapi.Stream{Shape: small, Usage: tc.usage})
			fault := check(c, tc.events)
			said := noted(c.judge)
			if fault != nil {
				said = fault.Detail
			}
			if class(fault) != tc.want || !strings.Contains(said, tc.says) {
				t.Errorf("%v, rewrites %q; want %q saying %q", fault, noted(c.judge), tc.want, tc.says)
			}
		})
	}
}

func replaced(events []event, old, with string) (out []event) {
	for _, e := range events {
		out = append(out, event{e.name, strings.ReplaceAll(e.data, old, with)})
	}
	return out
}

// Checkers share what they compare with, also when their streams take turns.
func TestCheckersTakeTurns(t *testing.T) {
	shape := llmapi.Shape{AnswerBytes: 1024, Chunks: 5, ChunkBytes: 40}
	for _, api := range llmapi.All() {
		one := newChecker(api, streamOf(shape))
		two := one.Another()
		ones := eventsOf(t, api, one.Stream, 100)
		twos := replaced(eventsOf(t, api, one.Stream, 2000), string(llmapi.ZeroID[:]), strings.Repeat("zuzuz", 4))
		var sentOne, sentTwo []int64
		for i := range ones {
			_, sent, fault := one.Event([]byte(ones[i].name), []byte(ones[i].data))
			sentOne = append(sentOne, sent...)
			_, sent, faultTwo := two.Event([]byte(twos[i].name), []byte(twos[i].data))
			sentTwo = append(sentTwo, sent...)
			if fault != nil || faultTwo != nil {
				t.Errorf("%s: event %d: %v and %v", api, i, fault, faultTwo)
			}
		}
		if one.End() != nil || two.End() != nil || one.rewritten || two.rewritten {
			t.Errorf("%s: ends with %v and %v", api, one.End(), two.End())
		}
		if !slices.Equal(sentOne, []int64{100, 101, 102, 103, 104}) || !slices.Equal(sentTwo, []int64{2000, 2001, 2002, 2003, 2004}) {
			t.Errorf("%s: sent at %v and %v", api, sentOne, sentTwo)
		}
	}
}

// Comparing an event with what was sent spares reading it and says the same.
func TestComparingSaysWhatReadingSays(t *testing.T) {
	for _, api := range llmapi.All() {
		comparing, reading := newChecker(api, streamOf(small)), newChecker(api, streamOf(small))
		events := eventsOf(t, api, comparing.Stream, 100)
		for i := range events {
			data := events[i].data
			for at := 0; at < len(data); at += 1 + i%5 {
				damaged := []byte(data)
				damaged[at] ^= 1
				events[i].data = string(damaged)
				got := check(comparing, events)
				reading.Reset()
				for _, e := range events {
					reading.at = len(reading.sent) // nothing to compare with
					reading.Event([]byte(e.name), []byte(e.data))
				}
				if want := reading.End(); class(got) != class(want) {
					t.Errorf("%s: with another byte %d in %q: %v, reading says %v", api, at, data, got, want)
				}
			}
			events[i].data = data
		}
	}
}

// Streams allocate nothing, neither those that come as they were sent nor those
// that a gateway has written anew, once their rewrites are noted.
func TestCheckerAllocatesNothing(t *testing.T) {
	for _, api := range llmapi.All() {
		c := newChecker(api, streamOf(llmapi.DefaultShape()))
		asSent := rawEvents(eventsOf(t, api, c.Stream, 100))
		written := eventsOf(t, api, c.Stream, 100)
		for i := range written {
			written[i].data = anew(t, written[i].data, true)
		}
		recut := rawEvents(recut(t, rand.New(rand.NewPCG(1, 1)), c, written))
		for name, events := range map[string][][2][]byte{"as sent": asSent, "written anew": rawEvents(written), "re-cut": recut} {
			run := func() {
				c.Reset()
				for _, e := range events {
					c.Event(e[0], e[1])
				}
				if fault := c.End(); fault != nil {
					t.Fatal(fault)
				}
			}
			for range notedAnswers {
				run()
			}
			if n := testing.AllocsPerRun(10, run); n != 0 {
				t.Errorf("%s: %g allocations a stream %s", api, n, name)
			}
		}
	}
}

func rawEvents(events []event) (raw [][2][]byte) {
	for _, e := range events {
		raw = append(raw, [2][]byte{[]byte(e.name), []byte(e.data)})
	}
	return raw
}

func FuzzChecker(f *testing.F) {
	rng := rand.New(rand.NewPCG(3, 3))
	for i, api := range llmapi.All() {
		c := newChecker(api, streamOf(small))
		good := eventsOf(f, api, c.Stream, 100)
		for _, events := range [][]event{good, recut(f, rng, c, good)} {
			var lines []string
			for _, e := range events {
				lines = append(lines, e.name+"\t"+e.data)
			}
			f.Add(byte(i), []byte(strings.Join(lines, "\n")))
		}
	}
	f.Fuzz(func(t *testing.T, api byte, stream []byte) {
		c := newChecker(llmapi.All()[int(api)%len(llmapi.All())], streamOf(small))
		chunks := 0
		for line := range bytes.SplitSeq(stream, []byte{'\n'}) {
			name, data, _ := bytes.Cut(line, []byte{'\t'})
			_, sent, _ := c.Event(name, data)
			chunks += len(sent)
		}
		if chunks > small.Chunks || c.End() == nil && chunks != small.Chunks {
			t.Errorf("%d chunks, end %v", chunks, c.End())
		}
	})
}

// cpu is the CPU time of this process in nanoseconds, which a busy machine does
// not stretch.
func cpu() int64 {
	var t unix.Timespec
	if err := unix.ClockGettime(unix.CLOCK_PROCESS_CPUTIME_ID, &t); err != nil {
		panic(err)
	}
	return t.Nano()
}

// BenchmarkChecker prints what a stream costs to judge as it was sent, and written
// anew.
func BenchmarkChecker(b *testing.B) {
	for _, api := range llmapi.All() {
		c := newChecker(api, streamOf(llmapi.DefaultShape()))
		asSent := eventsOf(b, api, c.Stream, 1)
		written := slices.Clone(asSent)
		for i := range written {
			written[i].data = anew(b, written[i].data, false)
		}
		for name, events := range map[string][]event{"as-sent": asSent, "written-anew": written} {
			b.Run(fmt.Sprintf("%s/20x64B/%s", api, name), func(b *testing.B) {
				raw := rawEvents(events)
				b.ReportAllocs()
				before := cpu()
				for b.Loop() {
					c.Reset()
					for _, e := range raw {
						c.Event(e[0], e[1])
					}
					if fault := c.End(); fault != nil {
						b.Fatal(fault)
					}
				}
				b.ReportMetric(float64(cpu()-before)/float64(b.N), "cpu-ns/op")
			})
		}
	}
}

// BenchmarkAnswer prints the same for JSON.
func BenchmarkAnswer(b *testing.B) {
	for _, api := range llmapi.All() {
		body := llmapi.JSONAnswer(api, llmapi.DefaultShape())
		want := New(api).Expect(body, 200)
		written := []byte(anew(b, string(body), false))
		for name, judge := range map[string]func() bool{
			"as-sent":      func() bool { return want.Continues(0, body) },
			"written-anew": func() bool { return want.Check(written) == nil },
		} {
			b.Run(fmt.Sprintf("%s/1KB/%s", api, name), func(b *testing.B) {
				b.ReportAllocs()
				before := cpu()
				for b.Loop() {
					if !judge() {
						b.Fatal("a right answer is wrong")
					}
				}
				b.ReportMetric(float64(cpu()-before)/float64(b.N), "cpu-ns/op")
			})
		}
	}
}
