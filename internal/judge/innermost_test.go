package judge

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/llmapi"
)

// The reason why an answer is no JSON is given without a line for every level.
func TestReasonOfBadJSON(t *testing.T) {
	j := New(llmapi.Chat)
	for text, want := range map[string]string{
		`{"a":[{"b":"` + "\x00" + `"}]}`:                          "not JSON (string cannot contain control char 0x00)",
		strings.Repeat("[", 10_000) + strings.Repeat("]", 10_000): "not JSON (too big depth for the nested JSON",
	} {
		if _, fault := j.parse([]byte(text)); fault == nil || !strings.HasPrefix(fault.Detail, want) {
			t.Errorf("%.40q: %+v, want %s", text, fault, want)
		}
	}
}
