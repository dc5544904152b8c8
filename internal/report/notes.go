package report

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"
)

// notes are the footnotes of a text, numbered in the order in which they are
// first needed. A note that holds in many rows is said once.
type notes struct {
	keys, texts []string
}

// mark returns the number of the note with this key. Its text is that of the
// first call.
func (n *notes) mark(key, text string) int {
	i := slices.Index(n.keys, key)
	if i < 0 {
		i = len(n.keys)
		n.keys, n.texts = append(n.keys, key), append(n.texts, clean(text))
	}
	return i + 1
}

// marks writes the numbers of a row, each once.
func marks(numbers []int) string {
	slices.Sort(numbers)
	var b strings.Builder
	for _, n := range slices.Compact(numbers) {
		fmt.Fprintf(&b, "[%d]", n)
	}
	return b.String()
}

func (n *notes) String() string {
	var b strings.Builder
	for i, t := range n.texts {
		b.WriteString(hanging(fmt.Sprintf("[%d] ", i+1), t))
	}
	return b.String()
}

// width is the most columns that running text uses.
const width = 96

// hanging wraps text behind a label; the lines after the first begin below its
// first word. A word longer than a line stays whole.
func hanging(label, text string) string {
	indent := utf8.RuneCountInString(label)
	b := strings.Builder{}
	b.WriteString(label)
	used := 0
	for _, word := range strings.Fields(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case used == 0:
		case indent+used+1+n > width:
			b.WriteString("\n" + strings.Repeat(" ", indent))
			used = 0
		default:
			b.WriteByte(' ')
			used++
		}
		b.WriteString(word)
		used += n
	}
	return b.String() + "\n"
}
