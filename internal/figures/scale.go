// Package figures writes numbers as people read them. Everything else, files
// included, holds base units: seconds, bytes, shares of 1.
package figures

import (
	"math"
	"strconv"
	"strings"
)

// Quantity says in which units a column can be shown.
type Quantity int

// The quantities.
const (
	Duration Quantity = iota // from seconds
	Rate                     // per second
	Ratio
	Count
)

// Scale is how the numbers of one column are written.
type Scale struct {
	Unit   string
	Factor float64 // base units in one of these
	Digits int     // after the decimal point
}

var durations = []Scale{{"s", 1, 2}, {"ms", 1e-3, 2}, {"µs", 1e-6, 1}}

// For chooses one scale for all values, so that a column can be compared at a
// glance: the largest unit in which even the smallest value is above one.
func For(q Quantity, values ...float64) Scale {
	smallest := math.Inf(1)
	for _, v := range values {
		if v != 0 {
			smallest = min(smallest, math.Abs(v))
		}
	}
	switch q {
	case Rate:
		if smallest < 100 {
			return Scale{"1/s", 1, 1}
		}
		return Scale{"1/s", 1, 0}
	case Ratio:
		return Scale{"", 1, 2}
	case Count:
		return Scale{"", 1, 0}
	default:
		for _, s := range durations {
			if smallest >= s.Factor && !math.IsInf(smallest, 1) {
				return s
			}
		}
		return durations[len(durations)-1]
	}
}

// Format writes v without its unit; signed puts a plus before a positive one.
func (s Scale) Format(v float64, signed bool) string {
	text := strconv.FormatFloat(v/s.Factor, 'f', s.Digits, 64)
	zero := strings.Trim(text, "-0.") == ""
	switch {
	case zero:
		return strings.TrimPrefix(text, "-")
	case signed && v > 0:
		return "+" + text
	default:
		return text
	}
}

// With writes v with its unit.
func (s Scale) With(v float64, signed bool) string {
	return strings.TrimSpace(s.Format(v, signed) + " " + s.Unit)
}

// Seconds writes one duration with three significant digits.
func Seconds(v float64) string { return Times(v)(v) }

// Setting writes a duration that a person chose, without needless zeros.
func Setting(seconds float64) string {
	number, unit, _ := strings.Cut(Seconds(seconds), " ")
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	return number + " " + unit
}

// Times writes the durations of one sentence: each with three significant
// digits, all in the unit of the longest, which is s from 1 s on and ms from
// 10 ms on.
func Times(seconds ...float64) func(seconds float64) string {
	longest := 0.0
	for _, v := range seconds {
		longest = max(longest, math.Abs(v))
	}
	s := durations[2]
	switch {
	case longest >= 1:
		s = durations[0]
	case longest >= 10e-3:
		s = durations[1]
	}
	return func(v float64) string {
		s.Digits = decimals(v / s.Factor)
		return s.With(v, false)
	}
}

// decimals is how many digits after the point make three significant ones, at
// most three.
func decimals(v float64) int {
	digits := 2
	for limit := 9.995; math.Abs(v) >= limit && digits > 0; limit *= 10 {
		digits--
	}
	if math.Abs(v) < 0.9995 {
		digits = 3
	}
	if v == 0 {
		digits = 0
	}
	return digits
}

// Memory writes bytes in units of 2²⁰ or 2³⁰.
func Memory(bytes float64) string {
	if bytes >= 1<<30 {
		return strconv.FormatFloat(bytes/(1<<30), 'f', 1, 64) + " GB"
	}
	return strconv.FormatFloat(bytes/(1<<20), 'f', 1, 64) + " MB"
}
