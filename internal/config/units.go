package config

import (
	"math"
	"strconv"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// The parsers below read one scalar. When they cannot, instead is what the
// writer may have meant, or "".

func parseInt(s string) (n int, instead string, ok bool) {
	n, err := strconv.Atoi(s)
	return n, "", err == nil
}

func parseSeed(s string) (n uint64, instead string, ok bool) {
	n, err := strconv.ParseUint(s, 10, 64)
	return n, "", err == nil
}

func parseNumber(s string) (x float64, instead string, ok bool) {
	x, err := strconv.ParseFloat(s, 64)
	return x, "", err == nil && !math.IsNaN(x)
}

// parseSize reads whole bytes: 100, 100B, 1KB (1024 bytes), 1MB.
func parseSize(s string) (n bench.Size, instead string, ok bool) {
	unit := strings.TrimLeft(s, "0123456789")
	digits := strings.TrimSuffix(s, unit)
	count, err := strconv.Atoi(digits)
	if err != nil {
		return 0, "", false
	}
	scale := 1
	switch unit = strings.TrimSpace(unit); unit {
	case "", "B":
	case "KB":
		scale = 1 << 10
	case "MB":
		scale = 1 << 20
	case "b", "bytes", "byte":
		return 0, digits + "B", false
	case "k", "K", "kb", "Kb", "kB", "KiB", "Ki":
		return 0, digits + "KB", false
	case "m", "M", "mb", "Mb", "mB", "MiB", "Mi":
		return 0, digits + "MB", false
	default:
		return 0, "", false
	}
	if count > math.MaxInt/scale {
		return 0, "", false
	}
	return bench.Size(count * scale), "", true
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

// showDuration leaves out the zeros of time.Duration's own form: 4m, not 4m0s.
func showDuration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = s[:len(s)-2]
	}
	if strings.HasSuffix(s, "h0m") {
		s = s[:len(s)-2]
	}
	return s
}

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
