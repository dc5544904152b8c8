package text

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

const (
	// standard is the width of a text where none is known: that of the smallest terminal
	// in use, and the least that tables are made for.
	standard = 80
	// longestLine is of running text: the eye finds its way back from no longer one.
	longestLine = 110
)

// columns is how wide a table may be.
func (s Style) columns() int { return max(standard, s.Width) }

// longestCell keeps a foreign string from widening its column without bound.
const longestCell = 60

func length(s string) int { return utf8.RuneCountInString(s) }

// padded fills s up to a width, with one space at least.
func padded(s string, width int) string { return fmt.Sprintf("%-*s ", width-1, s) }

// wrapped wraps text behind a label; the lines after the first begin below its
// first word. A word longer than a line stays whole.
func (t *text) wrapped(label, text string) string {
	indent := length(label)
	var b strings.Builder
	b.WriteString(label)
	used := 0
	for _, word := range words(text) {
		n := length(word)
		switch {
		case used == 0:
		case indent+used+1+n > min(t.style.columns(), longestLine):
			b.WriteString("\n" + strings.Repeat(" ", indent))
			used = 0
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += n
	}
	return strings.TrimRight(b.String(), " ") + "\n"
}

// words are what a line may break between: not between a number and its unit.
func words(text string) []string {
	var all []string
	for _, f := range strings.Fields(text) {
		switch strings.TrimRight(f, ",;:.)]") {
		case "%", "s", "ms", "µs", "KB", "MB", "GB":
			if len(all) > 0 {
				all[len(all)-1] += " " + f
				continue
			}
		}
		all = append(all, f)
	}
	return all
}

// table aligns cells: text to the left, figures to the right. A column without
// any text is left out, and so is one that is too wide for a terminal.
func (t *text) table(table document.Table) {
	if table.Caption != "" {
		t.caption(table.Caption)
	}
	rows, more := table.Rows, 0
	if table.Most > 0 && !t.style.All && len(rows) > table.Most {
		rows, more = rows[:table.Most], len(rows)-table.Most
	}
	columns := t.style.columns()
	lines, left, head := cells(table, rows, false)
	if columns > standard {
		if all, places, height := cells(table, rows, true); width(all) <= columns {
			lines, left, head = all, places, height
		}
	}
	for i, line := range grid(lines, left, columns) {
		switch {
		case i < head:
			line = t.style.colored(line+"\n", bold)
		case rows[i-head].Alarm:
			line = t.style.colored(line+"\n", alarm)
		default:
			line += "\n"
		}
		t.b.WriteString(line)
	}
	if more > 0 {
		fmt.Fprintf(&t.b, "  … and %d more\n", more)
	}
}

// cells are the lines of a table, its head first, with the columns that are for wide
// places or without; left says which are aligned so.
func cells(table document.Table, rows []document.Row, wide bool) (lines [][]string, left []bool, head int) {
	lines, head = make([][]string, 2+len(rows)), 1 // the second line has the units
	for _, i := range table.Filled() {
		c := table.Columns[i]
		drawn := !slices.ContainsFunc(rows, func(r document.Row) bool { return r.Cells[i].Text != "" })
		if c.Wide && (!wide || drawn) {
			continue
		}
		left = append(left, c.Text)
		lines[0], lines[1] = append(lines[0], plain.Clean(c.Title)), append(lines[1], plain.Clean(c.Unit))
		if c.Unit != "" {
			head = 2
		}
		for r, row := range rows {
			lines[r+2] = append(lines[r+2], plain.To(row.Cells[i].Text, longestCell))
		}
	}
	return slices.Delete(lines, head, 2), left, head
}

// width is how many columns of a terminal the cells take.
func width(lines [][]string) int {
	total := 0
	for i := range lines[0] {
		widest := 2
		for _, cells := range lines {
			widest = max(widest, length(cells[i])+2)
		}
		total += widest
	}
	return total - 2
}

// grid aligns the cells. Columns stand two apart, or one where the lines would
// be too long otherwise.
func grid(lines [][]string, left []bool, columns int) []string {
	widths := make([]int, len(left))
	total := 2 * (len(left) - 1)
	for i := range left {
		for _, cells := range lines {
			widths[i] = max(widths[i], length(cells[i]))
		}
		total += widths[i]
	}
	gap := "  "
	if total > columns {
		gap = " "
	}
	text := make([]string, len(lines))
	for l, cells := range lines {
		aligned := make([]string, len(cells))
		for i, cell := range cells {
			width := widths[i]
			if left[i] {
				width = -width
			}
			aligned[i] = fmt.Sprintf("%*s", width, cell)
		}
		text[l] = strings.TrimRight(strings.Join(aligned, gap), " ")
	}
	return text
}
