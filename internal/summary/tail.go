package summary

import (
	"fmt"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// TailOf sorts nanoseconds and describes them by the percentiles for which there
// are enough of them, and by the longest.
func TailOf(ns []int64) bench.Tail {
	if len(ns) == 0 {
		return bench.Tail{Omitted: noRequest}
	}
	slices.Sort(ns)
	t := bench.Tail{Max: new(seconds(ns[len(ns)-1]))}
	var omitted []string
	for _, p := range []struct {
		to      **float64
		percent int
	}{{&t.P50, 50}, {&t.P95, 95}, {&t.P99, 99}} {
		if least := leastOf(p.percent); len(ns) < least {
			omitted = append(omitted, fmt.Sprintf("p%d needs %d requests", p.percent, least))
			continue
		}
		*p.to = new(seconds(nearest(ns, p.percent)))
	}
	if len(omitted) > 0 {
		t.Omitted = fmt.Sprintf("%s, and there are %d", strings.Join(omitted, ", "), len(ns))
	}
	return t
}
