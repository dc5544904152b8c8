package document

import (
	"fmt"
	"math"
	"strings"

	"github.com/org/proxy-bench-action/internal/plain"
)

// stripWidth is how many characters the X axis of a strip has: with a name before it a
// line fits a terminal of 80.
const stripWidth = 60

// Strip is a chart with Flights as lines of text with columns of one width: a row says
// for each sixtieth of the time how many flights end there, and has a dot for none. It
// is empty for other charts.
func (c Chart) Strip() []string {
	end, width := 0.0, 0
	for _, s := range c.Series {
		for _, p := range s.Points {
			if s.Shape != Flights {
				return nil
			}
			if p.End > end && !math.IsInf(p.End, 1) {
				end = p.End
			}
		}
	}
	if end == 0 {
		return nil
	}
	for _, name := range c.Rows {
		width = max(width, len([]rune(plain.Brief(name))))
	}
	last := c.X.Scale.With(end)
	lines := []string{fmt.Sprintf("%-*s  0%*s", width, "", stripWidth-1, last)}
	for i, name := range c.Rows {
		var counts [stripWidth]int
		for _, s := range c.Series {
			for _, p := range s.Points {
				if at := p.End / end; int(p.Y) == i && at >= 0 && at <= 1 {
					counts[min(int(at*stripWidth), stripWidth-1)]++
				}
			}
		}
		lines = append(lines, fmt.Sprintf("%-*s  %s", width, plain.Brief(name), written(counts[:])))
	}
	return lines
}

// written is a character for each count. One of two digits also takes the place before
// it, where that is free; else it is a plus.
func written(counts []int) string {
	text := []rune(strings.Repeat("·", len(counts)))
	for i, n := range counts {
		switch {
		case n == 0:
		case n < 10:
			text[i] = rune('0' + n)
		case n < 100 && i > 0 && counts[i-1] == 0:
			text[i-1], text[i] = rune('0'+n/10), rune('0'+n%10)
		default:
			text[i] = '+'
		}
	}
	return string(text)
}
