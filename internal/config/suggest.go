package config

import (
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/llmapi"
)

// others are words that people use for those of the format.
var others = map[string]string{
	"stream": "sse", "streams": "sse", "streaming": "sse", "answer": "json", "answers": "json",
	"none": "never", "nothing": "never", "no_baseline": "no-baseline",
	"cmd": "start", "command": "start", "run": "start", "environment": "env", "url": "path",
	"clients": "concurrency", "connections": "concurrency", "bodies": "body", "size": "body", "sizes": "body",
	"budget": "time_budget", "duration": "time_budget", "time": "time_budget", "iterations": "rounds", "runs": "rounds",
	"fail": "fail_on", "tolerance": "threshold", "significance": "alpha",
}

// Meant is the hint for a word that is none of the candidates: the one that it most likely
// means, or otherwise.
func Meant[T ~string](word string, candidates []T, otherwise string) string {
	return meant(word, candidates, otherwise)
}

// meant asks for the candidate that a mistyped word most likely means; when
// none is close it is otherwise.
func meant[T ~string](word string, candidates []T, otherwise string) string {
	for edits := range 1 + max(1, min(3, len(word)/3)) {
		for _, c := range candidates {
			if within(edits, strings.ToLower(word), string(c)) {
				return "did you mean " + string(c) + "?"
			}
		}
	}
	if other := T(otherWord(strings.ToLower(word))); slices.Contains(candidates, other) {
		return "did you mean " + string(other) + "?"
	}
	return otherwise
}

// otherWord is that of the format for one that people use. An API is also called by its
// maker or the end of its path.
func otherWord(word string) string {
	for _, api := range llmapi.All() {
		if word == api.Maker() || strings.HasSuffix(api.Path(), "/"+word) {
			return string(api)
		}
	}
	return others[word]
}

// within reports whether at most n insertions, deletions and replacements of bytes,
// and exchanges of two neighbours, lead from a to b. It takes 3ⁿ steps and more only for what is equal.
func within(n int, a, b string) bool {
	for a != "" && b != "" && a[0] == b[0] {
		a, b = a[1:], b[1:]
	}
	switch {
	case n < 0:
		return false
	case a == "" || b == "":
		return len(a)+len(b) <= n
	}
	if len(a) > 1 && len(b) > 1 && a[0] == b[1] && a[1] == b[0] && within(n-1, a[2:], b[2:]) {
		return true
	}
	return within(n-1, a[1:], b) || within(n-1, a, b[1:]) || within(n-1, a[1:], b[1:])
}

// orList writes "a, b or c".
func orList[T ~string](words []T) string {
	var b strings.Builder
	for i, w := range words {
		switch {
		case i == 0:
		case i == len(words)-1:
			b.WriteString(" or ")
		default:
			b.WriteString(", ")
		}
		b.WriteString(string(w))
	}
	return b.String()
}
