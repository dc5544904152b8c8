package markdown

import (
	"strings"
	"testing"
)

func TestLink(t *testing.T) {
	for address, want := range map[string]string{
		"https://github.com/org/gateway/actions/runs/1": "[x](https://github.com/org/gateway/actions/runs/1)",
		"https://example.com/a b(c)|d?e=[f]":            "[x](https://example.com/a%20b%28c%29%7Cd?e=%5Bf%5D)",
		"javascript:alert(1)":                           "x",
		"https:///nowhere":                              "x",
		"/relative":                                     "x",
		"":                                              "x",
		"https://example.com/" + strings.Repeat("a", 3000): "x",
	} {
		if got := link("x", address); got != want {
			t.Errorf("%.60q: %q, want %q", address, got, want)
		}
	}
}
