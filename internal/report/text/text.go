// Package text writes a document for a terminal. It draws no
// charts but those that a few characters can: what a section shows in one, it also
// says in words or in a table.
//
// A document can come from anywhere, so every string of it is cleaned before it
// reaches the terminal.
package text

import (
	"fmt"
	"io"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// Style is how a text looks. Nothing in Color is needed to understand the text.
type Style struct {
	Color bool // ANSI bold and colours; off for files, pipes and NO_COLOR
	Width int  // columns of the terminal; 0: a plain 80
	All   bool // also what is of rank document.Detail, and lists to their end
}

// Write writes the document.
func Write(w io.Writer, d document.Document, style Style) error {
	t := &text{style: style}
	t.headline(d)
	t.sections(d.Sections)
	if _, err := io.WriteString(w, t.b.String()); err != nil {
		return fmt.Errorf("writing the text: %w", err)
	}
	return nil
}

type text struct {
	b     strings.Builder
	style Style
}

func (t *text) sections(all []document.Section) {
	for _, s := range all {
		if s.Rank <= document.Folded || t.style.All && s.Rank <= document.Detail {
			t.section(s)
		}
	}
}

// line writes text behind a label, cleaned and wrapped.
func (t *text) line(label, text string) {
	t.b.WriteString(t.wrapped(label, plain.Clean(text)))
}

func (t *text) headline(d document.Document) {
	title, lead := strings.ToUpper(d.Word), strings.Join(d.Lead, "; ")
	if rest, repeated := strings.CutPrefix(lead, d.Word); repeated {
		title += rest
	} else {
		title += ": " + lead
	}
	t.b.WriteString(t.style.colored(t.wrapped("", plain.Clean(title)), t.style.of(d.Outcome)))
	for _, other := range d.Others {
		t.line("- ", plain.Capital(other))
	}
	for _, f := range d.Facts {
		t.line(padded(f.Name, 10), f.Text)
	}
	for _, a := range d.Alerts {
		text := t.wrapped(padded(alertWord[a.Level], 10), plain.Clean(a.Text))
		if a.Level == document.Fault {
			text = t.style.colored(text, alarm)
		}
		t.b.WriteString(text)
	}
	if d.ToDo != "" {
		t.line(padded("To do", 10), d.ToDo)
	}
}

var alertWord = map[document.Level]string{document.Notice: "Note", document.Warning: "Warning", document.Fault: "Warning"}

// section is a heading and what stands below it. One that only has charts is
// left out.
func (t *text) section(s document.Section) {
	inner := &text{style: t.style}
	for _, b := range s.Blocks {
		if !b.Empty() {
			inner.block(b)
		}
	}
	inner.sections(s.Sections)
	if inner.b.Len() == 0 {
		return
	}
	heading := plain.Clean(s.Heading)
	if aside := plain.Clean(s.Aside); aside != "" {
		heading += " · " + aside
	}
	t.b.WriteString("\n" + t.style.colored(heading+"\n", bold) + strings.TrimLeft(inner.b.String(), "\n"))
}

func (t *text) block(b document.Block) {
	switch b := b.(type) {
	case document.Paragraph:
		t.line("", b.Text)
	case document.List:
		t.list(b)
	case document.Table:
		t.table(b)
	case document.Alert:
		t.line(padded(alertWord[b.Level], 10), b.Text)
	case document.Output:
		for _, l := range b.Lines {
			t.b.WriteString(strings.TrimRight("  "+plain.Cut(l, t.style.columns()-3), " ") + "\n")
		}
	case document.Command:
		t.b.WriteString("  " + plain.Clean(b.Text) + "\n")
	case document.Charts:
		t.strips(b)
	default:
		panic(fmt.Sprintf("text: there is no way to write a %T", b))
	}
}

// strips are the charts that can be drawn with characters and tell most.
func (t *text) strips(c document.Charts) {
	for _, chart := range c.Charts {
		strip := chart.Strip()
		if !chart.Typical || strip == nil {
			continue
		}
		t.caption(chart.Title)
		for _, line := range strip {
			t.b.WriteString("  " + line + "\n")
		}
	}
}

// longestName is how long names can be to have a column of their own.
const longestName = 22

func (t *text) list(l document.List) {
	if l.Title != "" {
		t.caption(l.Title)
	}
	items, more := l.Items, 0
	if l.Most > 0 && !t.style.All && len(items) > l.Most {
		items, more = items[:l.Most], len(items)-l.Most
	}
	width := 0
	for _, i := range items {
		width = max(width, length(plain.Clean(i.Name)))
	}
	for n, i := range items {
		name := plain.Clean(i.Name)
		switch {
		case l.Numbered:
			t.line(fmt.Sprintf("[%d] ", n+1), i.Whole())
		case name == "":
			t.line("  ", i.Whole())
		case width <= longestName:
			t.line("  "+padded(name, width+2), i.Whole())
		default:
			t.b.WriteString(t.wrapped("  ", name+". "+plain.Capital(plain.Clean(i.Whole()))))
		}
	}
	if more > 0 {
		fmt.Fprintf(&t.b, "  … and %d more\n", more)
	}
}

func (t *text) caption(text string) {
	t.b.WriteString("\n" + plain.Clean(text) + "\n")
}

// The escape sequences of ECMA-48, 8.3.117.
const (
	bold  = "1"
	alarm = "1;31"
	good  = "1;32"
	doubt = "1;33"
)

// of is the colour that an outcome deserves.
func (Style) of(o bench.Outcome) string {
	switch o {
	case bench.Regression:
		return alarm
	case bench.Pass, bench.Improvement:
		return good
	case "":
		return bold
	default:
		return doubt
	}
}

// colored colours each line for itself, so that a pager or a cut keeps it.
func (s Style) colored(text, code string) string {
	if !s.Color {
		return text
	}
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString("\x1b[" + code + "m" + strings.TrimSuffix(line, "\n") + "\x1b[0m\n")
	}
	return b.String()
}
