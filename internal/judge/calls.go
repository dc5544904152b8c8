package judge

import (
	"bytes"

	"github.com/valyala/fastjson"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// calling is where official SDKs read a call of a tool: in a JSON answer, and in the
// events of a stream.
type calling struct {
	whole  reading
	events reading
	finish string // why an answer with a call ends
	end    string // the type of the event that ends a stream; empty: the event that is no JSON
}

// reading is where one kind of document has the parts of a call.
type reading struct{ name, id, arguments, finish path }

var callings = map[llmapi.API]*calling{
	llmapi.Responses: {
		whole:  reading{at("output[].name"), at("output[].call_id"), at("output[].arguments"), at("output[].status")},
		events: reading{at("item.name"), at("item.call_id"), at("delta"), at("response.status")},
		finish: "completed", end: "response.completed",
	},
	llmapi.Chat: {
		whole:  reading{at("choices[].message.tool_calls[].function.name"), at("choices[].message.tool_calls[].id"), at("choices[].message.tool_calls[].function.arguments"), at("choices[].finish_reason")},
		events: reading{at("choices[].delta.tool_calls[].function.name"), at("choices[].delta.tool_calls[].id"), at("choices[].delta.tool_calls[].function.arguments"), at("choices[].finish_reason")},
		finish: "tool_calls",
	},
	llmapi.Messages: {
		whole:  reading{at("content[].name"), at("content[].id"), at("content[].input"), at("stop_reason")},
		events: reading{at("content_block.name"), at("content_block.id"), at("delta.partial_json"), at("delta.stop_reason")},
		finish: "tool_use", end: "message_stop",
	},
}

// Call reads one answer that calls a tool, as llmapi.CallAnswer and CallFrames have it.
type Call struct {
	where     *calling
	parser    fastjson.Parser
	name, id  string
	arguments []byte
	finish    string
	ended     bool
	fault     *Fault
}

// NewCall is ready for an answer of api.
func NewCall(api llmapi.API) *Call { return &Call{where: callings[api]} }

// Body takes a JSON answer, and returns what is wrong with it.
func (c *Call) Body(data []byte) *Fault {
	c.read(data, &c.where.whole)
	c.ended = true
	return c.End()
}

// Event takes the next event of a stream.
func (c *Call) Event(data []byte) {
	if string(bytes.TrimSpace(data)) == llmapi.DoneEvent {
		c.ended = c.ended || c.where.end == ""
		return
	}
	v := c.read(data, &c.where.events)
	if c.where.end != "" && string(member(v, "type").GetStringBytes()) == c.where.end {
		c.ended = true
	}
}

// read takes the parts of a call that a document has.
func (c *Call) read(data []byte, where *reading) *fastjson.Value {
	v, err := c.parser.ParseBytes(data)
	if err != nil {
		c.fail(bench.ErrBody, "not JSON: %q", excerpt(data))
		return nil
	}
	if fault := failure(v, data); fault != nil {
		c.fail(fault.Class, "%s", fault.Detail)
	}
	for _, part := range []struct {
		at  path
		has *string
	}{{where.name, &c.name}, {where.id, &c.id}, {where.finish, &c.finish}} {
		if found := somewhere(v, part.at.keys); !empty(found) {
			*part.has = string(found.GetStringBytes())
		}
	}
	switch found := somewhere(v, where.arguments.keys); {
	case found == nil:
	case found.Type() == fastjson.TypeString:
		c.arguments = append(c.arguments, found.GetStringBytes()...)
	default:
		c.arguments = found.MarshalTo(c.arguments)
	}
	return v
}

func (c *Call) fail(class bench.ErrorClass, format string, args ...any) {
	if c.fault == nil {
		c.fault = faulty(class, format, args...)
	}
}

// End returns what is wrong with the answer; nil for a right one.
func (c *Call) End() *Fault {
	want := fastjson.MustParse(llmapi.CallArguments)
	got, err := fastjson.ParseBytes(c.arguments)
	switch {
	case c.fault != nil:
	case !c.ended:
		c.fail(bench.ErrNoEnd, "the stream ended without its terminal event")
	case c.name != llmapi.CallName:
		c.fail(bench.ErrBody, "the call of a tool: expected the name %q, got %q", llmapi.CallName, c.name)
	case c.id == "":
		c.fail(bench.ErrBody, "the call of a tool has no id, and its result cannot be sent")
	case c.finish != c.where.finish:
		c.fail(bench.ErrBody, "the answer calls a tool and ends with %q: expected %q", c.finish, c.where.finish)
	case err != nil:
		c.fail(bench.ErrBody, "the arguments of the call are no JSON: %q", excerpt(c.arguments))
	case !same(want, got):
		c.fail(bench.ErrBody, "the arguments of the call: %s", difference(llmapi.CallArguments, string(c.arguments)))
	}
	return c.fault
}

// somewhere is the first value at a path that is not empty; nil when there is none.
func somewhere(v *fastjson.Value, keys []string) *fastjson.Value {
	if len(keys) == 0 || v == nil {
		return v
	}
	if keys[0] != every {
		return somewhere(member(v, keys[0]), keys[1:])
	}
	for _, element := range elements(v) {
		if found := somewhere(element, keys[1:]); !empty(found) {
			return found
		}
	}
	return nil
}

// same reports whether two documents mean the same.
func same(want, got *fastjson.Value) bool {
	if want.Type() != got.Type() {
		return false
	}
	alike := true
	switch want.Type() {
	case fastjson.TypeObject:
		alike = want.GetObject().Len() == got.GetObject().Len()
		want.GetObject().Visit(func(key []byte, w *fastjson.Value) {
			g := member(got, string(key))
			alike = alike && g != nil && same(w, g)
		})
		return alike
	case fastjson.TypeArray:
		alike = len(want.GetArray()) == len(got.GetArray())
		for i, w := range want.GetArray() {
			alike = alike && same(w, got.GetArray()[i])
		}
		return alike
	}
	return equal(want, got)
}
