package llmapi

import (
	"bytes"
	"fmt"
)

// chat is the OpenAI Chat Completions API.
var chat = dialect{
	name:    Chat,
	path:    "/v1/chat/completions",
	headers: commonHeaders,
	turns:   "messages",
	tool: func(about, parameters string) string {
		return `{"type":"function","function":{` + about + `,"parameters":` + parameters + `}}`
	},
	answer: func(text string, tokens int) string {
		return fmt.Sprintf(`{"id":"chatcmpl-bench","object":"chat.completion","created":%d,"model":"%s",`+
			`"choices":[{"index":0,"message":{"role":"assistant","content":"%s","refusal":null},"logprobs":null,"finish_reason":"stop"}],`+
			`"usage":%s,"system_fingerprint":"fp_bench"}`, createdAt, model, text, chatUsage(tokens))
	},
	fail:       openAIError,
	stream:     streamChat,
	textCopies: 1,
	kind:       chatKind,
}

var (
	chatChoices = []byte(`"choices"`)
	chatDone    = []byte("[DONE]")
)

// streamChat writes events without a name; the last one before [DONE] has the
// usage, as clients get it with stream_options.include_usage.
func streamChat(s *script) {
	object := func(choices, usage string) string {
		return fmt.Sprintf(`{"id":"chatcmpl-bench","object":"chat.completion.chunk","created":%d,"model":"%s",`+
			`"system_fingerprint":"fp_bench","choices":%s,"usage":%s}`, createdAt, model, choices, usage)
	}
	choice := func(delta, finish string) string {
		return object(`[{"index":0,"delta":`+delta+`,"logprobs":null,"finish_reason":`+finish+`}]`, "null")
	}
	s.plain(Control, "", choice(`{"role":"assistant","content":"","refusal":null}`, "null"))
	for chunk := range s.shape.Chunks {
		s.data(Delta, "", choice(`{"content":"`+hole+`"}`, "null"), chunk, chunk+1)
	}
	s.plain(Control, "", choice(`{}`, `"stop"`))
	s.plain(Control, "", object("[]", chatUsage(s.tokens())))
	s.plain(Terminal, "", string(chatDone))
}

func chatUsage(out int) string {
	return fmt.Sprintf(`{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}`, inTokens, out, inTokens+out)
}

// chatKind takes an event with a mark for a delta, since the events have no names.
func chatKind(data []byte) Kind {
	if bytes.Equal(bytes.TrimSpace(data), chatDone) {
		return Terminal
	}
	if bytes.Contains(data, chatChoices) {
		if _, _, _, marked := ParseMark(data); marked {
			return Delta
		}
	}
	return Control
}
