package report

import (
	"strings"
	"unicode/utf8"
)

// grid aligns cells: the first columns to the left, the others, numbers, to the
// right. Columns stand two apart, or one where they would not fit otherwise.
func grid(lines [][]string, left int) []string {
	var widths []int
	for _, cells := range lines {
		for i, cell := range cells {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], utf8.RuneCountInString(cell))
		}
	}
	total := 2 * (len(widths) - 1)
	for _, n := range widths {
		total += n
	}
	gap := "  "
	if total > columns {
		gap = " "
	}
	text := make([]string, len(lines))
	for l, cells := range lines {
		padded := make([]string, len(cells))
		for i, cell := range cells {
			space := strings.Repeat(" ", widths[i]-utf8.RuneCountInString(cell))
			if i < left {
				padded[i] = cell + space
			} else {
				padded[i] = space + cell
			}
		}
		text[l] = strings.TrimRight(strings.Join(padded, gap), " ")
	}
	return text
}
