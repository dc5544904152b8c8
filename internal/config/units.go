package config

import (
	"errors"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// The parsers below read one number. When they cannot, instead is what the
// writer may have meant, or "".

// plainly reads a number that is too large for its type as the largest there is, which
// is beyond every bound.
func plainly[T any](parse func(string) (T, error)) func(string) (T, string, bool) {
	return func(s string) (T, string, bool) {
		read, err := parse(s)
		return read, "", err == nil || errors.Is(err, strconv.ErrRange)
	}
}

var (
	parseInt    = plainly(strconv.Atoi)
	parseNumber = plainly(func(s string) (float64, error) { return strconv.ParseFloat(s, 64) })
)

// parseSeed has no bound beyond its type's.
func parseSeed(s string) (n uint64, instead string, ok bool) {
	n, err := strconv.ParseUint(s, 10, 64)
	return n, "", err == nil
}

var (
	sizeParts = regexp.MustCompile(`^(-?[0-9]+) *([A-Za-z]*)$`)
	scales    = map[string]int{
		"": 1, "B": 1, "BYTE": 1, "BYTES": 1, "K": 1 << 10, "KB": 1 << 10, "KIB": 1 << 10,
		"M": 1 << 20, "MB": 1 << 20, "MIB": 1 << 20, "G": 1 << 30, "GB": 1 << 30, "GIB": 1 << 30,
	}
)

// parseSize reads whole bytes as people write them: 100, 100B, 1KB (1024 bytes), 1 KiB, 1k, 1mb.
func parseSize(s string) (n bench.Size, instead string, ok bool) {
	parts := sizeParts.FindStringSubmatch(s)
	if parts == nil {
		return 0, "", false
	}
	count, _, _ := parseInt(parts[1])
	scale, known := scales[strings.ToUpper(parts[2])]
	if !known {
		return 0, "", false
	}
	return bench.Size(min(max(count, math.MinInt/scale), math.MaxInt/scale) * scale), "", true
}

// parseDuration reads what time.ParseDuration reads, 250ms, 1m30s, 0, and what people write,
// 5 min. A number alone could be seconds or milliseconds.
func parseDuration(s string) (d time.Duration, instead string, ok bool) {
	if d, err := time.ParseDuration(s); err == nil {
		return d, "", true
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return 0, s + "s or " + s + "ms", false
	}
	d, err := time.ParseDuration(longUnits.Replace(strings.ToLower(s)))
	return d, "", err == nil
}

// parsePatience is [parseDuration] of what takes seconds at least, so that a number alone
// cannot be meant otherwise.
func parsePatience(s string) (d time.Duration, instead string, ok bool) {
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		s += "s"
	}
	return parseDuration(s)
}

var longUnits = strings.NewReplacer(
	" ", "", "minutes", "m", "minute", "m", "mins", "m", "min", "m",
	"milliseconds", "ms", "millisecond", "ms", "msec", "ms", "seconds", "s", "second", "s", "secs", "s", "sec", "s",
	"hours", "h", "hour", "h",
)

var zeroUnits = regexp.MustCompile(`([hm])(0m)?0s$`)

// showDuration leaves out the zeros of time.Duration's own form: 4m, not 4m0s.
func showDuration(d time.Duration) string { return zeroUnits.ReplaceAllString(d.String(), "$1") }

// inSeconds has a duration as a number of seconds.
func inSeconds(parse func(string) (time.Duration, string, bool)) func(string) (float64, string, bool) {
	return func(s string) (float64, string, bool) {
		d, instead, ok := parse(s)
		return d.Seconds(), instead, ok
	}
}

func showSeconds(x float64) string { return showDuration(time.Duration(x * float64(time.Second))) }

// parseShare reads 10% or 0.1.
func parseShare(s string) (share float64, instead string, ok bool) {
	number, percent := strings.CutSuffix(s, "%")
	x, err := strconv.ParseFloat(strings.TrimSpace(number), 64)
	switch {
	case err != nil || math.IsNaN(x):
		return 0, "", false
	case percent:
		return x / 100, "", true
	case x > 1 && x <= 1000:
		return 0, s + "%", false
	}
	return x, "", true
}

func showShare(share float64) string {
	return strconv.FormatFloat(share*100, 'g', 6, 64) + "%"
}
