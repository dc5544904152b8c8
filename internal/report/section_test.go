package report_test

import (
	"io"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report"
	"github.com/org/proxy-bench-action/internal/report/document"
	page "github.com/org/proxy-bench-action/internal/report/html"
	"github.com/org/proxy-bench-action/internal/report/markdown"
	terminal "github.com/org/proxy-bench-action/internal/report/text"
)

// readers are all that a document is written for, and the last rank that each is
// shown.
var readers = map[string]struct {
	last  document.Rank
	write func(io.Writer, document.Document) error
}{
	"terminal":    {document.Folded, func(w io.Writer, d document.Document) error { return terminal.Write(w, d, terminal.Style{}) }},
	"terminal -v": {document.Detail, func(w io.Writer, d document.Document) error { return terminal.Write(w, d, terminal.Style{All: true}) }},
	"comment":     {document.Detail, func(w io.Writer, d document.Document) error { return write(w, markdown.Comment(d)) }},
	"summary":     {document.Full, func(w io.Writer, d document.Document) error { return write(w, markdown.Summary(d)) }},
	"check":       {document.Detail, func(w io.Writer, d document.Document) error { return write(w, checkText(markdown.Check(d))) }},
	"page":        {document.Page, page.Write},
}

// To add a section takes one function that returns it: every renderer shows it
// to those that its rank is for, and with every kind of block.
func TestEveryRendererShowsASection(t *testing.T) {
	words := []string{"heading1", "paragraph1", "item1", "name1", "caption1", "column1", "cell1", "alert1", "output1", "command1", "nested1", "inner1"}
	for rank := document.Always; rank <= document.Page; rank++ {
		without := report.WithSection(document.Section{
			ID: "new", Heading: "heading1", Rank: rank,
			Blocks: []document.Block{
				document.Paragraph{Text: "paragraph1"},
				document.List{Items: []document.Item{{Text: "item1"}}},
				document.List{Items: []document.Item{{Name: "name1"}}},
				document.Table{Caption: "caption1", Columns: []document.Column{{Title: "column1"}, {Title: "x"}, {Title: "y"}}, Rows: []document.Row{{Cells: []document.Cell{{Text: "cell1"}, {Text: "1"}, {Text: "2"}}}}},
				document.Table{Columns: []document.Column{{Title: "x"}, {Title: "y"}, {Title: "z"}}, Rows: []document.Row{{Cells: []document.Cell{{Text: "1"}, {Text: "2"}, {Text: "3"}}}}},
				document.Alert{Level: document.Notice, Text: "alert1"},
				document.Output{Lines: []string{"output1"}},
				document.Command{Text: "command1"},
			},
			Sections: []document.Section{{ID: "inner", Heading: "nested1", Rank: rank, Blocks: []document.Block{document.Paragraph{Text: "inner1"}}}},
		})
		d := report.Build(reports()["regression"])
		without()
		for name, to := range readers {
			got := render(t, func(w io.Writer) error { return to.write(w, d) })
			for _, word := range words {
				if has := strings.Contains(strings.ToLower(got), word); has != (rank <= to.last) {
					t.Errorf("%s: of a section of rank %d, %q is there: %v", name, rank, word, has)
				}
			}
		}
	}
}

// A chart that tells most is drawn by whatever can draw.
func TestChartsAreDrawn(t *testing.T) {
	d := report.Build(reports()["regression"])
	for name, want := range map[string]string{"comment": "xychart-beta", "summary": "xychart-beta", "page": "<svg viewBox"} {
		if got := render(t, func(w io.Writer) error { return readers[name].write(w, d) }); !strings.Contains(got, want) {
			t.Errorf("%s has no chart", name)
		}
	}
}

// Every section of a full document has an ID of its own and something to say.
func TestSectionsAreWhole(t *testing.T) {
	for name, r := range reports() {
		seen := make(map[string]bool)
		for _, s := range report.Build(r).Sections {
			if s.ID == "" || s.Heading == "" || seen[s.ID] || s.Empty() {
				t.Errorf("%s: section %q %q", name, s.ID, s.Heading)
			}
			seen[s.ID] = true
			for _, table := range tablesOf(s) {
				for _, row := range table.Rows {
					if len(row.Cells) != len(table.Columns) {
						t.Errorf("%s: %s: a row of %d cells below %d heads", name, table.Caption, len(row.Cells), len(table.Columns))
					}
				}
			}
		}
		if name == "regression" && !seen["changes"] || r.Verdict.Outcome == bench.NoBaseline && !seen["overhead"] {
			t.Errorf("%s has only %v", name, seen)
		}
	}
}
