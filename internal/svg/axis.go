package svg

import (
	"math"
	"slices"
	"strconv"

	"github.com/org/proxy-bench-action/internal/figures"
)

// Axis maps values to pixels. Its ticks are round numbers of its unit.
type Axis struct {
	Unit      figures.Scale
	low, high float64 // in units
	from, to  float64 // pixels of low and high
	log       bool
	Ticks     []float64 // in units
	Names     []string  // of the ticks, where they are no plain numbers
}

// Linear is an axis that holds all values with some room; ok is false when
// there is nothing finite to hold.
func Linear(unit figures.Scale, values []float64, from, to float64) (a Axis, ok bool) {
	a = Axis{Unit: unit, from: from, to: to}
	if a.low, a.high, ok = extent(values, unit.Factor); !ok {
		return Axis{}, false
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
	a.Ticks = roundNumbers(a.low, a.high, 5)
	return a, true
}

// Fixed is an axis from low to high, both in base units, without ticks.
func Fixed(low, high, from, to float64) Axis {
	return Axis{Unit: figures.One, low: low, high: high, from: from, to: to}
}

// Logarithmic is the same for values above zero that differ by factors.
func Logarithmic(unit figures.Scale, values []float64, from, to float64) (a Axis, ok bool) {
	positive := slices.DeleteFunc(slices.Clone(values), func(v float64) bool { return !(v > 0) })
	a = Axis{Unit: unit, from: from, to: to, log: true}
	if a.low, a.high, ok = extent(positive, unit.Factor); !ok {
		return Axis{}, false
	}
	room := max(1.02, math.Pow(a.high/a.low, 0.04))
	a.low, a.high = a.low/room, a.high*room
	a.Ticks = roundFactors(a.low, a.high, 6)
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

// At is the pixel of a value in base units, not beyond the axis' ends.
func (a Axis) At(v float64) float64 {
	v /= a.Unit.Factor
	part := (v - a.low) / (a.high - a.low)
	if a.log {
		part = math.Log(v/a.low) / math.Log(a.high/a.low)
	}
	if math.IsNaN(part) { // no number, or the logarithm of what is below zero
		part = 0
	}
	return a.from + min(max(part, 0), 1)*(a.to-a.from)
}

// Holds is true for a value, in base units, between the axis' ends.
func (a Axis) Holds(v float64) bool {
	v /= a.Unit.Factor
	return v >= a.low && v <= a.high
}

// Label is tick i as it is written: no more digits than it has.
func (a Axis) Label(i int) string {
	if a.Names != nil {
		return a.Names[i]
	}
	return strconv.FormatFloat(a.Ticks[i], 'f', -1, 64)
}

// roundNumbers are at most so many multiples of 1, 2 or 5 times a power of ten
// from low to high.
func roundNumbers(low, high float64, most int) []float64 {
	power := math.Floor(math.Log10((high - low) / float64(most)))
	for ; ; power++ {
		for _, lead := range []float64{1, 2, 5} {
			first := math.Ceil(low / (lead * math.Pow(10, power)))
			last := math.Floor(high / (lead * math.Pow(10, power)))
			if last-first+1 > float64(most) {
				continue
			}
			var all []float64
			for n := first; n <= last; n++ {
				all = append(all, decimal(n*lead, power))
			}
			return all
		}
	}
}

// decimal reads its number from decimal text: 3 × 0.1 is not 0.3.
func decimal(lead, power float64) float64 {
	v, _ := strconv.ParseFloat(strconv.FormatFloat(lead, 'f', -1, 64)+"e"+strconv.Itoa(int(power)), 64)
	return v
}

// roundFactors are at most so many of 1, 2 and 5 times powers of ten, or of the
// powers alone, or of every second, third ... power.
func roundFactors(low, high float64, most int) []float64 {
	first, last := math.Floor(math.Log10(low)), math.Ceil(math.Log10(high))
	leads := [][]float64{{1, 2, 3, 4, 5, 6, 7, 8, 9}, {1, 2, 5}, {1, 3}, {1}}
	for step := 1.0; ; {
		var all []float64
		for p := first; p <= last; p += step {
			for _, lead := range leads[0] {
				if v := decimal(lead, p); v >= low && v <= high {
					all = append(all, v)
				}
			}
		}
		switch {
		case len(all) <= most:
			return all
		case len(leads) > 1:
			leads = leads[1:]
		default:
			step++
		}
	}
}
