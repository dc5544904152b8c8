package scaffold

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// Document says what was written, or would be, what was guessed from where, and
// what could not be guessed.
func Document(g Guess, files []File, dry bool) document.Document {
	table := document.Table{Columns: document.Heads("file", "what happened")}
	verb, count := "", 0
	if dry {
		verb, table.Columns[1].Title = "would be ", "what would happen"
	}
	for _, f := range files {
		what := verb + "written"
		switch {
		case f.Kept != "":
			what = "left as it is: " + f.Kept
		case f.Append:
			what = verb + "completed"
		}
		if f.Kept == "" {
			count++
		}
		table.Rows = append(table.Rows, document.Row{Cells: document.Texts(f.Path, what)})
	}
	return document.Document{
		Word: "init", Lead: []string{g.lead(), fmt.Sprintf("%s %swritten", figures.Counted(count, "file"), verb)},
		Sections: []document.Section{
			{ID: "files", Heading: "Files", Blocks: []document.Block{table}},
			{ID: "guessed", Heading: "Guessed; please look", Blocks: []document.Block{g.guesses()}},
			{ID: "missing", Heading: "Not known", Blocks: []document.Block{document.List{Items: document.Items(g.Missing...)}}},
		},
	}
}

func (g Guess) lead() string {
	if g.Language != "" {
		return "a gateway in " + g.Language
	}
	return "no Cargo.toml, go.mod, package.json, pyproject.toml or requirements.txt here"
}

func (g Guess) guesses() document.List {
	var all document.List
	for _, f := range g.Found {
		all.Items = append(all.Items, document.Item{Name: f.Setting, Text: f.Value + " (" + f.From + ")"})
	}
	return all
}
