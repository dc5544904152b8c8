package markdown

import (
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// firstOf are the rows of a table that tell most: one of each scenario.
func firstOf(t document.Table) []document.Row {
	return slices.DeleteFunc(slices.Clone(t.Rows), func(r document.Row) bool { return r.Again })
}

// rowsOf writes at most so many of some rows, and of their cells those in the columns.
func rowsOf(t document.Table, columns []int, all []document.Row, most int) string {
	rows := all[:min(most, len(all))]
	var head []string
	var left []bool
	lines := make([][]string, len(rows))
	for _, i := range columns {
		c, largest := t.Columns[i], 0.0
		for _, r := range rows {
			if s := r.Cells[i].Span; s != nil {
				largest = max(s.High, -s.Low)
			}
		}
		title := md(c.Title, 40)
		if c.Unit != "" {
			title += " (" + md(c.Unit, 10) + ")"
		}
		if largest > 0 {
			title = "" // of bars
		}
		head, left = append(head, title), append(left, c.Text)
		for j, r := range rows {
			lines[j] = append(lines[j], cell(r.Cells[i], largest))
		}
	}
	text := tabled(left, head, lines)
	if more := len(all) - len(rows); more > 0 {
		text += fmt.Sprintf("… and %d more.\n\n", more)
	}
	return text
}

func cell(c document.Cell, largest float64) string {
	if c.Span != nil {
		if largest == 0 {
			return ""
		}
		return bar(math.Abs(c.Span.Change) / largest)
	}
	text := md(c.Text, 60)
	switch c.Outcome {
	case bench.Regression, bench.Improvement, bench.Inconclusive, bench.Pass:
		text = symbolOf(c.Outcome) + " " + text
	}
	return text
}

// fit joins the parts, without those that there is no room for. Title and
// footer, which have no name, are bounded where they are written.
func (p page) fit(most int, parts []passage) string {
	const room = 600 // for the sentence that says so
	size := 0
	for _, part := range parts {
		size += len(part.text)
	}
	var omitted []string
	for size > most-room {
		i := dispensable(parts, size-(most-room))
		if i < 0 {
			break
		}
		size -= len(parts[i].text)
		omitted = append(omitted, parts[i].name)
		parts[i] = passage{}
	}
	var b strings.Builder
	for i, part := range parts {
		if i == len(parts)-1 && len(omitted) > 0 {
			fmt.Fprintf(&b, "Omitted here for want of room: %s. %s\n\n", strings.Join(omitted, ", "), p.elsewhere())
		}
		b.WriteString(part.text)
	}
	return strings.TrimRight(b.String(), "\n") + "\n"
}

// dispensable is the smallest part that is large enough to be all that is
// omitted, else the largest; one that everybody has to read only where there is
// no other. It is -1 when nothing can be omitted.
func dispensable(parts []passage, bytes int) int {
	best := -1
	better := func(a, b passage) bool {
		enough, other := len(a.text) >= bytes, len(b.text) >= bytes
		switch {
		case a.keep != b.keep:
			return !a.keep
		case enough != other:
			return enough
		default:
			return (len(a.text) < len(b.text)) == enough
		}
	}
	for i, part := range parts {
		if part.name != "" && (best < 0 || better(part, parts[best])) {
			best = i
		}
	}
	return best
}

// elsewhere says where the whole is.
func (p page) elsewhere() string {
	for _, l := range p.Links {
		if len(l.Address) < 300 {
			return "The whole is in the " + link(md(l.Text, 60), l.Address) + "."
		}
	}
	return "The whole is in verdict.json and run.json."
}
