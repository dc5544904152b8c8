package report

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// quantity says in which units a column can be shown.
type quantity int

const (
	duration quantity = iota // from seconds
	rate                     // per second
	ratio
	count
)

// scale is how the numbers of one column are written.
type scale struct {
	unit   string
	factor float64 // base units in one of these
	digits int     // after the decimal point
}

var durations = []scale{{"s", 1, 2}, {"ms", 1e-3, 2}, {"µs", 1e-6, 1}}

// scaleFor chooses one scale for all values, so that a column can be compared
// at a glance: the largest unit in which even the smallest value is above one.
func scaleFor(q quantity, values []float64) scale {
	smallest := math.Inf(1)
	for _, v := range values {
		if v != 0 {
			smallest = min(smallest, math.Abs(v))
		}
	}
	switch q {
	case rate:
		if smallest < 100 {
			return scale{"1/s", 1, 1}
		}
		return scale{"1/s", 1, 0}
	case ratio:
		return scale{"", 1, 2}
	case count:
		return scale{"", 1, 0}
	default:
		for _, s := range durations {
			if smallest >= s.factor && !math.IsInf(smallest, 1) {
				return s
			}
		}
		return durations[len(durations)-1]
	}
}

// format writes v without its unit; signed puts a plus before what is added.
func (s scale) format(v float64, signed bool) string {
	text := strconv.FormatFloat(v/s.factor, 'f', s.digits, 64)
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

// with writes v with its unit.
func (s scale) with(v float64, signed bool) string {
	return strings.TrimSpace(s.format(v, signed) + " " + s.unit)
}

// seconds writes one duration with the unit that suits it.
func seconds(v float64) string { return scaleFor(duration, []float64{v}).with(v, false) }

// memory writes bytes in units of 2²⁰ or 2³⁰.
func memory(bytes float64) string {
	if bytes >= 1<<30 {
		return strconv.FormatFloat(bytes/(1<<30), 'f', 1, 64) + " GB"
	}
	return strconv.FormatFloat(bytes/(1<<20), 'f', 1, 64) + " MB"
}

// span writes a time that was configured, as configuration does.
func span(seconds float64) time.Duration {
	return time.Duration(seconds * float64(time.Second)).Round(time.Microsecond)
}
