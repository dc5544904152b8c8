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
	fail: anthropicError,
	call: func(_, bare string) string {
		return fmt.Sprintf(`{"id":"%s","type":"message","role":"assistant","model":"%s",`+
			`"content":[{"type":"tool_use","id":"%s","name":"%s","input":%s}],"stop_reason":"tool_use","stop_sequence":null,`+
			`"usage":{"input_tokens":%d,"output_tokens":%d}}`, name("msg_"), model, name("toolu_"), CallName, bare, inTokens, inTokens)
	},
	named:      true,
	stream:     streamMessages,
	callStream: streamMessagesCall,
	failEvent: func(_ int, message string) (event, data string) {
		return "error", anthropicError(529, message)
	},
	textCopies: 1,
}

func streamMessages(s *script) {
	s.startMessage(`{"type":"text","text":""}`)
	s.message(Control, "ping", "", 0, 0)
	for chunk := range s.Shape.Chunks {
		s.message(Delta, "content_block_delta", `,"index":0,"delta":{"type":"text_delta","text":"`+hole+`"}`, chunk, chunk+1)
	}
	s.stopMessage("end_turn")
}

func streamMessagesCall(s *script, pieces []string) {
	s.startMessage(`{"type":"tool_use","id":"` + name("toolu_") + `","name":"` + CallName + `","input":{}}`)
	for _, piece := range pieces {
		s.message(Delta, "content_block_delta", `,"index":0,"delta":{"type":"input_json_delta","partial_json":"`+piece+`"}`, 0, 0)
	}
	s.stopMessage("tool_use")
}

// message adds an event of a messages stream.
func (s *script) message(kind Kind, name, fields string, from, to int) {
	s.data(kind, name, `{"type":"`+name+`"`+fields+`}`, from, to)
}

func (s *script) startMessage(block string) {
	s.message(Control, "message_start", fmt.Sprintf(`,"message":{"id":"%s","type":"message","role":"assistant","model":"%s",`+
		`"content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":%d,"output_tokens":1}}`, name("msg_"), model, inTokens), 0, 0)
	s.message(Control, "content_block_start", `,"index":0,"content_block":`+block, 0, 0)
}

func (s *script) stopMessage(reason string) {
	s.message(Control, "content_block_stop", `,"index":0`, 0, 0)
	s.message(Control, "message_delta", fmt.Sprintf(`,"delta":{"stop_reason":"%s","stop_sequence":null},"usage":{"output_tokens":%d}`,
		reason, s.tokens()), 0, 0)
	s.message(Terminal, "message_stop", "", 0, 0)
}
