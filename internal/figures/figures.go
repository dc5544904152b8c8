// Package figures writes numbers as people read them: three significant
// digits, and one unit for all figures of a row. Everything else, files
// included, holds base units: seconds, bytes, shares of 1.
package figures

import (
	"fmt"
	"math"
	"strconv"
	"strings"
)

// Missing stands where there is no number.
const Missing = "–"

// Scale is the unit that the numbers of one row are written in.
type Scale struct {
	Unit   string  // empty for plain numbers
	Factor float64 // base units in one of these
}

// One is the Scale of plain numbers, Share that of shares, PerSecond that of
// rates.
var (
	One       = Scale{"", 1}
	Share     = Scale{"%", 0.01}
	PerSecond = Scale{"1/s", 1}
)

// OfTimes is one unit for some times in seconds: µs, ms from 10 ms on, s from
// 1 s on, by the largest.
func OfTimes(values ...float64) Scale {
	switch most := largest(values); {
	case most >= 1:
		return Scale{"s", 1}
	case most >= 10e-3:
		return Scale{"ms", 1e-3}
	default:
		return Scale{"µs", 1e-6}
	}
}

// OfSizes is one unit for some numbers of bytes: B, KB, MB or GB (1 KB = 1024 B),
// by the largest.
func OfSizes(values ...float64) Scale {
	most, size := largest(values), Scale{"B", 1}
	for _, larger := range []Scale{{"KB", 1 << 10}, {"MB", 1 << 20}, {"GB", 1 << 30}} {
		if most >= larger.Factor {
			size = larger
		}
	}
	return size
}

func largest(values []float64) float64 {
	most := 0.0
	for _, v := range values {
		most = max(most, math.Abs(v))
	}
	return most
}

// Format writes v without its unit.
func (s Scale) Format(v float64) string { return Digits(v / s.Factor) }

// Signed is Format with a plus before a positive number.
func (s Scale) Signed(v float64) string { return signed(v, s.Format(v)) }

// With writes v with its unit.
func (s Scale) With(v float64) string { return strings.TrimSpace(s.Format(v) + " " + s.Unit) }

// mostDecimals bounds the digits after the point: a small figure beside a large
// one of the same row needs no more.
const mostDecimals = 4

// Digits writes three significant digits without an exponent.
func Digits(v float64) string {
	if v == 0 || math.IsNaN(v) || math.IsInf(v, 0) {
		return strconv.FormatFloat(v+0, 'f', -1, 64)
	}
	rounded, _ := strconv.ParseFloat(strconv.FormatFloat(v, 'e', 2, 64), 64)
	decimals := min(max(2-int(math.Floor(math.Log10(math.Abs(rounded)))), 0), mostDecimals)
	text := strconv.FormatFloat(rounded, 'f', decimals, 64)
	if strings.Trim(text, "-0.") == "" {
		return "0"
	}
	return text
}

// signed puts a plus before what is above zero.
func signed(v float64, text string) string {
	if v > 0 && text != "0" {
		return "+" + text
	}
	return text
}

// Seconds writes one time in the unit that suits it.
func Seconds(v float64) string { return OfTimes(v).With(v) }

// Times writes the times of one sentence, all in the unit of the longest.
func Times(seconds ...float64) func(seconds float64) string { return OfTimes(seconds...).With }

// Setting writes a time that a person chose, without needless zeros.
func Setting(seconds float64) string {
	number, unit, _ := strings.Cut(Seconds(seconds), " ")
	if strings.Contains(number, ".") {
		number = strings.TrimRight(strings.TrimRight(number, "0"), ".")
	}
	return number + " " + unit
}

// Memory writes one number of bytes in the unit that suits it.
func Memory(bytes float64) string { return OfSizes(bytes).With(bytes) }

// Rate writes one number of requests per second: "812/s".
func Rate(v float64) string { return Digits(v) + "/s" }

// Percent writes a share with as many digits as are worth reading: 0.0921 is
// "9.2 %", 0.382 is "38 %".
func Percent(share float64) string {
	digits := 0
	if math.Abs(100*share) < 9.95 {
		digits = 1
	}
	text := strings.TrimSuffix(strconv.FormatFloat(100*share, 'f', digits, 64), ".0")
	if math.Abs(share) >= 10 {
		text = Digits(100 * share)
	}
	if text == "-0" {
		text = "0"
	}
	return text + " %"
}

// Added is Percent with a plus before what is added.
func Added(share float64) string { return signed(share, Percent(share)) }

// Change writes a change in percent, without its unit: with its sign, to a
// tenth where that tells anything.
func Change(share float64) string {
	text := strconv.FormatFloat(100*share, 'f', 1, 64)
	if math.Abs(share) >= 10 {
		text = Digits(100 * share)
	}
	if strings.Trim(text, "-0.") == "" {
		return strings.TrimPrefix(text, "-")
	}
	return signed(share, text)
}

// Counted is "1 round" or "3 rounds".
func Counted(n int, noun string) string {
	if n != 1 {
		noun += "s"
	}
	return fmt.Sprintf("%d %s", n, noun)
}
