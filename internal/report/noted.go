package report

import (
	"cmp"
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// noted are the findings that decide nothing: changes that are small and
// everywhere.
func (b *builder) noted() document.Section {
	s := document.Section{ID: "noted", Heading: "Noted, not a regression"}
	l := document.List{Most: enough}
	for _, n := range b.Notes {
		l.Items = append(l.Items, document.Item{Name: aboutGroup(bench.Group{Group: n.Group, Metric: n.Metric}), Text: noteText(n)})
	}
	s.Blocks = []document.Block{l}
	return s
}

func noteText(n bench.Note) string { return cmp.Or(plain.To(n.Text, longestReason), "no reason given") }

// notedLead is the first note in the headline's words; empty without one.
func (b *builder) notedLead() string {
	if len(b.Notes) == 0 || b.failed() {
		return ""
	}
	text := "noted: " + b.noteLine(b.Notes[0])
	if more := len(b.Notes) - 1; more > 0 {
		text += fmt.Sprintf(" (and %s)", figures.Counted(more, "further note"))
	}
	return text
}

// noteLine is what a note is about, and by how much it changed.
func (b *builder) noteLine(n bench.Note) string {
	i := slices.IndexFunc(b.Groups, func(g bench.Group) bool {
		return g.Group == n.Group && g.Metric == n.Metric && g.Outcome == bench.Pass && g.Shift != nil && *g.Shift > 0
	})
	if i < 0 {
		return plain.To(aboutGroup(bench.Group{Group: n.Group, Metric: n.Metric})+": "+n.Text, 200)
	}
	return fmt.Sprintf("%s on average, which is below the limit: %s", onAverage(b.Groups[i], bench.Regression), figures.Added(*b.Groups[i].Shift))
}

// onAverage says that the requests of a group are slower or cost more, or the
// contrary.
func onAverage(g bench.Group, o bench.Outcome) string {
	if g.Metric != "" && !g.Metric.IsClock() {
		return fmt.Sprintf("%s cost %s CPU time", groupName(g.Group), much(o))
	}
	return fmt.Sprintf("%s are %s", groupName(g.Group), speed(o))
}

// noteRemarks are the notes for the annotations of a check run.
func (b *builder) noteRemarks() []document.Remark {
	var all []document.Remark
	for _, n := range b.Notes {
		all = append(all, document.Remark{Level: document.Notice, Title: "noted: " + b.noteLine(n), Text: noteText(n)})
	}
	return all
}
