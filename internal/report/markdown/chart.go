package markdown

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// drawn are the charts that tell most.
func (p page) drawn(c document.Charts) string {
	text := ""
	for _, chart := range c.Charts {
		if !chart.Typical {
			continue
		}
		if strip := chart.Strip(); strip != nil {
			text += md(chart.Title, 100) + ":\n\n" + preformatted(strip)
		} else if p.charts {
			text += mermaid(chart)
		}
	}
	if text != "" && c.Note != "" {
		text += "<sub>" + md(c.Note, 600) + "</sub>\n\n"
	}
	return text
}

// mermaid writes a chart that GitHub draws from text, Mermaid's xychart. It uses
// only what the first version of that had, a title, two axes, bars and a line,
// and no colours, so that the reader's theme chooses them. Only a chart whose
// points have names can be drawn so; for others it is empty.
//
// GitHub's charts have no legend, and bars and a line can be told apart without
// colours: bars are the last series, the line is the first that has a point at
// every place.
func mermaid(c document.Chart) string {
	places, dots := placesOf(c), c.Dots()
	if len(places) < 2 {
		return ""
	}
	bars := make([]float64, len(places))
	var line []float64
	var lineName string
	for i, s := range dots {
		values := make([]float64, 0, len(places))
		for j, place := range places {
			if k := slices.IndexFunc(s.Points, func(p document.Point) bool { return p.Name == place }); k >= 0 {
				bars[j] = s.Points[k].Y / c.Y.Scale.Factor
				values = append(values, bars[j])
			}
		}
		if i < len(dots)-1 && len(values) == len(places) {
			line, lineName = values, s.Name
		}
	}
	text := "```mermaid\n" + xychart(c.Title, c.X.Title, fmt.Sprintf("%s in %s", c.Y.Title, c.Y.Scale.Unit), places, bars, line) + "```\n"
	if line != nil {
		text += fmt.Sprintf("<sub>Bars: %s; line: %s.</sub>\n", md(dots[len(dots)-1].Name, 24), md(lineName, 24))
	}
	return text + "\n"
}

// placesOf are the names of the points, in their order on the X axis; at most
// the last twenty.
func placesOf(c document.Chart) []string {
	var points []document.Point
	for _, s := range c.Dots() {
		points = append(points, s.Points...)
	}
	slices.SortStableFunc(points, func(a, b document.Point) int { return cmp.Compare(a.X, b.X) })
	var places []string
	for _, p := range points {
		if p.Name == "" {
			return nil
		}
		if !slices.Contains(places, p.Name) {
			places = append(places, p.Name)
		}
	}
	return places[max(0, len(places)-20):]
}

// xychart is the text of a chart.
func xychart(title, across, up string, places []string, bars, line []float64) string {
	low, high := 0.0, 0.0
	for _, v := range slices.Concat(bars, line) {
		low, high = min(low, 1.05*v), max(high, 1.05*v)
	}
	names := make([]string, len(places))
	for i, name := range places {
		names[i] = quoted(name)
	}
	var b strings.Builder
	b.WriteString("xychart-beta\n")
	fmt.Fprintf(&b, "    title %s\n", quoted(title))
	fmt.Fprintf(&b, "    x-axis %s [%s]\n", quoted(across), strings.Join(names, ", "))
	fmt.Fprintf(&b, "    y-axis %s %s --> %s\n", quoted(up), decimal(-roundUp(-low)), decimal(roundUp(high)))
	fmt.Fprintf(&b, "    bar [%s]\n", numbers(bars))
	if len(line) > 0 {
		fmt.Fprintf(&b, "    line [%s]\n", numbers(line))
	}
	return b.String()
}

func numbers(values []float64) string {
	all := make([]string, len(values))
	for i, v := range values {
		all[i] = strconv.FormatFloat(v, 'f', 1, 64)
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
	}, plain.To(s, 60)) + `"`
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

// decimal writes a number without an exponent, which Mermaid does not read.
func decimal(v float64) string { return strconv.FormatFloat(v+0, 'f', -1, 64) }
