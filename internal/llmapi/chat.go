package llmapi

import "fmt"

// chat is the OpenAI Chat Completions API.
var chat = dialect{
	name:    Chat,
	path:    "/v1/chat/completions",
	maker:   "openai",
	headers: commonHeaders,
	turns:   "messages",
	tool: func(about, parameters string) string {
		return `{"type":"function","function":{` + about + `,"parameters":` + parameters + `}}`
	},
	answer: func(text string, tokens int) string {
		return fmt.Sprintf(`{"id":"%s","object":"chat.completion","created":%d,"model":"%s",`+
			`"choices":[{"index":0,"message":{"role":"assistant","content":"%s","refusal":null},"logprobs":null,"finish_reason":"stop"}],`+
			`"usage":%s,"system_fingerprint":"fp_bench"}`, name("chatcmpl-"), createdAt, model, text, chatUsage(tokens))
	},
	fail: openAIError,
	call: func(quoted, _ string) string {
		return fmt.Sprintf(`{"id":"%s","object":"chat.completion","created":%d,"model":"%s",`+
			`"choices":[{"index":0,"message":{"role":"assistant","content":null,"refusal":null,"tool_calls":[%s]},"logprobs":null,"finish_reason":"tool_calls"}],`+
			`"usage":%s,"system_fingerprint":"fp_bench"}`, name("chatcmpl-"), createdAt, model, chatCall(`"`+quoted+`"`), chatUsage(inTokens))
	},
	stream:     streamChat,
	callStream: streamChatCall,
	failEvent: func(_ int, message string) (event, data string) {
		return "error", openAIError(500, message)
	},
	textCopies: 1,
	asksUsage:  true,
}

// The events of a chat stream have no names. These say what they bring.
const (
	RoleEvent    = "role"
	ContentEvent = "content"
	FinishEvent  = "finish_reason"
	UsageEvent   = "usage"
)

// streamChat writes events without a name. Requests that ask for the usage with
// stream_options.include_usage get it in an event of its own, and null in the
// others.
func streamChat(s *script) {
	s.plain(Control, RoleEvent, s.choice(`{"role":"assistant","content":"","refusal":null}`, "null"))
	for chunk := range s.Shape.Chunks {
		s.data(Delta, ContentEvent, s.choice(`{"content":"`+hole+`"}`, "null"), chunk, chunk+1)
	}
	s.finishChat("stop")
}

func streamChatCall(s *script, pieces []string) {
	s.plain(Control, RoleEvent, s.choice(`{"role":"assistant","content":null,"refusal":null,"tool_calls":[`+chatCall(`""`)+`]}`, "null"))
	for _, piece := range pieces {
		s.plain(Delta, ContentEvent, s.choice(`{"tool_calls":[{"index":0,"function":{"arguments":"`+piece+`"}}]}`, "null"))
	}
	s.finishChat("tool_calls")
}

// finishChat ends a stream.
func (s *script) finishChat(reason string) {
	s.plain(Control, FinishEvent, s.choice(`{}`, `"`+reason+`"`))
	if s.Usage {
		s.plain(Control, UsageEvent, chatChunk("[]", `,"usage":`+chatUsage(s.tokens())))
	}
	s.plain(Terminal, DoneEvent, DoneEvent)
}

// choice is an event of a chat stream with a delta.
func (s *script) choice(delta, finish string) string {
	noUsage := ""
	if s.Usage {
		noUsage = `,"usage":null`
	}
	return chatChunk(`[{"index":0,"delta":`+delta+`,"logprobs":null,"finish_reason":`+finish+`}]`, noUsage)
}

func chatChunk(choices, usage string) string {
	return fmt.Sprintf(`{"id":"%s","object":"chat.completion.chunk","created":%d,"model":"%s",`+
		`"system_fingerprint":"fp_bench","choices":%s%s}`, name("chatcmpl-"), createdAt, model, choices, usage)
}

// chatCall is a call of a tool with its arguments, a JSON string.
func chatCall(arguments string) string {
	return `{"index":0,"id":"` + name("call_") + `","type":"function","function":{"name":"` + CallName + `","arguments":` + arguments + `}}`
}

func chatUsage(out int) string {
	return fmt.Sprintf(`{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}`, inTokens, out, inTokens+out)
}
