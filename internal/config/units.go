package config

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// The parsers below read one number. When they cannot, instead is what the
// writer may have meant, or "".

func plainly[T any](parse func(string) (T, error)) func(string) (T, string, bool) {
	return func(s string) (T, string, bool) {
		read, err := parse(s)
		return read, "", err == nil
	}
}

var (
	parseInt    = plainly(strconv.Atoi)
	parseSeed   = plainly(func(s string) (uint64, error) { return strconv.ParseUint(s, 10, 64) })
	parseNumber = plainly(func(s string) (float64, error) { return strconv.ParseFloat(s, 64) })
)

var (
	sizeParts = regexp.MustCompile(`^([0-9]+) *([A-Za-z]*)$`)
	scales    = map[string]int{"": 1, "B": 1, "KB": 1 << 10, "MB": 1 << 20}
	usualSize = map[byte]string{'b': "B", 'k': "KB", 'K': "KB", 'm': "MB", 'M': "MB"}
)

// parseSize reads whole bytes: 100, 100B, 1KB (1024 bytes), 1MB.
func parseSize(s string) (n bench.Size, instead string, ok bool) {
	parts := sizeParts.FindStringSubmatch(s)
	if parts == nil {
		return 0, "", false
	}
	count, err := strconv.Atoi(parts[1])
	scale, known := scales[parts[2]]
	switch {
	case err != nil || known && count > math.MaxInt/scale:
		return 0, "", false
	case known:
		return bench.Size(count * scale), "", true
	}
	if unit, usual := usualSize[parts[2][0]]; usual {
		instead = parts[1] + unit
	}
	return 0, instead, false
}

// parseDuration reads what time.ParseDuration reads: 250ms, 1m30s, 0.
func parseDuration(s string) (d time.Duration, instead string, ok bool) {
	d, err := time.ParseDuration(s)
	if err == nil {
		return d, "", true
	}
	if _, err := strconv.ParseFloat(s, 64); err == nil {
		return 0, s + "s or " + s + "ms", false
	}
	usual := longUnits.Replace(strings.ToLower(s))
	if _, err := time.ParseDuration(usual); err == nil {
		return 0, usual, false
	}
	return 0, "", false
}

var longUnits = strings.NewReplacer(
	" ", "", "minutes", "m", "minute", "m", "mins", "m", "min", "m",
	"seconds", "s", "second", "s", "secs", "s", "sec", "s", "hours", "h", "hour", "h",
)

var zeroUnits = regexp.MustCompile(`([hm])(0m)?0s$`)

// showDuration leaves out the zeros of time.Duration's own form: 4m, not 4m0s.
func showDuration(d time.Duration) string { return zeroUnits.ReplaceAllString(d.String(), "$1") }

func parseSeconds(s string) (x float64, instead string, ok bool) {
	d, instead, ok := parseDuration(s)
	return d.Seconds(), instead, ok
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
