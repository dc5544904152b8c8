package report

import (
	"cmp"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// metricWord names a metric of a verdict in a table: "first event p95". The
// typical value is what is meant where nothing is said.
func metricWord(m bench.Metric) string {
	if d, known := m.Describe(); known {
		return d.Label
	}
	return brief(strings.ReplaceAll(string(m), "_", " "))
}

// isTypical is true for the values that answers are judged by.
func isTypical(m bench.Metric) bool { return m.IsJudged() }

// isClock is true for what whoever waits for an answer notices.
func isClock(m bench.Metric) bool { return m.IsClock() }

// percent writes a share with as many digits as are worth reading: 0.0921 is
// "9.2 %", 0.382 is "38 %".
func percent(share float64) string {
	digits := 0
	if math.Abs(100*share) < 9.95 {
		digits = 1
	}
	text := figures.Scale{Factor: 0.01, Digits: digits}.Format(share, false)
	return strings.TrimSuffix(text, ".0") + " %"
}

// added is percent with a plus before what is added.
func added(share float64) string {
	if share > 0 {
		return "+" + percent(share)
	}
	return percent(share)
}

// amount writes a value, or with its sign a change, of a metric.
func amount(m bench.Metric, v float64, signed bool) string {
	switch d, _ := m.Describe(); d.Unit {
	case bench.Seconds:
		return figures.For(figures.Duration, v).With(v, signed)
	case bench.Bytes:
		if signed && v > 0 {
			return "+" + figures.Memory(v)
		}
		return figures.Memory(v)
	default:
		return strconv.FormatFloat(v, 'g', 4, 64)
	}
}

// changeWord is "+38 % of overhead (+41.1 µs)".
func changeWord(c bench.Comparison) string {
	if c.Change == nil {
		return "by an unknown amount"
	}
	text := added(*c.Change)
	if c.Of == bench.OfOverhead {
		text += " of overhead"
	}
	if c.ChangeAbs != nil {
		text += fmt.Sprintf(" (%s)", amount(c.Metric, *c.ChangeAbs, true))
	}
	return text
}

// groupName says which requests a group holds: "all", "sse", "c10", "10KB".
func groupName(group string) string {
	rest, isConcurrency := strings.CutPrefix(group, "c")
	switch n, err := strconv.Atoi(rest); {
	case group == "all":
		return "all requests"
	case group == string(bench.SSE):
		return "all streams"
	case group == string(bench.JSON):
		return "all JSON answers"
	case isConcurrency && err == nil:
		return fmt.Sprintf("all requests at concurrency %d", n)
	default:
		return fmt.Sprintf("all requests with %s", clean(group))
	}
}

// shortSHA is a commit as people name it.
func shortSHA(sha string) string {
	return cmp.Or(bench.Commit{SHA: sha}.String(), "an unnamed commit")
}
