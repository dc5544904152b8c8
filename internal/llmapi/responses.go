package llmapi

import "fmt"

// responses is the OpenAI Responses API.
var responses = dialect{
	name:    Responses,
	path:    "/v1/responses",
	maker:   "openai",
	headers: commonHeaders,
	// A gateway that keeps conversations takes its stateful path without this.
	extra: map[string]any{"store": false},
	turns: "input",
	// The official clients always send the type, and strict gateways answer 400
	// without it.
	turn: `"type":"message",`,
	tool: func(about, parameters string) string {
		return `{"type":"function",` + about + `,"parameters":` + parameters + `,"strict":false}`
	},
	answer: func(text string, tokens int) string {
		return responseObject("completed", "["+messageItem("completed", "["+textPart(text)+"]")+"]", responseUsage(tokens))
	},
	fail:       openAIError,
	named:      true,
	stream:     streamResponses,
	textCopies: 5,
}

// streamResponses gives every event a type and a rising sequence_number; the last
// four events with text repeat all of it.
func streamResponses(s *script) {
	at := `"item_id":"` + name("msg_") + `","output_index":0,"content_index":0,`
	event := func(kind Kind, name, fields string, from, to int) {
		s.data(kind, name, fmt.Sprintf(`{"type":"%s","sequence_number":%d,%s}`, name, len(s.frames), fields), from, to)
	}
	all := s.Shape.Chunks
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
	event(Terminal, "response.completed", `"response":`+responseObject("completed", "["+item+"]", responseUsage(s.tokens())), 0, all)
	s.plain(Control, DoneEvent, DoneEvent)
}

func responseObject(status, output, usage string) string {
	return fmt.Sprintf(`{"id":"%s","object":"response","created_at":%d,"status":"%s","error":null,"incomplete_details":null,`+
		`"instructions":null,"max_output_tokens":null,"model":"%s","output":%s,"parallel_tool_calls":true,"previous_response_id":null,`+
		`"temperature":1.0,"tool_choice":"auto","tools":[],"top_p":1.0,"usage":%s,"metadata":{}}`,
		name("resp_"), createdAt, status, model, output, usage)
}

func messageItem(status, content string) string {
	return fmt.Sprintf(`{"id":"%s","type":"message","status":"%s","role":"assistant","content":%s}`, name("msg_"), status, content)
}

func textPart(text string) string {
	return fmt.Sprintf(`{"type":"output_text","annotations":[],"logprobs":[],"text":"%s"}`, text)
}

func responseUsage(out int) string {
	return fmt.Sprintf(`{"input_tokens":%d,"input_tokens_details":{"cached_tokens":0},"output_tokens":%d,`+
		`"output_tokens_details":{"reasoning_tokens":0},"total_tokens":%d}`, inTokens, out, inTokens+out)
}

// openAIError is an error body of both OpenAI APIs.
func openAIError(status int, message string) string {
	kind, code := "server_error", "null"
	if status == RateLimited.Status() {
		kind, code = "requests", `"rate_limit_exceeded"`
	}
	return `{"error":{"message":"` + message + `","type":"` + kind + `","param":null,"code":` + code + `}}`
}
