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

func (n *notes) String() string { return n.lines(width) }

func (n *notes) lines(columns int) string {
	var b strings.Builder
	for i, t := range n.texts {
		b.WriteString(wrapped(columns, fmt.Sprintf("[%d] ", i+1), t))
	}
	return b.String()
}

// width is the most columns that running text of a run uses.
const width = 96

// hanging wraps text behind a label, for a run.
func hanging(label, text string) string { return wrapped(width, label, text) }

// wrapped wraps text behind a label; the lines after the first begin below its
// first word. A word longer than a line stays whole.
func wrapped(columns int, label, text string) string {
	indent := utf8.RuneCountInString(label)
	b := strings.Builder{}
	b.WriteString(label)
	used := 0
	for _, word := range words(text) {
		n := utf8.RuneCountInString(word)
		switch {
		case used == 0:
		case indent+used+1+n > columns:
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

// words are what a line may break between: not between a number and its unit.
func words(text string) []string {
	var all []string
	for _, f := range strings.Fields(text) {
		switch strings.TrimRight(f, ",;:.)]") {
		case "%", "s", "ms", "µs", "MB", "GB":
			if len(all) > 0 {
				all[len(all)-1] += " " + f
				continue
			}
		}
		all = append(all, f)
	}
	return all
}
