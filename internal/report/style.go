package report

import (
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Style is how a text looks. Nothing in Color is needed to understand the text.
type Style struct {
	Color bool // ANSI bold and colours; off for files, pipes and NO_COLOR
	All   bool // of a verdict, also the scenarios in which nothing changed
}

// The escape sequences of ECMA-48, 8.3.117.
func (s Style) bold(text string) string  { return s.sequence("1", text) }
func (s Style) alarm(text string) string { return s.sequence("1;31", text) }
func (s Style) good(text string) string  { return s.sequence("1;32", text) }
func (s Style) doubt(text string) string { return s.sequence("1;33", text) }

// outcome colours text as an outcome deserves.
func (s Style) outcome(o bench.Outcome, text string) string {
	switch o {
	case bench.Regression:
		return s.alarm(text)
	case bench.Pass, bench.Improvement:
		return s.good(text)
	default:
		return s.doubt(text)
	}
}

func (s Style) sequence(code, text string) string {
	if !s.Color || text == "" {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// colored colours each line for itself, so that a pager or a cut keeps it.
func colored(text string, color func(string) string) string {
	var b strings.Builder
	for line := range strings.Lines(text) {
		b.WriteString(color(strings.TrimSuffix(line, "\n")) + "\n")
	}
	return b.String()
}
