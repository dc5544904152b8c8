package report_test

import (
	"bytes"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"

	"github.com/yuin/goldmark"
	"github.com/yuin/goldmark/extension"
	renderer "github.com/yuin/goldmark/renderer/html"
	"golang.org/x/net/html"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/document"
	"github.com/org/proxy-bench-action/internal/report/markdown"
)

// markdownAttacks are for GitHub beside those for a terminal.
var markdownAttacks = map[string]string{
	"mention":      "@octocat and @org/team, (@octocat)",
	"reference":    "#123 GH-45 org/gateway#6 https://github.com/org/gateway/issues/7 www.example.com fixes #8",
	"mail":         "someone@example.com",
	"marker":       "<!-- proxy-bench -->",
	"open comment": "<!-- ",
	"script":       `<script>alert(1)</script><img src=x onerror=alert(1)>`,
	"close":        "</details></pre></code></sub><h1>x",
	"link":         "[click](javascript:alert(1)) ![x](https://example.com/x.png) <https://example.com>",
	"definition":   "[41.6, 50.6]: https://example.com",
	"table":        "a | b | c\n|---|---|---|\n| x",
	"heading":      "# title\n## title\n===\n---",
	"fence":        "```\n~~~\n```mermaid\ngraph TD\n```",
	"emphasis":     "**bold** _it_ ~~gone~~ `code`",
	"list":         "- a\n1. b\n+ c\n> d",
	"maths":        "$x^2$ $$y$$",
	"entities":     "&lt;script&gt; &#64;octocat &commat;octocat",
	"alert":        "[!CAUTION]\n> x",
	"ampersands":   strings.Repeat("&", 70_000),
	"ats":          strings.Repeat("@a ", 25_000),
	"address":      "https://example.com/)](x) <b> \"'",
	"backslashes":  `\\\@octocat \<b> \`,
}

func allAttacks() map[string]string {
	all := make(map[string]string)
	for name, s := range attacks {
		all[name] = s
	}
	for name, s := range markdownAttacks {
		all[name] = s
	}
	return all
}

var outcomes = []bench.Outcome{"", bench.Regression, bench.Improvement, bench.Inconclusive, bench.Pass, bench.NoBaseline}

// elements are those that our own Markdown makes.
var elements = []string{
	"html", "head", "body", "p", "strong", "sub", "code", "pre", "a", "ul", "li", "h3", "h4", "h5", "blockquote", "details", "summary",
	"table", "thead", "tbody", "tr", "th", "td",
}

// notifies is what GitHub turns into a notification or a reference in text that
// is not in a link, a code or a pre.
var notifies = regexp.MustCompile(`(?i)@[a-z0-9]|#[0-9]|\bGH-[0-9]|://|www\.`)

// TestNothingHostileIsMarkup renders what was written as GitHub does, with raw
// HTML let through, and looks at the page: only our elements, our links, and a
// table of as many columns as ever.
func TestNothingHostileIsMarkup(t *testing.T) {
	for name, s := range allAttacks() {
		for _, o := range outcomes {
			r := hostileReport(s, o)
			d := report.Build(r)
			texts := map[string]string{"comment": markdown.Comment(d)}
			if o == bench.Regression { // the others differ from the comment by the same parts
				c := markdown.Check(d)
				texts["summary"], texts["check's summary"], texts["check's text"] = markdown.Summary(d), c.Summary, c.Text
				fits(t, name, r, d)
			}
			if o == "" {
				r.Context.Failure = &report.Failure{Step: s, Message: s + "\n" + s, Output: strings.Repeat(s+"\n", 3)}
				failed := report.Build(r)
				texts["failure"] = markdown.Comment(failed)
				fits(t, name, r, failed)
			}
			for what, text := range texts {
				where := what + " of " + string(o) + ", " + name
				if harmless(t, where, text); t.Failed() {
					t.Fatalf("%s:\n%.4000s", where, text)
				}
			}
		}
	}
}

func harmless(t *testing.T, where, text string) {
	t.Helper()
	if strings.Contains(text, "<!--") {
		t.Errorf("%s: there is a comment of HTML, as our marker is", where)
	}
	for _, r := range text {
		if r != '\n' && (unicode.IsControl(r) || unicode.Is(unicode.Cf, r)) {
			t.Errorf("%s: %U", where, r)
			break
		}
	}
	page, err := html.Parse(strings.NewReader(rendered(t, text)))
	if err != nil {
		t.Fatal(err)
	}
	for n := range page.Descendants() {
		switch n.Type {
		case html.ElementNode:
			element(t, where, n)
		case html.TextNode:
			if !within(n, "a", "code", "pre") && notifies.MatchString(n.Data) {
				t.Errorf("%s: %q notifies or refers", where, notifies.FindString(n.Data))
			}
			if strings.Contains(n.Data, "Omitted here") && len(text) < 45_000 {
				t.Errorf("%s: something is left out of %d bytes", where, len(text))
			}
		case html.CommentNode:
			t.Errorf("%s: a comment", where)
		}
	}
}

func element(t *testing.T, where string, n *html.Node) {
	t.Helper()
	if !slices.Contains(elements, n.Data) {
		t.Errorf("%s: an element %s", where, n.Data)
	}
	for _, a := range n.Attr {
		switch {
		case n.Data == "a" && a.Key == "href":
			if u, err := url.Parse(a.Val); err != nil || u.Host != "example.com" {
				t.Errorf("%s: a link to %s", where, a.Val)
			}
		case a.Key == "style" && (n.Data == "td" || n.Data == "th"): // the alignment
		case a.Key == "class" && n.Data == "code": // the language of a fence
		default:
			t.Errorf("%s: %s has %s", where, n.Data, a.Key)
		}
	}
	if n.Data == "table" {
		columns := 0
		for row := range n.Descendants() {
			if row.Data != "tr" {
				continue
			}
			cells := 0
			for cell := range row.ChildNodes() {
				if cell.Type == html.ElementNode {
					cells++
				}
			}
			if columns == 0 {
				columns = cells
			}
			if cells != columns || cells < 3 {
				t.Errorf("%s: a row of %d cells in a table of %d", where, cells, columns)
			}
		}
	}
}

func within(n *html.Node, elements ...string) bool {
	for p := n.Parent; p != nil; p = p.Parent {
		if slices.Contains(elements, p.Data) {
			return true
		}
	}
	return false
}

func rendered(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	m := goldmark.New(goldmark.WithExtensions(extension.GFM), goldmark.WithRendererOptions(renderer.WithUnsafe()))
	if err := m.Convert([]byte(text), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// holding is a document with a string wherever it can hold one.
func holding(s string) document.Document {
	return document.Document{
		Tool: "tool", Lead: []string{s, s}, Others: []string{s}, Facts: []document.Item{{Name: s, Text: s}}, ToDo: s, Key: s,
		Alerts: []document.Alert{{Level: document.Warning, Text: s}}, Links: []document.Link{{Text: s, Address: "https://example.com/" + s}},
		Sections: []document.Section{everyBlock(s)},
	}
}

// everyBlock is a section with a block of each kind that holds a string.
func everyBlock(s string) document.Section {
	return document.Section{ID: "every-block", Heading: s, Blocks: []document.Block{
		document.Paragraph{Text: "text " + s},
		document.Paragraph{Text: s, Small: true},
		document.List{Title: s, Items: []document.Item{{Text: s}, {Name: s, Text: s, Links: []document.Link{{Text: s, Address: "https://example.com/" + s}}}}},
		document.List{Items: []document.Item{{Text: s}}, Numbered: true},
		document.Table{
			Caption: s, Columns: []document.Column{{Title: s, Text: true}, {Title: s, Unit: s}, {Title: "drawn"}},
			Rows: []document.Row{{Cells: []document.Cell{{Text: s + " cell"}, {Text: "1" + s}, {Text: "x"}}}},
		},
		document.Charts{Note: s, Charts: []document.Chart{{
			Title: s, Kind: "kind", Note: s, Typical: true, X: document.Axis{Title: s, Scale: figures.One}, Y: document.Axis{Title: s, Scale: figures.One},
			Series: []document.Series{{Name: s, Value: s, Shape: document.Dots, Points: []document.Point{{X: 1, Y: 1, Name: s + "1"}, {X: 2, Y: 3, Name: s + "2"}}}},
			Rules:  []document.Rule{{At: 1.5, Label: s}},
		}}},
		document.Alert{Level: document.Notice, Text: s},
		document.Output{Lines: plain.LastLines(s)},
		document.Command{Text: s},
	}}
}

// What is escaped reads as it was, but for what shows nothing.
func TestEscapedReadsTheSame(t *testing.T) {
	for name, s := range allAttacks() {
		d := document.Document{Lead: []string{"title"}, Sections: []document.Section{{Heading: "heading", Blocks: []document.Block{document.Paragraph{Text: "text " + s}}}}}
		page, err := html.Parse(strings.NewReader(rendered(t, markdown.Comment(d))))
		if err != nil {
			t.Fatal(err)
		}
		var b strings.Builder
		for n := range page.Descendants() {
			if n.Type == html.TextNode && n.Parent.Data == "p" && strings.HasPrefix(n.Data, "text") {
				b.WriteString(n.Data)
			} else if b.Len() > 0 && n.Type == html.TextNode && n.Parent.Data == "p" {
				b.WriteString(n.Data)
			}
		}
		got := strings.ReplaceAll(b.String(), "\u200b", "")
		if want := strings.TrimSpace(plain.Clean("text " + s)); !strings.HasPrefix(got, want) {
			t.Errorf("%s: %.200q reads %.200q", name, want, got)
		}
	}
}

func FuzzMarkdown(f *testing.F) {
	for _, s := range allAttacks() {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		harmless(t, "every block", markdown.Comment(holding(s)))
	})
}
