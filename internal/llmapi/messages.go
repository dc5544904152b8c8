package llmapi

import (
	"fmt"
	"slices"
)

// messages is the Anthropic Messages API.
var messages = dialect{
	name:      Messages,
	path:      "/v1/messages",
	maker:     "anthropic",
	headers:   append(slices.Clip(commonHeaders), Header{"x-api-key", "mock"}, Header{"anthropic-version", "2026-10-21"}),
	maxTokens: true,
	turns:     "messages",
	tool: func(about, parameters string) string {
		return `{` + about + `,"input_schema":` + parameters + `}`
	},
	answer: func(text string, tokens int) string {
		return fmt.Sprintf(`{"id":"%s","type":"message","role":"assistant","model":"%s",`+
			`"content":[{"type":"text","text":"%s"}],"stop_reason":"end_turn","stop_sequence":null,`+
			`"usage":{"input_tokens":%d,"output_tokens":%d}}`, name("msg_"), model, text, inTokens, tokens)
	},
	fail: func(status int, message string) string {
		kind := "api_error"
		if status == RateLimited.Status() {
			kind = "rate_limit_error"
		}
		return `{"type":"error","error":{"type":"` + kind + `","message":"` + message + `"}}`
	},
	named:      true,
	stream:     streamMessages,
	textCopies: 1,
}

func streamMessages(s *script) {
	event := func(kind Kind, name, fields string, from, to int) {
		s.data(kind, name, `{"type":"`+name+`"`+fields+`}`, from, to)
	}
	event(Control, "message_start", fmt.Sprintf(`,"message":{"id":"%s","type":"message","role":"assistant","model":"%s",`+
		`"content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":%d,"output_tokens":1}}`, name("msg_"), model, inTokens), 0, 0)
	event(Control, "content_block_start", `,"index":0,"content_block":{"type":"text","text":""}`, 0, 0)
	event(Control, "ping", "", 0, 0)
	for chunk := range s.Shape.Chunks {
		event(Delta, "content_block_delta", `,"index":0,"delta":{"type":"text_delta","text":"`+hole+`"}`, chunk, chunk+1)
	}
	event(Control, "content_block_stop", `,"index":0`, 0, 0)
	event(Control, "message_delta", fmt.Sprintf(`,"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":%d}`,
		s.tokens()), 0, 0)
	event(Terminal, "message_stop", "", 0, 0)
}
