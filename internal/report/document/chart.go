package document

import (
	"slices"

	"github.com/org/proxy-bench-action/internal/figures"
)

// Charts are some charts beside each other, and a note on how to read them.
type Charts struct {
	Charts []Chart
	Note   string
}

// Add adds a chart that has something to show.
func (c *Charts) Add(chart Chart) {
	if len(chart.Series) > 0 {
		c.Charts = append(c.Charts, chart)
	}
}

// Chart is what a chart shows, without a picture: renderers draw it. Values are
// in base units.
type Chart struct {
	Kind  string // "rounds": names the chart for style sheets and tests
	Title string
	Note  string
	X, Y  Axis
	// Rows are the names of rows below each other; a point's Y is then the place
	// of its row, from 0, and the Y axis is not used.
	Rows   []string
	Series []Series
	Rules  []Rule
	Pairs  bool // points of one place in base and head are joined
	// Typical is true for the chart that tells most of its kind: it is shown
	// where there is no room for all.
	Typical bool
}

// Add adds a series that has points.
func (c *Chart) Add(series ...Series) {
	for _, s := range series {
		if len(s.Points) > 0 {
			c.Series = append(c.Series, s)
		}
	}
}

// Dots are the series of that shape.
func (c Chart) Dots() []Series {
	return slices.DeleteFunc(slices.Clone(c.Series), func(s Series) bool { return s.Shape != Dots })
}

// Xs are all values along X.
func (c Chart) Xs() []float64 {
	var all []float64
	for _, s := range c.Series {
		for _, p := range s.Points {
			all = append(all, p.X)
			if s.Shape == Bars || s.Shape == Hairs || s.Shape == Flights {
				all = append(all, p.End)
			}
			if len(c.Rows) > 0 && p.Low != p.High {
				all = append(all, p.Low, p.High)
			}
		}
	}
	return all
}

// Ys are all values along Y but those of fitted lines, which are drawn as far as
// they are within the chart.
func (c Chart) Ys() []float64 {
	var all []float64
	for _, s := range c.Series {
		for _, p := range s.Points {
			if s.Shape == Fit {
				break
			}
			all = append(all, p.Y)
			if p.Low != p.High {
				all = append(all, p.Low, p.High)
			}
		}
	}
	return all
}

// Axis is one direction of a chart.
type Axis struct {
	Title string
	Scale figures.Scale
	Log   bool
	Zero  bool   // holds zero
	Ticks []Tick // where given, instead of round numbers
	Whole bool   // from 0 to 1, whatever the values
}

// Tick is a named place on an axis.
type Tick struct {
	At   float64
	Name string
}

// Rule is a line across the chart at a place on the X axis.
type Rule struct {
	At    float64
	Label string
}

// Shape is how a series is drawn.
type Shape string

// The shapes.
const (
	Dots  Shape = "dots"  // at each point, with its range where there is one
	Curve Shape = "curve" // through the points
	Trail Shape = "trail" // a thin line through dots of several series
	Fit   Shape = "fit"   // a fitted line, with the band of its interval
	Bars  Shape = "bars"  // from a point to its End, along a row; the point's Name is the figure at the end
	Marks Shape = "marks" // a tick at each point, across a row
	Hairs Shape = "hairs" // as Bars, thin and below the row
	// Flights go from a point above a row to their End below it. Where one of the two is
	// NaN, only the other is drawn.
	Flights Shape = "flights"
)

// Series is some points that belong together.
type Series struct {
	Name   string // in the legend; empty: it belongs to the one before it
	Value  string // that says most of it; may be empty
	Style  string // the arm, "other" for the head's on other hardware, or "t1", "t2", "t3" for the parts of a bar
	Shape  Shape
	Points []Point
}

// Point is one value of a series.
type Point struct {
	X, Y      float64
	Name      string  // of its X, where that is no number
	Low, High float64 // its range along Y, or along X in rows; none when equal
	End       float64 // of Bars, Hairs and Flights: X of the end
}
