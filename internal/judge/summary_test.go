package judge

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/llmapi"
)

// TestSummary: of every API the text, why it ended, and what it cost.
func TestSummary(t *testing.T) {
	for _, c := range []struct {
		api            llmapi.API
		reason, tokens string
	}{
		{llmapi.Responses, "status completed", "output_tokens "},
		{llmapi.Chat, "finish_reason stop", "completion_tokens "},
		{llmapi.Messages, "stop_reason end_turn", "output_tokens "},
	} {
		got := New(c.api).Expect(llmapi.JSONAnswer(c.api, llmapi.DefaultShape()), 200).Summary()
		has := func(prefix string) bool {
			return slices.ContainsFunc(got, func(s string) bool { return strings.HasPrefix(s, prefix) })
		}
		if !has("text of ") || !slices.Contains(got, c.reason) || !has(c.tokens) || len(got) != 4 {
			t.Errorf("%s: %s", c.api, fmt.Sprintf("%q", got))
		}
	}
}
