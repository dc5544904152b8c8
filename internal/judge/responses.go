package judge

import "github.com/org/proxy-bench-action/internal/llmapi"

var responses = meaning{
	means: append(paths(responseText), responseMeans...),
	// openai-python and openai-node go by the type and ignore the name. They build
	// the answer up from these events (lib/streaming/responses/_responses.py).
	steps: []step{
		{name: "response.created", id: at("response.id"), idKind: answerID, need: true, means: paths("response.object", "response.status")},
		{name: "response.in_progress", id: at("response.id"), idKind: answerID, means: paths("response.object", "response.status")},
		{name: "response.output_item.added", id: at("item.id"), idKind: partID, need: true, means: paths("item.type", "item.role", "item.content"), part: at("output_index"), partType: at("item.type")},
		{name: "response.content_part.added", need: true, means: paths("part.type", "part.text"), part: at("output_index")},
		{name: "response.output_text.delta", kind: llmapi.Delta, text: at("delta"), part: at("output_index")},
		{name: "response.output_text.done", repeats: paths("text"), part: at("output_index")},
		{name: "response.content_part.done", means: paths("part.type"), repeats: paths("part.text"), part: at("output_index")},
		{
			name: "response.output_item.done", id: at("item.id"), idKind: partID, means: paths("item.type", "item.role", "item.status", "item.content[].type"),
			repeats: paths("item.content[].text"), part: at("output_index"),
		},
		{name: "response.completed", id: at("response.id"), idKind: answerID, kind: llmapi.Terminal, need: true, means: inResponse(responseMeans), repeats: inResponse(paths(responseText))},
		{name: llmapi.DoneEvent},
	},
}

const responseText = "output[].content[].text"

// responseMeans is what has a meaning besides the text.
var responseMeans = paths(
	"object", "status", "error", "incomplete_details", "output[].type", "output[].role", "output[].status", "output[].content[].type",
	"usage.input_tokens", "usage.output_tokens", "usage.total_tokens",
)

// inResponse are the paths in an event that holds the whole answer.
func inResponse(inside []path) (all []path) {
	for _, p := range inside {
		all = append(all, at("response."+p.text))
	}
	return all
}
