package judge

import "github.com/org/proxy-bench-action/internal/llmapi"

var messages = meaning{
	means: paths(
		"type", "role", "content[].type", "content[].text", "stop_reason", "stop_sequence", "usage.input_tokens", "usage.output_tokens",
	),
	// anthropic-sdk-python and -typescript drop an event whose "event:" line is
	// missing or names none of these (_streaming.py, core/streaming.ts).
	dispatches: true,
	steps: []step{
		{name: "message_start", need: true, means: paths("message.type", "message.role", "message.content", "message.usage.input_tokens")},
		{name: "content_block_start", need: true, means: paths("content_block.type", "content_block.text"), part: at("index"), partType: at("content_block.type")},
		{name: "ping", anywhere: true},
		{name: "content_block_delta", kind: llmapi.Delta, text: at("delta.text"), means: paths("delta.type"), part: at("index")},
		{name: "content_block_stop", part: at("index")},
		{name: "message_delta", need: true, means: paths("delta.stop_reason", "delta.stop_sequence", "usage.output_tokens")},
		{name: "message_stop", kind: llmapi.Terminal, need: true},
	},
}
