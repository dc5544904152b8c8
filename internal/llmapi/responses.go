package llmapi

import (
	"fmt"
	"strings"
)

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
	fail: openAIError,
	call: func(quoted, _ string) string {
		return responseObject("completed", "["+callItem("completed", quoted)+"]", responseUsage(inTokens))
	},
	named:      true,
	stream:     streamResponses,
	callStream: streamResponsesCall,
	failEvent: func(number int, message string) (event, data string) {
		return "error", fmt.Sprintf(`{"type":"error","sequence_number":%d,"code":"server_error","message":"%s","param":null}`, number, message)
	},
	textCopies: 5,
}

// streamResponses gives every event a type and a rising sequence_number; the last
// four events with text repeat all of it.
func streamResponses(s *script) {
	at := `"item_id":"` + name("msg_") + `","output_index":0,"content_index":0,`
	event := s.response
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

// response adds an event of a responses stream.
func (s *script) response(kind Kind, name, fields string, from, to int) {
	s.data(kind, name, fmt.Sprintf(`{"type":"%s","sequence_number":%d,%s}`, name, len(s.frames), fields), from, to)
}

func streamResponsesCall(s *script, pieces []string) {
	event := func(kind Kind, name, fields string) { s.response(kind, name, fields, 0, 0) }
	at := `"item_id":"` + name("fc_") + `","output_index":0,`
	started := `"response":` + responseObject("in_progress", "[]", "null")
	item := callItem("completed", strings.Join(pieces, ""))

	event(Control, "response.created", started)
	event(Control, "response.in_progress", started)
	event(Control, "response.output_item.added", `"output_index":0,"item":`+callItem("in_progress", ""))
	for _, piece := range pieces {
		event(Delta, "response.function_call_arguments.delta", at+`"delta":"`+piece+`"`)
	}
	event(Control, "response.function_call_arguments.done", at+`"arguments":"`+strings.Join(pieces, "")+`"`)
	event(Control, "response.output_item.done", `"output_index":0,"item":`+item)
	event(Terminal, "response.completed", `"response":`+responseObject("completed", "["+item+"]", responseUsage(s.tokens())))
	s.plain(Control, DoneEvent, DoneEvent)
}

// callItem is a call of a tool with its quoted arguments.
func callItem(status, arguments string) string {
	return fmt.Sprintf(`{"id":"%s","type":"function_call","status":"%s","call_id":"%s","name":"%s","arguments":"%s"}`,
		name("fc_"), status, name("call_"), CallName, arguments)
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
