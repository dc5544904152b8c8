// Package svg draws lines, dots, texts and scales as SVG. It knows nothing of
// reports.
//
// A charting library would write its colours into the picture, which then has no
// dark, or draw in the browser, where print, search and screen readers see
// nothing of it.
package svg

import (
	"fmt"
	"html"
	"math"
	"strconv"

	"github.com/org/proxy-bench-action/internal/plain"
)

// Drawing is the inside of an SVG picture. Lengths are pixels at the size it is
// drawn for. Colours and strokes are classes: the style sheet knows whether the
// page is dark.
type Drawing struct{ svg []byte }

// Spot is a place in a drawing, from its upper left corner.
type Spot struct{ X, Y float64 }

// rounded is a length with one digit, which is as fine as a screen shows.
func rounded(v float64) float64 { return math.Round(10*v) / 10 }

func (d *Drawing) raw(s string) { d.svg = append(d.svg, s...) }

func (d *Drawing) number(v float64) {
	d.svg = strconv.AppendFloat(d.svg, rounded(v), 'f', -1, 64)
}

// path draws pieces of so many spots each. A command is relative to where the
// last one ended: that is half the bytes. A minus separates as well as a space.
func (d *Drawing) path(class string, spots []Spot, piece int) {
	if len(spots) == 0 {
		return
	}
	d.raw(`<path class="` + class + `" d="`)
	var at Spot
	for i, s := range spots {
		command := "l"
		if i%piece == 0 {
			command = "m"
		}
		s = Spot{rounded(s.X), rounded(s.Y)}
		d.raw(command)
		d.number(s.X - at.X)
		if rounded(s.Y-at.Y) >= 0 {
			d.raw(" ")
		}
		d.number(s.Y - at.Y)
		if piece == 1 {
			d.raw("z")
		}
		at = s
	}
	d.raw(`"/>`)
}

// Line joins spots.
func (d *Drawing) Line(class string, spots ...Spot) { d.path(class, spots, max(2, len(spots))) }

// Segments joins every two spots, apart from the others.
func (d *Drawing) Segments(class string, spots ...Spot) { d.path(class, spots, 2) }

// Dots draws a round dot at each spot, as wide as the stroke of its class: the
// round end of a line without length. A path is a fifth of the bytes of as many
// circles.
func (d *Drawing) Dots(class string, spots ...Spot) { d.path(class, spots, 1) }

// Rings are dots with a hole: in print, colour alone would not tell two series
// apart.
func (d *Drawing) Rings(class string, spots ...Spot) {
	d.Dots(class, spots...)
	d.Dots("hole", spots...)
}

// Text writes one line; its class also says whether it begins, ends or has its
// middle at the spot. s may come from anywhere.
func (d *Drawing) Text(class string, at Spot, s string) {
	d.svg = fmt.Appendf(d.svg, `<text class="%s" x="%v" y="%v">%s</text>`, class, rounded(at.X), rounded(at.Y), html.EscapeString(plain.Clean(s)))
}

// Picture is the whole SVG; label says what it shows to those who cannot see it.
func (d *Drawing) Picture(width, height float64, label string) string {
	return fmt.Sprintf(`<svg viewBox="0 0 %v %v" role="img" aria-label="%s">%s</svg>`,
		rounded(width), rounded(height), html.EscapeString(plain.Clean(label)), d.svg)
}

// Inline is the SVG without a size or a label: an ornament of the text beside it.
func (d *Drawing) Inline() string { return `<svg aria-hidden="true">` + string(d.svg) + `</svg>` }
