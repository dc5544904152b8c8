package report

import (
	"fmt"
	"strconv"
	"strings"
	"text/tabwriter"

	"github.com/org/proxy-bench-action/internal/figures"
)

// missing stands where there is no number; a note of the row says why.
const missing = "–"

// table renders the columns for the rows of one mode: right-aligned numbers
// and, after them, the numbers of the notes. Whole lines are coloured, because
// a tabwriter counts escape sequences as text.
func (s *sheet) table(rows []row, columns []column) string {
	values := make([][]figure, len(rows)) // by row, then column
	shared := make(map[string][]float64)
	for i, r := range rows {
		for _, c := range columns {
			f := c.figure(r)
			values[i] = append(values[i], f)
			if f.ok && !c.spread {
				shared[c.share] = append(shared[c.share], f.value)
			}
		}
	}
	scales := make([]figures.Scale, len(columns))
	for i, c := range columns {
		scales[i] = figures.For(c.of, shared[c.share]...)
	}
	var text strings.Builder
	w := tabwriter.NewWriter(&text, 0, 0, 2, ' ', tabwriter.AlignRight)
	head := s.head(columns, scales)
	for _, cells := range head {
		fmt.Fprintln(w, strings.Join(cells, "\t")+"\t")
	}
	for i, r := range rows {
		fmt.Fprintln(w, strings.Join(s.cells(r, columns, values[i], scales), "\t"))
	}
	w.Flush() // a strings.Builder takes everything
	lines := strings.SplitAfter(text.String(), "\n")
	for i := range lines {
		switch text := strings.TrimRight(lines[i], " \n"); {
		case text == "":
			lines[i] = ""
		case i < len(head):
			lines[i] = s.style.bold(text) + "\n"
		case s.fails(rows[i-len(head)]):
			lines[i] = s.style.alarm(text) + "\n"
		default:
			lines[i] = text + "\n"
		}
	}
	return strings.Join(lines, "")
}

// head is two or three lines: title, unit and, with two gateways, the arm.
func (s *sheet) head(columns []column, scales []figures.Scale) [][]string {
	titles, arms, units := []string{"conc.", "body"}, []string{"", ""}, []string{"", ""}
	for i, c := range columns {
		titles = append(titles, c.title)
		arms = append(arms, string(c.arm))
		units = append(units, scales[i].Unit)
	}
	if len(s.gateways) > 1 {
		return [][]string{titles, arms, units}
	}
	return [][]string{titles, units}
}

func (s *sheet) cells(r row, columns []column, values []figure, scales []figures.Scale) []string {
	cells := []string{strconv.Itoa(r.Concurrency), r.Sizes()}
	numbers := s.doubts(r)
	for i, c := range columns {
		f, cell := values[i], missing
		if f.ok {
			cell = scales[i].Format(f.value, c.signed)
		}
		if f.gap != (gap{}) {
			numbers = append(numbers, s.notes.mark(f.gap.key, f.gap.text))
		}
		cells = append(cells, cell)
	}
	return append(cells, "  "+marks(numbers))
}
