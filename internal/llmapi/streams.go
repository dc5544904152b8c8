package llmapi

import "fmt"

// responses is the life cycle of the Responses API: every event has a type and
// a rising sequence_number, and the last ones repeat the whole text.
func (s *script) responses() {
	const at = `"item_id":"msg_bench","output_index":0,"content_index":0,`
	event := func(kind Kind, name, fields string, from, to int) {
		s.data(kind, name, fmt.Sprintf(`{"type":"%s","sequence_number":%d,%s}`, name, len(s.frames), fields), from, to)
	}
	all := s.shape.Chunks
	started := `"response":` + responseObject("in_progress", "[]", "null")
	part := textPart(hole)
	item := messageItem("completed", "["+part+"]")

	event(Control, "response.created", started, 0, 0)
	event(Control, "response.in_progress", started, 0, 0)
	event(Control, "response.output_item.added", `"output_index":0,"item":`+messageItem("in_progress", "[]"), 0, 0)
	event(Control, "response.content_part.added", at+`"part":`+part, 0, 0)
	for chunk := range all {
		event(Delta, "response.output_text.delta", at+`"delta":"`+hole+`","logprobs":[]`, chunk, chunk+1)
	}
	event(Control, "response.output_text.done", at+`"text":"`+hole+`","logprobs":[]`, 0, all)
	event(Control, "response.content_part.done", at+`"part":`+part, 0, all)
	event(Control, "response.output_item.done", `"output_index":0,"item":`+item, 0, all)
	event(Terminal, "response.completed",
		`"response":`+responseObject("completed", "["+item+"]", responsesUsage(s.outTokens())), 0, all)
	s.plain(Control, "", "[DONE]")
}

// chat is the stream of Chat Completions: events without a name, a last one
// with the usage, as with stream_options.include_usage.
func (s *script) chat() {
	chunkObject := func(choices, usage string) string {
		return fmt.Sprintf(`{"id":"chatcmpl-bench","object":"chat.completion.chunk","created":%d,"model":"%s",`+
			`"system_fingerprint":"fp_bench","choices":%s,"usage":%s}`, createdAt, model, choices, usage)
	}
	choice := func(delta, finish string) string {
		return chunkObject(`[{"index":0,"delta":`+delta+`,"logprobs":null,"finish_reason":`+finish+`}]`, "null")
	}
	s.plain(Control, "", choice(`{"role":"assistant","content":"","refusal":null}`, "null"))
	for chunk := range s.shape.Chunks {
		s.data(Delta, "", choice(`{"content":"`+hole+`"}`, "null"), chunk, chunk+1)
	}
	s.plain(Control, "", choice(`{}`, `"stop"`))
	s.plain(Control, "", chunkObject("[]", chatUsage(s.outTokens())))
	s.plain(Terminal, "", "[DONE]")
}

// messages is the stream of the Messages API.
func (s *script) messages() {
	event := func(kind Kind, name, fields string, from, to int) {
		s.data(kind, name, `{"type":"`+name+`"`+fields+`}`, from, to)
	}
	event(Control, "message_start", fmt.Sprintf(`,"message":{"id":"msg_bench","type":"message","role":"assistant","model":"%s",`+
		`"content":[],"stop_reason":null,"stop_sequence":null,"usage":{"input_tokens":%d,"output_tokens":1}}`, model, inTokens), 0, 0)
	event(Control, "content_block_start", `,"index":0,"content_block":{"type":"text","text":""}`, 0, 0)
	event(Control, "ping", "", 0, 0)
	for chunk := range s.shape.Chunks {
		event(Delta, "content_block_delta", `,"index":0,"delta":{"type":"text_delta","text":"`+hole+`"}`, chunk, chunk+1)
	}
	event(Control, "content_block_stop", `,"index":0`, 0, 0)
	event(Control, "message_delta", fmt.Sprintf(`,"delta":{"stop_reason":"end_turn","stop_sequence":null},"usage":{"output_tokens":%d}`,
		s.outTokens()), 0, 0)
	event(Terminal, "message_stop", "", 0, 0)
}
