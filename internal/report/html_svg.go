package report

import (
	"html/template"
	"math"
	"strconv"
)

// drawing is the inside of an SVG picture. Lengths are pixels at the size it is
// drawn for; colours and strokes are classes, for the style sheet knows whether
// it is dark. Marks carry the class m: they are data, all else is scale.
type drawing struct{ svg []byte }

// spot is a place in a drawing, from its upper left corner.
type spot struct{ x, y float64 }

// rounded is a length with one digit, which is as fine as a screen shows.
func rounded(v float64) float64 { return math.Round(10*v) / 10 }

func (d *drawing) raw(s string) { d.svg = append(d.svg, s...) }

func (d *drawing) number(v float64) {
	d.svg = strconv.AppendFloat(d.svg, rounded(v), 'f', -1, 64)
}

// pen writes the commands of a path, each relative to where the last one ended:
// that is half the bytes.
type pen struct {
	*drawing
	at spot
}

func (d *drawing) path(class string) pen {
	d.raw(`<path class="` + class + `" d="`)
	return pen{drawing: d}
}

// to moves or draws; a minus separates as well as a space.
func (p *pen) to(command byte, s spot) {
	s = spot{rounded(s.x), rounded(s.y)}
	p.svg = append(p.svg, command)
	p.number(s.x - p.at.x)
	if rounded(s.y-p.at.y) >= 0 {
		p.raw(" ")
	}
	p.number(s.y - p.at.y)
	p.at = s
}

func (p *pen) end() { p.raw(`"/>`) }

// line joins spots.
func (d *drawing) line(class string, spots ...spot) {
	if len(spots) == 0 {
		return
	}
	p := d.path(class)
	for i, s := range spots {
		p.to(pick[byte](i == 0, 'm', 'l'), s)
	}
	p.end()
}

// segments draws each pair of spots apart from the others.
func (d *drawing) segments(class string, pairs ...[2]spot) {
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

// dots draws a round dot at each spot, as wide as the stroke of its class: the
// round end of a line without length. A path is a fifth of the bytes of as many
// circles.
func (d *drawing) dots(class string, spots ...spot) {
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

// rings are dots with a hole, for the base: colour alone would not tell it from
// the head in print.
func (d *drawing) rings(class string, spots ...spot) {
	d.dots(class, spots...)
	d.dots("hole", spots...)
}

// text writes one line; class says too whether it begins, ends or has its
// middle at the spot. s may come from anywhere.
func (d *drawing) text(class string, at spot, s string) {
	d.raw(`<text class="` + class + `" x="`)
	d.number(at.x)
	d.raw(`" y="`)
	d.number(at.y)
	d.raw(`">`)
	d.raw(template.HTMLEscapeString(clean(s)))
	d.raw(`</text>`)
}

// picture is the whole SVG; label says to who cannot see it what it shows.
func (d *drawing) picture(width, height float64, label string) template.HTML {
	out := drawing{svg: make([]byte, 0, len(d.svg)+200)}
	out.raw(`<svg viewBox="0 0 `)
	out.number(width)
	out.raw(" ")
	out.number(height)
	out.raw(`" role="img" aria-label="` + template.HTMLEscapeString(clean(label)) + `">`)
	out.svg = append(out.svg, d.svg...)
	out.raw(`</svg>`)
	return template.HTML(out.svg)
}

func pick[T any](first bool, a, b T) T {
	if first {
		return a
	}
	return b
}
