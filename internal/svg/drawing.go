// Package svg draws lines, dots, texts and scales as SVG. It knows nothing of
// reports.
//
// A charting library would write its colours into the picture, which then has no
// dark, or draw in the browser, where print, search and screen readers see
// nothing of it.
package svg

import (
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

// pen writes the commands of a path, each relative to where the last one ended:
// that is half the bytes.
type pen struct {
	*Drawing
	at Spot
}

func (d *Drawing) path(class string) pen {
	d.raw(`<path class="` + class + `" d="`)
	return pen{Drawing: d}
}

// to moves or draws; a minus separates as well as a space.
func (p *pen) to(command byte, s Spot) {
	s = Spot{rounded(s.X), rounded(s.Y)}
	p.svg = append(p.svg, command)
	p.number(s.X - p.at.X)
	if rounded(s.Y-p.at.Y) >= 0 {
		p.raw(" ")
	}
	p.number(s.Y - p.at.Y)
	p.at = s
}

func (p *pen) end() { p.raw(`"/>`) }

// Line joins spots.
func (d *Drawing) Line(class string, spots ...Spot) {
	if len(spots) == 0 {
		return
	}
	p := d.path(class)
	for i, s := range spots {
		command := byte('l')
		if i == 0 {
			command = 'm'
		}
		p.to(command, s)
	}
	p.end()
}

// Segments draws each pair of spots apart from the others.
func (d *Drawing) Segments(class string, pairs ...[2]Spot) {
	if len(pairs) == 0 {
		return
	}
	p := d.path(class)
	for _, pair := range pairs {
		p.to('m', pair[0])
		p.to('l', pair[1])
	}
	p.end()
}

// Dots draws a round dot at each spot, as wide as the stroke of its class: the
// round end of a line without length. A path is a fifth of the bytes of as many
// circles.
func (d *Drawing) Dots(class string, spots ...Spot) {
	if len(spots) == 0 {
		return
	}
	p := d.path(class)
	for _, s := range spots {
		p.to('m', s)
		p.raw("z")
	}
	p.end()
}

// Rings are dots with a hole: in print, colour alone would not tell two series
// apart.
func (d *Drawing) Rings(class string, spots ...Spot) {
	d.Dots(class, spots...)
	d.Dots("hole", spots...)
}

// Text writes one line; its class also says whether it begins, ends or has its
// middle at the spot. s may come from anywhere.
func (d *Drawing) Text(class string, at Spot, s string) {
	d.raw(`<text class="` + class + `" x="`)
	d.number(at.X)
	d.raw(`" y="`)
	d.number(at.Y)
	d.raw(`">`)
	d.raw(html.EscapeString(plain.Clean(s)))
	d.raw(`</text>`)
}

// Picture is the whole SVG; label says what it shows to those who cannot see it.
func (d *Drawing) Picture(width, height float64, label string) string {
	out := Drawing{svg: make([]byte, 0, len(d.svg)+200)}
	out.raw(`<svg viewBox="0 0 `)
	out.number(width)
	out.raw(" ")
	out.number(height)
	out.raw(`" role="img" aria-label="` + html.EscapeString(plain.Clean(label)) + `">`)
	out.svg = append(out.svg, d.svg...)
	out.raw(`</svg>`)
	return string(out.svg)
}

// Inline is the SVG without a size or a label: an ornament of the text beside it.
func (d *Drawing) Inline() string { return `<svg aria-hidden="true">` + string(d.svg) + `</svg>` }
