package report

import (
	"math"
	"slices"
	"strconv"

	"github.com/org/proxy-bench-action/internal/figures"
)

// axis maps values to pixels. Its ticks are round numbers of its unit.
type axis struct {
	unit      figures.Scale
	low, high float64 // in units
	from, to  float64 // pixels of low and high
	log       bool
	ticks     []float64 // in units
	names     []string  // of the ticks, where they are no plain numbers
}

// axisUnits are what an axis can be written in besides times.
var (
	megabytes = figures.Scale{Unit: "MB", Factor: 1 << 20}
	percents  = figures.Scale{Unit: "%", Factor: 0.01}
	ones      = figures.Scale{Unit: "", Factor: 1}
)

// timeUnit is the unit in which the largest of some times is read best. An axis
// shows no digits of small values, as a column of a table does.
func timeUnit(values []float64) figures.Scale {
	if largest := slices.MaxFunc(append(slices.Clone(values), 0), compareSize); largest != 0 {
		return figures.For(figures.Duration, largest)
	}
	return figures.For(figures.Duration)
}

func compareSize(a, b float64) int {
	switch a, b = math.Abs(a), math.Abs(b); {
	case a < b:
		return -1
	case a > b:
		return 1
	default:
		return 0
	}
}

// linear is an axis that holds all values with some room; ok is false when
// there is nothing finite to hold.
func linear(unit figures.Scale, values []float64, from, to float64) (a axis, ok bool) {
	a = axis{unit: unit, from: from, to: to}
	if a.low, a.high, ok = extent(values, unit.Factor); !ok {
		return axis{}, false
	}
	room := 0.06 * (a.high - a.low)
	if room == 0 {
		room = max(0.05*math.Abs(a.high), 1e-9)
	}
	below := a.low - room
	if a.low >= 0 {
		below = max(0, below) // nothing measured is negative but a difference
	}
	a.low, a.high = below, a.high+room
	a.ticks = roundNumbers(a.low, a.high, 5)
	return a, true
}

// logarithmic is the same for values above zero that differ by factors.
func logarithmic(unit figures.Scale, values []float64, from, to float64) (a axis, ok bool) {
	positive := slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return !(v > 0) })
	a = axis{unit: unit, from: from, to: to, log: true}
	if a.low, a.high, ok = extent(positive, unit.Factor); !ok {
		return axis{}, false
	}
	room := math.Pow(a.high/a.low, 0.04)
	if room < 1.02 {
		room = 1.02
	}
	a.low, a.high = a.low/room, a.high*room
	a.ticks = roundFactors(a.low, a.high, 6)
	return a, true
}

func extent(values []float64, factor float64) (low, high float64, ok bool) {
	low, high = math.Inf(1), math.Inf(-1)
	for _, v := range values {
		v /= factor
		// What is further out than this was never measured by a clock.
		if !math.IsNaN(v) && math.Abs(v) < 1e15 {
			low, high = min(low, v), max(high, v)
		}
	}
	return low, high, low <= high && (low <= 0 || low > 1e-15)
}

// at is the pixel of a value in base units, not beyond the axis' ends.
func (a axis) at(v float64) float64 {
	v /= a.unit.Factor
	part := (v - a.low) / (a.high - a.low)
	if a.log {
		part = 0
		if v > 0 {
			part = math.Log(v/a.low) / math.Log(a.high/a.low)
		}
	}
	if math.IsNaN(part) {
		part = 0
	}
	return a.from + min(max(part, 0), 1)*(a.to-a.from)
}

// holds is true for a value, in base units, between the axis' ends.
func (a axis) holds(v float64) bool {
	v /= a.unit.Factor
	return v >= a.low && v <= a.high
}

// label is tick i as it is written: no more digits than it has.
func (a axis) label(i int) string {
	if a.names != nil {
		return a.names[i]
	}
	return strconv.FormatFloat(a.ticks[i], 'f', -1, 64)
}

// named puts the ticks where given values are, under their names.
func (a axis) named(values []float64, names []string) axis {
	a.ticks, a.names = nil, names
	for _, v := range values {
		a.ticks = append(a.ticks, v/a.unit.Factor)
	}
	return a
}

// roundNumbers are at most so many multiples of 1, 2 or 5 times a power of ten
// from low to high.
func roundNumbers(low, high float64, most int) []float64 {
	power := math.Floor(math.Log10((high - low) / float64(most)))
	for ; ; power++ {
		for _, lead := range []float64{1, 2, 5} {
			first := math.Ceil(low / (lead * math.Pow(10, power)))
			last := math.Floor(high / (lead * math.Pow(10, power)))
			if last-first+1 <= float64(most) {
				return multiples(first, last, lead, power)
			}
		}
	}
}

// multiples reads its numbers from decimal text: 3 × 0.1 is not 0.3.
func multiples(first, last, lead, power float64) []float64 {
	var all []float64
	for n := first; n <= last; n++ {
		all = append(all, decimal(n*lead, power))
	}
	return all
}

func decimal(lead, power float64) float64 {
	v, _ := strconv.ParseFloat(strconv.FormatFloat(lead, 'f', -1, 64)+"e"+strconv.Itoa(int(power)), 64)
	return v
}

// roundFactors are at most so many of 1, 2 and 5 times powers of ten, or of the
// powers alone, or of every second, third ... power.
func roundFactors(low, high float64, most int) []float64 {
	first, last := math.Floor(math.Log10(low)), math.Ceil(math.Log10(high))
	for _, leads := range [][]float64{{1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 5}, {1, 3}, {1}} {
		if all := powers(low, high, first, last, 1, leads); len(all) <= most {
			return all
		}
	}
	for step := 2.0; ; step++ {
		if all := powers(low, high, first, last, step, []float64{1}); len(all) <= most {
			return all
		}
	}
}

func powers(low, high, first, last, step float64, leads []float64) []float64 {
	var all []float64
	for p := first; p <= last; p += step {
		for _, lead := range leads {
			if v := decimal(lead, p); v >= low && v <= high {
				all = append(all, v)
			}
		}
	}
	return all
}
