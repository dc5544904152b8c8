package llmapi

import "strings"

// hole stands for the text in a template. It occurs nowhere else in one.
const hole = "\x00"

// Besides its ID, all of an answer is fixed: equal settings give equal bytes.
const (
	model     = "bench-model"
	createdAt = 1767225600 // 2026-01-01T00:00:00Z
	inTokens  = 25
)

// JSONAnswer is the body of a JSON answer, exactly shape.AnswerBytes long, with an
// ID of zero; see IDs. The shape must be one that Validate accepts.
func JSONAnswer(api API, shape Shape) []byte {
	before, after := answerTemplate(api, shape.AnswerBytes)
	body := make([]byte, 0, shape.AnswerBytes)
	body = append(body, before...)
	body = appendCorpus(body, 0, shape.AnswerBytes-len(before)-len(after))
	return append(body, after...)
}

// MinAnswerBytes is the size of the smallest JSON answer of api, which has one
// byte of text.
func MinAnswerBytes(api API) int {
	// The token count grows with the size, so it has at most the digits it has here.
	before, after := answerTemplate(api, 1000)
	return len(before) + 1 + len(after)
}

func answerTemplate(api API, size int) (before, after string) {
	before, after, _ = strings.Cut(api.dialect().answer(hole, tokens(size)), hole)
	return before, after
}

// name is the name of a part of the answer: what kind of part it is, and the ID.
func name(kind string) string { return kind + string(ZeroID[:]) }
