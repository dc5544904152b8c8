package report

import (
	"cmp"
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/diagnose"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// findings are the diagnoses in words: those that the base has as well, or those
// that are new or of which nothing tells whether they are.
func (b *builder) findings(inBase bool) []document.Item {
	var all []document.Item
	for _, d := range b.Diagnoses {
		if inBase == (d.Change == bench.ChangeKept || d.Change == bench.ChangeGone) {
			all = append(all, b.diagnosis(d))
		}
	}
	return all
}

// diagnosis bounds each part, so that together they stay a remark.
func (b *builder) diagnosis(d bench.Diagnosis) document.Item {
	name, where, look := string(d.Name), "", d.Look
	if text, known := diagnose.Describe(d.Name); known {
		name = text.Title
	}
	switch d.Change {
	case bench.ChangeNew:
		where = "new in this change"
	case bench.ChangeKept:
		where = "also in the base"
	case bench.ChangeGone:
		where, look = "in the base, gone in the head", ""
	}
	in := ""
	switch n, all := len(d.Scenarios), len(b.Suite); {
	case n == 1:
		in = "in " + d.Scenarios[0]
	case n > 1 && n == all:
		in = fmt.Sprintf("in all %d scenarios", n)
	case n > 1:
		in = fmt.Sprintf("in %d of %s", n, figures.Counted(all, "scenario"))
	}
	if where != "" && in != "" {
		where += ", "
	}
	text := plain.To(d.Seen, 240)
	if where += in; where != "" {
		text = plain.To(where, 80) + ": " + text
	}
	return document.Item{Name: plain.To(plain.Capital(name), 80), Text: text + ".", Look: plain.To(look, 160)}
}

// why is the reason of an outcome with the likely cause in its scenario, for a remark
// that is read alone.
func (b *builder) why(scenario, reason string) string {
	reason = cmp.Or(reason, "no reason given")
	for _, d := range b.Diagnoses {
		inBase := d.Change == bench.ChangeKept || d.Change == bench.ChangeGone
		if !inBase && (len(d.Scenarios) == 0 || slices.Contains(d.Scenarios, scenario)) {
			cause := b.diagnosis(d)
			return fmt.Sprintf("%s. Likely cause: %s, %s", strings.TrimSuffix(reason, "."), cause.Name, cause.Whole())
		}
	}
	return reason
}

// longestCauses is how many diagnoses are told where room is short: a gateway
// with more needs another remedy.
const longestCauses = 6

func (b *builder) causes() document.Section {
	l := document.List{Items: b.findings(false), Most: longestCauses}
	s := document.Section{ID: "causes", Heading: "Likely cause", Brief: true, Blocks: []document.Block{l}}
	if proofs := b.proofs(); !proofs.Empty() {
		s.Blocks = append(s.Blocks, proofs)
	}
	if len(l.Items) > 0 && b.mostlyDisturbed() {
		s.Blocks = append(s.Blocks, document.Paragraph{Text: "Most rounds were disturbed by other work on this machine, which can look like any of these. " +
			"Measure again on a quiet machine before you look for them in the gateway."})
	}
	return s
}

// mostlyDisturbed reports whether more than half of the rounds that count do so
// although the machine was busy with something else.
func (b *builder) mostlyDisturbed() bool {
	counted, disturbed := map[int]bool{}, map[int]bool{}
	for _, r := range b.run.Rounds {
		if r.Void != "" {
			continue
		}
		counted[r.Round] = true
		if r.Disturbed != "" {
			disturbed[r.Round] = true
		}
	}
	return 2*len(disturbed) > len(counted)
}

func (b *builder) inBase() document.Section {
	l := document.List{Items: b.findings(true), Most: longestCauses}
	return document.Section{ID: "in-base", Heading: "Already in the base", Rank: document.Folded, Blocks: []document.Block{b.behavioursKept(), l}}
}
