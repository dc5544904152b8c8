package document

import (
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/figures"
)

// Notes are the footnotes of a section, numbered in the order in which they are
// first needed. A note that holds in many rows is said once.
type Notes struct{ keys, texts []string }

// Mark returns the number of the note with this key. Its text is that of the
// first call.
func (n *Notes) Mark(key, text string) int {
	i := slices.Index(n.keys, key)
	if i < 0 {
		i = len(n.keys)
		n.keys, n.texts = append(n.keys, key), append(n.texts, text)
	}
	return i + 1
}

// List is the notes as they stand below their tables.
func (n Notes) List(most int) List { return List{Items: Items(n.texts...), Numbered: true, Most: most} }

// Items are items without names.
func Items(texts ...string) []Item {
	all := make([]Item, len(texts))
	for i, text := range texts {
		all[i].Text = text
	}
	return all
}

// MarkCell is the numbers of a row's notes, each once.
func MarkCell(numbers []int) Cell {
	slices.Sort(numbers)
	var b strings.Builder
	for _, n := range slices.Compact(numbers) {
		fmt.Fprintf(&b, "[%d]", n)
	}
	return Cell{Text: b.String()}
}

// Number is a figure, or that there is none.
func Number(v *float64, format func(float64) string) Cell {
	if v == nil {
		return Cell{Text: figures.Missing}
	}
	return Cell{Text: format(*v), Value: v}
}

// Texts are cells of text.
func Texts(all ...string) []Cell {
	cells := make([]Cell, len(all))
	for i, text := range all {
		cells[i].Text = text
	}
	return cells
}

// UnitColumn is the title of the column that names the unit of each row.
const UnitColumn = "unit"

// Heads are columns by their titles: "metric" is one of text and ">change|%" one
// of figures in percent; one that ends with "~" is wide.
func Heads(titles ...string) []Column {
	all := make([]Column, len(titles))
	for i, title := range titles {
		c := &all[i]
		title, c.Wide = strings.CutSuffix(title, "~")
		title, figures := strings.CutPrefix(title, ">")
		c.Text = !figures
		if c.Title, c.Unit, _ = strings.Cut(title, "|"); c.Unit == UnitColumn {
			c.Unit, c.Scaled = "", true
		}
	}
	return all
}
