package markdown

import (
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// What an answer in a few lines has room for.
const (
	briefRows   = 5
	briefItems  = 2
	briefAlerts = 3
	briefOutput = 12 // lines
	briefOthers = 3  // further findings
)

// brief is the answer of a few lines: better or worse, where, by how much, why, and what
// to do now.
func (p page) brief() string {
	var b strings.Builder
	b.WriteString(p.title())
	for i, a := range p.urgent() {
		if i == briefAlerts {
			break
		}
		b.WriteString(alert(a))
	}
	for _, s := range p.Sections {
		if s.Brief && s.Rank == document.Always {
			b.WriteString(p.beginning(s))
		}
	}
	if what := p.whatToDo(); what != "" {
		b.WriteString("**What to do:** " + what + ".\n\n")
	}
	return b.String()
}

// title is the verdict: what matters most, and on a line of its own the rest.
func (p page) title() string {
	first := md(p.Lead[0], 240)
	if p.Key != "" {
		first = md(p.Key, 24) + ": " + first
	} else {
		first = plain.Capital(first)
	}
	pieces := make([]string, len(p.Lead)-1)
	for i, piece := range p.Lead[1:] {
		pieces[i] = md(piece, 240)
	}
	text := fmt.Sprintf("### %s %s\n\n", p.symbol(), first)
	if len(pieces) > 0 {
		line := strings.TrimSuffix(strings.Join(pieces, "; "), ".")
		if !p.Failed { // which is the message of a program
			line = plain.Capital(line)
		}
		text += line + ".\n\n"
	}
	others := make([]string, 0, briefOthers+1)
	for i, o := range p.Others {
		if i == briefOthers {
			others = append(others, fmt.Sprintf("%d more", len(p.Others)-i))
			break
		}
		others = append(others, md(o, 240))
	}
	if len(others) > 0 {
		text += "Also: " + strings.Join(others, "; ") + ".\n\n"
	}
	return text
}

// urgent are the alerts that a reader of a few lines has to know: after a pass, no mere
// notices.
func (p page) urgent() []document.Alert {
	var all []document.Alert
	for _, a := range p.Alerts {
		if p.Outcome != bench.Pass || p.Failed || a.Level != document.Notice {
			all = append(all, a)
		}
	}
	return all
}

// beginning is what matters most of a section: of several tables the first.
func (p page) beginning(s document.Section) string {
	var b strings.Builder
	tables := 0
	for _, block := range s.Blocks {
		switch block := block.(type) {
		case document.List:
			b.WriteString(p.firstItems(s.Heading, block))
		case document.Table:
			if tables++; tables == 1 {
				b.WriteString(rowsOf(block, narrow(block), firstOf(block), briefRows))
			}
		case document.Output:
			b.WriteString(preformatted(block.Lines[max(0, len(block.Lines)-briefOutput):]))
		case document.Paragraph:
			if !block.Small {
				b.WriteString(md(block.Text, 240) + "\n\n")
			}
		}
	}
	return b.String()
}

// firstItems are the first items of a list, behind the heading where there is one. What to
// look at stands below them all.
func (p page) firstItems(heading string, l document.List) string {
	if l.Empty() {
		return ""
	}
	name := "**" + md(heading, 80) + ":**"
	most := briefItems
	if l.Most == 0 { // all of them are needed
		most = p.items
	}
	shown := l.Items[:min(most, len(l.Items))]
	items := make([]string, len(shown))
	for i, item := range shown {
		item.Look = ""
		items[i] = p.item(item, 240)
	}
	if len(l.Items) == 1 {
		return name + " " + strings.Replace(items[0], "**", "", 2) + "\n\n"
	}
	text := name + "\n\n- " + strings.Join(items, "\n- ") + "\n"
	if more := len(l.Items) - len(shown); more > 0 {
		text += fmt.Sprintf("- … and %d more\n", more)
	}
	return text + "\n"
}

// narrow are the columns of a table that a few lines have room for.
func narrow(t document.Table) []int {
	return slices.DeleteFunc(t.Filled(), func(i int) bool { return t.Columns[i].Wide })
}

// everything is what a reader of more than a few lines unfolds: all of the document.
func (p page) everything() []passage {
	parts := []passage{{text: p.rest()}}
	for _, s := range p.Sections {
		parts = append(parts, p.section(s)...)
	}
	return parts
}

// rest is what the brief answer has left out of the headline.
func (p page) rest() string {
	text := p.list(document.List{Items: p.Facts})
	if len(p.Others) > briefOthers {
		var l document.List
		for _, o := range p.Others[briefOthers:] {
			l.Items = append(l.Items, document.Item{Text: plain.Capital(o)})
		}
		text += p.list(l)
	}
	urgent := p.urgent()
	for i, a := range p.Alerts {
		if j := slices.Index(urgent, a); j < 0 || j >= briefAlerts {
			text += alert(p.Alerts[i])
		}
	}
	return text
}

// counts are the scenarios by outcome: "❌ 3 ✅ 21 ⚪ 2".
func (p page) counts() string {
	parts := make([]string, len(p.Counts))
	for i, c := range p.Counts {
		parts[i] = fmt.Sprintf("%s %d", symbolOf(c.Outcome), c.N)
	}
	return strings.Join(parts, " ")
}

// folding is the title of the fold that has everything.
func (p page) folding() string {
	switch {
	case len(p.Counts) > 0:
		return fmt.Sprintf("All scenarios (%s), conditions, how to repeat it", p.counts())
	case p.Failed:
		return "How to repeat it"
	case p.Outcome == bench.Pass: // of programs that are the same
		return "What was compared, how to measure it all the same"
	default:
		return "All that was measured, how to repeat it"
	}
}

// whatToDo is one sentence, empty where nothing is to be done.
func (p page) whatToDo() string {
	var parts []string
	if p.Look != "" {
		parts = append(parts, "Look at "+md(p.Look, 340))
	}
	if p.ToDo != "" {
		parts = append(parts, plain.Capital(md(p.ToDo, 240)))
	}
	return strings.Join(parts, ". ")
}
