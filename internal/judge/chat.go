package judge

import "github.com/org/proxy-bench-action/internal/llmapi"

var chat = meaning{
	means: append(paths(
		"object", "choices[].index", "choices[].message.role", "choices[].message.content", "choices[].message.refusal",
		"choices[].message.tool_calls", "choices[].message.function_call", "choices[].finish_reason",
	), chatCounts...),
	// openai-python and openai-node read every chunk alike, whatever its name, add
	// up the deltas, and end with [DONE]. A second role is added to the first one
	// (openai-python, lib/streaming/_deltas.py).
	steps: []step{
		{name: llmapi.RoleEvent, when: at("choices[0].delta.role"), need: true, means: paths("object", "choices[0].index", "choices[0].delta.role")},
		{name: llmapi.ContentEvent, kind: llmapi.Delta, when: at("choices[0].delta.content"), text: at("choices[0].delta.content"), means: paths("object", "choices[0].index")},
		{name: llmapi.FinishEvent, when: at("choices[0].finish_reason"), need: true, means: paths("object", "choices[0].index", "choices[0].finish_reason")},
		{name: llmapi.UsageEvent, when: at("usage"), anywhere: true, means: chatCounts},
		{name: llmapi.DoneEvent, kind: llmapi.Terminal, need: true},
	},
	never: paths("choices[0].delta.tool_calls", "choices[0].delta.function_call", "choices[0].delta.refusal", "choices[1]"),
}

var chatCounts = paths("usage.prompt_tokens", "usage.completion_tokens", "usage.total_tokens")
