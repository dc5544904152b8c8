package report

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/figures"
)

// chart is one that GitHub draws from text: Mermaid's xychart. It uses only what
// the first version of that had, a title, two axes, bars and a line, and no
// colours, so that the reader's theme chooses them.
type chart struct {
	title, axis string // our words only
	categories  []string
	bars        []float64 // seconds
	line        []float64 // seconds; empty for bars alone
}

func (c chart) fenced() string { return "```mermaid\n" + c.String() + "```\n" }

func (c chart) String() string {
	s := figures.For(figures.Duration, slices.Concat(c.bars, c.line)...)
	low, high := 0.0, 0.0
	for _, v := range append(append([]float64{}, c.bars...), c.line...) {
		low, high = min(low, 1.05*v/s.Factor), max(high, 1.05*v/s.Factor)
	}
	var b strings.Builder
	b.WriteString("xychart-beta\n")
	fmt.Fprintf(&b, "    title %s\n", quoted(c.title))
	names := make([]string, len(c.categories))
	for i, name := range c.categories {
		names[i] = quoted(name)
	}
	fmt.Fprintf(&b, "    x-axis %s [%s]\n", quoted(c.axis), strings.Join(names, ", "))
	fmt.Fprintf(&b, "    y-axis %s %s --> %s\n", quoted("overhead in "+s.Unit), unpowered(-roundUp(-low)), unpowered(roundUp(high)))
	fmt.Fprintf(&b, "    bar [%s]\n", c.numbers(c.bars, s))
	if len(c.line) > 0 {
		fmt.Fprintf(&b, "    line [%s]\n", c.numbers(c.line, s))
	}
	return b.String()
}

func (c chart) numbers(values []float64, s figures.Scale) string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = s.Format(v, false)
	}
	return strings.Join(all, ", ")
}

// quoted quotes a text; Mermaid has no way to write a quote inside of one.
func quoted(s string) string {
	return `"` + strings.Map(func(r rune) rune {
		switch r {
		case '"', '`', '<', '>', '\\', '@', '#', '&', ';', '%', '{', '}':
			return ' '
		}
		return r
	}, cleanTo(s, 60)) + `"`
}

// roundUp is the next number of one or two digits and zeros, where an axis may
// end.
func roundUp(v float64) float64 {
	if !(v > 0) {
		return 0
	}
	step := math.Pow(10, math.Floor(math.Log10(v))-1)
	return math.Ceil(v/step) * step
}

// unpowered writes a number without an exponent, which Mermaid does not read.
func unpowered(v float64) string { return strconv.FormatFloat(v+0, 'f', -1, 64) }
