package config

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/plain"
)

// Mistake is one thing that is wrong.
type Mistake struct {
	Origin       string // the file, or the flag or input that set the value; empty for a value missing everywhere
	Line, Column int    // in the file, from 1; 0 elsewhere
	Path         string // of the value, such as "suite.concurrency[1]"
	Got          string // what is there; empty for something missing
	Want         string // what is possible, as the end of "… is not"; may be empty for something missing
	Hint         string // what to write
}

// String is one line, such as
//
//	.proxy-bench.yml:12:14: suite.concurrency[1]: "ten" is not a whole number from 1 to 1000; write 10
func (m Mistake) String() string {
	var b strings.Builder
	b.WriteString(m.Origin)
	if m.Line > 0 {
		fmt.Fprintf(&b, ":%d", m.Line)
	}
	if m.Column > 0 {
		fmt.Fprintf(&b, ":%d", m.Column)
	}
	// A flag names its value well enough.
	if m.Path != "" && (m.Line > 0 || m.Origin == "") {
		if m.Origin != "" {
			b.WriteString(": ")
		}
		b.WriteString(m.Path)
	}
	switch {
	case m.Got != "":
		fmt.Fprintf(&b, ": %s is not %s", m.Got, m.Want)
	case m.Want != "":
		fmt.Fprintf(&b, ": missing, must be %s", m.Want)
	default:
		b.WriteString(": missing")
	}
	if m.Hint != "" {
		b.WriteString("; " + m.Hint)
	}
	return b.String()
}

// Error is every mistake: those of the file from top to bottom, then those of
// the overrides, then what is missing everywhere.
type Error []Mistake

// shown is how many mistakes Error writes out: a file can have a hundred
// thousand, and no one reads that many.
const shown = 50

// Error has a line for each mistake, without a last line feed.
func (e Error) Error() string {
	var lines []string
	for _, m := range e[:min(shown, len(e))] {
		lines = append(lines, m.String())
	}
	if more := len(e) - shown; more > 0 {
		lines = append(lines, fmt.Sprintf("and %d more mistakes", more))
	}
	return strings.Join(lines, "\n")
}

func (e Error) sort() {
	place := func(m Mistake) int {
		switch {
		case m.Line > 0:
			return m.Line
		case m.Origin != "":
			return math.MaxInt - 1
		}
		return math.MaxInt
	}
	slices.SortStableFunc(e, func(a, b Mistake) int {
		return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a.Column, b.Column))
	})
}

// quote makes outside text safe and short enough for one line of a log.
func quote(s string) string { return strconv.Quote(plain.Cut(s, 60)) }
