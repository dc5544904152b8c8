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
	fail:       openAIError,
	stream:     streamChat,
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
	noUsage, ask := "", s.Usage
	if ask {
		noUsage = `,"usage":null`
	}
	object := func(choices, usage string) string {
		return fmt.Sprintf(`{"id":"%s","object":"chat.completion.chunk","created":%d,"model":"%s",`+
			`"system_fingerprint":"fp_bench","choices":%s%s}`, name("chatcmpl-"), createdAt, model, choices, usage)
	}
	choice := func(delta, finish string) string {
		return object(`[{"index":0,"delta":`+delta+`,"logprobs":null,"finish_reason":`+finish+`}]`, noUsage)
	}
	s.plain(Control, RoleEvent, choice(`{"role":"assistant","content":"","refusal":null}`, "null"))
	for chunk := range s.Shape.Chunks {
		s.data(Delta, ContentEvent, choice(`{"content":"`+hole+`"}`, "null"), chunk, chunk+1)
	}
	s.plain(Control, FinishEvent, choice(`{}`, `"stop"`))
	if ask {
		s.plain(Control, UsageEvent, object("[]", `,"usage":`+chatUsage(s.tokens())))
	}
	s.plain(Terminal, DoneEvent, DoneEvent)
}

func chatUsage(out int) string {
	return fmt.Sprintf(`{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}`, inTokens, out, inTokens+out)
}
