package report_test

import (
	"io"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report"
	page "github.com/org/proxy-bench-action/internal/report/html"
	"github.com/org/proxy-bench-action/internal/report/markdown"
	terminal "github.com/org/proxy-bench-action/internal/report/text"
)

// readers are all that a document is written for, and the last rank that each is
// shown.
var readers = map[string]struct {
	last  report.Rank
	write func(io.Writer, report.Document) error
}{
	"terminal":    {report.Folded, func(w io.Writer, d report.Document) error { return terminal.Write(w, d, terminal.Style{}) }},
	"terminal -v": {report.Detail, func(w io.Writer, d report.Document) error { return terminal.Write(w, d, terminal.Style{All: true}) }},
	"comment":     {report.Detail, func(w io.Writer, d report.Document) error { return write(w, markdown.Comment(d)) }},
	"summary":     {report.Full, func(w io.Writer, d report.Document) error { return write(w, markdown.Summary(d)) }},
	"check":       {report.Detail, func(w io.Writer, d report.Document) error { return write(w, checkText(markdown.Check(d))) }},
	"page":        {report.Page, page.Write},
}

// To add a section takes one function that returns it: every renderer shows it
// to those that its rank is for, and with every kind of block.
func TestEveryRendererShowsASection(t *testing.T) {
	words := []string{"heading1", "paragraph1", "item1", "name1", "caption1", "column1", "cell1", "alert1", "output1", "command1", "nested1", "inner1"}
	for rank := report.Always; rank <= report.Page; rank++ {
		without := report.WithSection(report.Section{
			ID: "new", Heading: "heading1", Rank: rank,
			Blocks: []report.Block{
				report.Paragraph{Text: "paragraph1"},
				report.List{Items: []report.Item{{Text: "item1"}}},
				report.List{Items: []report.Item{{Name: "name1"}}},
				report.Table{Caption: "caption1", Columns: []report.Column{{Title: "column1"}, {Title: "x"}, {Title: "y"}}, Rows: []report.Row{{Cells: []report.Cell{{Text: "cell1"}, {Text: "1"}, {Text: "2"}}}}},
				report.Table{Columns: []report.Column{{Title: "x"}, {Title: "y"}, {Title: "z"}}, Rows: []report.Row{{Cells: []report.Cell{{Text: "1"}, {Text: "2"}, {Text: "3"}}}}},
				report.Alert{Level: report.Notice, Text: "alert1"},
				report.Output{Lines: []string{"output1"}},
				report.Command{Text: "command1"},
			},
			Sections: []report.Section{{ID: "inner", Heading: "nested1", Rank: rank, Blocks: []report.Block{report.Paragraph{Text: "inner1"}}}},
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
