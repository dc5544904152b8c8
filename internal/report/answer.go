package report

import (
	"fmt"
	"strings"

	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/report/observed"
)

// answer is a run in six lines: what the gateway adds and costs, and what of it is worth
// a look.
func (b *builder) answer() document.Section {
	s := document.Section{ID: "answer", Heading: "What the gateway adds and costs", Brief: true}
	if !b.measuredOnly() || len(b.run.Rounds) == 0 {
		return s
	}
	l := document.List{Items: b.Answer()}
	add := func(name, text string) { l.Items = append(l.Items, document.Item{Name: name, Text: text}) }
	if len(b.run.Facts) > 0 {
		add("Behaviour", b.harmInShort())
	}
	add("Causes", b.causesInShort())
	s.Blocks = []document.Block{l}
	return s
}

// harmInShort is the first harm that was seen, and how much more there is.
func (b *builder) harmInShort() string {
	found := observed.Harm(b.run.Facts)
	if len(found) == 0 {
		return "no harm seen"
	}
	return "worth a look: the gateway " + summed(found)
}

// causesInShort are the likely causes of slowness by name.
func (b *builder) causesInShort() string {
	const most = 3
	var names []string
	for _, f := range b.findings(false) {
		names = append(names, f.Name)
	}
	if len(names) == 0 {
		return "none of the known ones found"
	}
	text := "worth a look: " + strings.Join(names[:min(most, len(names))], "; ")
	if more := len(names) - most; more > 0 {
		text += fmt.Sprintf(" (and %d more)", more)
	}
	return text
}

// what is measured stands behind the figures of a run.
func (b *builder) what() document.Section {
	s := document.Section{ID: "what", Heading: "What was measured"}
	if !b.measuredOnly() {
		return s
	}
	s.Blocks = []document.Block{document.List{Items: b.measuredFacts()}}
	return s
}
