// Package markdown writes a document as GitHub shows it: a comment on a pull
// request, the summary of a job and the output of a check run, each within the
// limits of the platform.
//
// A document can come from anywhere: everything in it is escaped, so that it
// adds no markup, mentions nobody and refers to nothing.
package markdown

import (
	"fmt"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report/document"
)

const (
	// mostComment leaves room for the caller's marker below the 65,536 characters
	// that GitHub stores of a comment, some of which take four bytes.
	mostComment = 59_500
	// mostSummary is what the runner uploads of one step's summary: 1 MiB.
	mostSummary = 1_000_000
)

// layout is how much of a document is shown, and how.
type layout struct {
	rank   document.Rank // the last that is shown
	terse  bool          // lists end where that is enough
	charts bool
	rows   int // of a table
	items  int // of a list
}

var (
	inComment = layout{rank: document.Detail, terse: true, charts: true, rows: 1000, items: 24}
	inSummary = layout{rank: document.Full, charts: true, rows: 1000, items: 500}
	inCheck   = layout{rank: document.Detail, rows: 100, items: 100}
)

// Comment is the document for a pull request: an answer of a few lines, and the rest in
// one fold. It is below 60,000 bytes whatever the document holds: parts are omitted, the
// largest first, and it says which and where they are.
func Comment(d document.Document) string {
	p := page{d, inComment}
	return p.fit(mostComment, p.all())
}

// Summary is the same for the page of a job, where there is room for every metric that was
// compared. It is below 1 MiB.
func Summary(d document.Document) string {
	p := page{d, inSummary}
	return p.fit(mostSummary, p.all())
}

// page is a document in a layout.
type page struct {
	document.Document
	layout
}

// passage is a piece of a page. One with a name can be omitted, and one to keep
// is the last to be.
type passage struct {
	name, text string
	keep       bool
}

func (p page) all() []passage {
	parts := []passage{{text: p.brief()}}
	if rest := p.everything(); len(rest) > 1 || rest[0].text != "" {
		parts = append(parts, passage{text: "<details>\n<summary>" + p.folding() + "</summary>\n\n"})
		parts = append(parts, rest...)
		parts = append(parts, passage{text: "</details>\n\n"})
	}
	return append(parts, passage{text: p.footer()})
}

// symbol is the outcome at a glance. Nothing in it is needed to understand the
// words beside it.
func (p page) symbol() string {
	switch {
	case p.Failed:
		return "🔧"
	case p.Accepted:
		return "⚠️"
	default:
		return symbolOf(p.Outcome)
	}
}

func symbolOf(o bench.Outcome) string {
	switch o {
	case bench.Regression:
		return "❌"
	case bench.Improvement:
		return "🚀"
	case bench.Pass:
		return "✅"
	case bench.NoBaseline:
		return "🆕"
	case bench.Inconclusive:
		return "⚪"
	case "":
		return "📏"
	default:
		return "❔"
	}
}

// section is a heading and what stands below it.
func (p page) section(s document.Section) []passage {
	if s.Rank > p.rank || s.Empty() {
		return nil
	}
	body := p.body(s)
	if body == "" {
		return nil
	}
	heading := md(s.Heading, 80)
	return []passage{{name: heading, text: "#### " + heading + "\n\n" + body, keep: s.Rank == document.Always}}
}

// body is a section without its heading.
func (p page) body(s document.Section) string {
	var b strings.Builder
	tables := 0
	for _, block := range s.Blocks {
		if _, is := block.(document.Table); is {
			tables++
		}
	}
	for _, block := range s.Blocks {
		t, is := block.(document.Table)
		switch {
		case block.Empty():
		case is:
			if tables > 1 && t.Caption != "" {
				b.WriteString(md(t.Caption, 100) + ":\n\n")
			}
			b.WriteString(rowsOf(t, t.Filled(), t.Rows, p.rows))
		default:
			b.WriteString(p.block(block))
		}
	}
	for _, n := range s.Sections {
		if n.Rank > p.rank {
			continue
		}
		if inner := p.body(n); inner != "" {
			heading := md(n.Heading, 80)
			if n.Aside != "" {
				heading += " · " + md(n.Aside, 80)
			}
			b.WriteString("##### " + heading + "\n\n" + inner)
		}
	}
	return b.String()
}

func (p page) block(block document.Block) string {
	switch b := block.(type) {
	case document.Paragraph:
		if b.Small {
			return "<sub>" + md(b.Text, 600) + "</sub>\n\n"
		}
		return md(b.Text, 600) + "\n\n"
	case document.List:
		return p.list(b)
	case document.Alert:
		return alert(b)
	case document.Output:
		return preformatted(b.Lines)
	case document.Command:
		return command(b.Text)
	case document.Charts:
		return p.drawn(b)
	default:
		panic(fmt.Sprintf("markdown: there is no way to write a %T", b))
	}
}

func (p page) list(l document.List) string {
	if l.Empty() {
		return ""
	}
	most := p.items
	if p.terse && l.Most > 0 {
		most = min(most, l.Most)
	}
	shown := l.Items[:min(most, len(l.Items))]
	length := 500
	if p.terse && len(shown) > 6 { // many have to be short
		length = 250
	}
	items := make([]string, len(shown))
	for i, item := range shown {
		if items[i] = p.item(item, length); l.Numbered {
			items[i] = fmt.Sprintf("<sub>\\[%d\\] %s</sub>", i+1, items[i])
		}
	}
	text, bullet, gap := "", "- ", "\n"
	if l.Numbered {
		bullet, gap = "", "\n\n"
	}
	if l.Title != "" {
		text = md(l.Title, 100) + ":\n\n"
	}
	text += bullet + strings.Join(items, gap+bullet) + "\n"
	if more := len(l.Items) - len(shown); more > 0 {
		text += fmt.Sprintf("- … and %d more\n", more)
	}
	return text + "\n"
}

func (p page) item(i document.Item, length int) string {
	text := md(i.Whole(), length)
	for _, l := range i.Links {
		words := md(l.Text, 100)
		text = strings.Replace(text, words, link(words, l.Address), 1)
	}
	if i.Name == "" {
		return text
	}
	return "**" + md(i.Name, 80) + "**: " + text
}

// footer is where more is to be had, and what wrote this.
func (p page) footer() string {
	var parts []string
	for _, l := range p.Links {
		if len(l.Address) < 2000 {
			parts = append(parts, link(md(l.Text, 60), l.Address))
		}
	}
	return "<sub>" + strings.Join(append(parts, md(p.Tool, 60)), " · ") + "</sub>\n"
}
