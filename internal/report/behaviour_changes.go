package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/plain"
)

func (b *builder) behavioursOf(is func(bench.BehaviourChange) bool) []bench.BehaviourChange {
	return slices.DeleteFunc(slices.Clone(b.Behaviours), func(c bench.BehaviourChange) bool { return !is(c) })
}

// changeText is a change in the words of the verdict, with its cases.
func changeText(c bench.BehaviourChange) string {
	text := plain.To(c.Text, longestChange)
	if text == "" {
		text = plain.To(string(c.Behaviour), longestChange)
		if d, known := behaviour.Describe(c.Behaviour); known {
			text = d.Title
		}
	}
	if where := plain.To(c.Case, 160); !strings.Contains(text, strings.TrimSuffix(where, "…")) {
		text += fmt.Sprintf(" (%s)", where)
	}
	return text
}

// claim is a change as a sentence of its own: the words of a title lack the subject.
func (b *builder) claim(c bench.BehaviourChange) string {
	text := changeText(c)
	if d, known := behaviour.Describe(c.Behaviour); known && strings.HasPrefix(text, d.Title) {
		text = "the gateway " + text
	}
	return text
}
