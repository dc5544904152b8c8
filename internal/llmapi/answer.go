package llmapi

import (
	"fmt"
	"strings"
)

// hole stands for the text in a template; no template has it otherwise.
const hole = "\x00"

// Identity of every answer: fixed, so that equal settings give equal bytes.
const (
	model     = "bench-model"
	createdAt = 1767225600 // 2026-01-01T00:00:00Z
	inTokens  = 25
)

// JSONAnswer is the whole body of a JSON answer, exactly shape.AnswerBytes long.
// The shape must be one that Validate accepts.
func JSONAnswer(api API, shape Shape) []byte {
	before, after := answerTemplate(api, shape.AnswerBytes)
	body := make([]byte, 0, shape.AnswerBytes)
	body = append(body, before...)
	body = appendCorpus(body, 0, shape.AnswerBytes-len(before)-len(after))
	return append(body, after...)
}

// MinAnswerBytes is the size of the smallest JSON answer of api: one with a
// byte of text.
func MinAnswerBytes(api API) int {
	// The token count grows with the size, so it is at most as long as here.
	before, after := answerTemplate(api, 1000)
	return len(before) + 1 + len(after)
}

func answerTemplate(api API, size int) (before, after string) {
	out := tokens(size)
	var body string
	switch api {
	case Chat:
		body = fmt.Sprintf(`{"id":"chatcmpl-bench","object":"chat.completion","created":%d,"model":"%s",`+
			`"choices":[{"index":0,"message":{"role":"assistant","content":"%s","refusal":null},"logprobs":null,"finish_reason":"stop"}],`+
			`"usage":%s,"system_fingerprint":"fp_bench"}`, createdAt, model, hole, chatUsage(out))
	case Messages:
		body = fmt.Sprintf(`{"id":"msg_bench","type":"message","role":"assistant","model":"%s",`+
			`"content":[{"type":"text","text":"%s"}],"stop_reason":"end_turn","stop_sequence":null,`+
			`"usage":{"input_tokens":%d,"output_tokens":%d}}`, model, hole, inTokens, out)
	default:
		body = responseObject("completed", "["+messageItem("completed", "["+textPart(hole)+"]")+"]", responsesUsage(out))
	}
	before, after, _ = strings.Cut(body, hole)
	return before, after
}

// responseObject is the Response of the Responses API.
func responseObject(status, output, usage string) string {
	return fmt.Sprintf(`{"id":"resp_bench","object":"response","created_at":%d,"status":"%s","error":null,"incomplete_details":null,`+
		`"instructions":null,"max_output_tokens":null,"model":"%s","output":%s,"parallel_tool_calls":true,"previous_response_id":null,`+
		`"temperature":1.0,"tool_choice":"auto","tools":[],"top_p":1.0,"usage":%s,"metadata":{}}`,
		createdAt, status, model, output, usage)
}

func messageItem(status, content string) string {
	return fmt.Sprintf(`{"id":"msg_bench","type":"message","status":"%s","role":"assistant","content":%s}`, status, content)
}

func textPart(text string) string {
	return fmt.Sprintf(`{"type":"output_text","annotations":[],"logprobs":[],"text":"%s"}`, text)
}

func responsesUsage(out int) string {
	return fmt.Sprintf(`{"input_tokens":%d,"input_tokens_details":{"cached_tokens":0},"output_tokens":%d,`+
		`"output_tokens_details":{"reasoning_tokens":0},"total_tokens":%d}`, inTokens, out, inTokens+out)
}

func chatUsage(out int) string {
	return fmt.Sprintf(`{"prompt_tokens":%d,"completion_tokens":%d,"total_tokens":%d}`, inTokens, out, inTokens+out)
}
