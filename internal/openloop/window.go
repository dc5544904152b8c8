package openloop

import (
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// Reduce makes a Window of what load saw; due is the number of requests that were
// meant to start within length. The caller fills in the arm, the scenario and
// Limited.
func Reduce(saw bench.OpenLoopSlice, due int, length time.Duration) bench.Window {
	answered := len(saw.Slice.Observations)
	w := bench.Window{
		Seconds:  length.Seconds(),
		Offered:  float64(due) / length.Seconds(),
		Requests: answered + saw.Slice.Failures,
		Errors:   saw.Slice.Errors,
		Lag:      summary.TailOf(generatorLags(saw)),
		Waited:   saw.Waited,
	}
	last, first := make([]int64, 0, answered), []int64(nil)
	for _, o := range saw.Slice.Observations {
		last = append(last, o.Last)
		if o.FirstEvent != bench.Absent {
			first = append(first, o.FirstEvent)
		}
	}
	w.Latency = summary.TailOf(last)
	if len(first) > 0 {
		w.FirstEvent = new(summary.TailOf(first))
	}
	w.Achieved = float64(w.Requests) / caughtUp(saw.Slice.Elapsed, length, last).Seconds()
	if saw.Slice.ClientCPU > 0 && saw.Slice.Elapsed > 0 {
		w.ClientCPU = new(saw.Slice.ClientCPU.Seconds() / saw.Slice.Elapsed.Seconds())
	}
	if sent := saw.Slice.Sent; sent > 0 && saw.Upstream >= 0 {
		w.UpstreamRequests = new(float64(saw.Upstream) / float64(sent))
	}
	return w
}

// generatorLags are the lags that the generator itself caused, ascending. The
// longest ones are left out: these calls waited for a connection, because the
// gateway had not answered earlier ones.
func generatorLags(saw bench.OpenLoopSlice) []int64 {
	lags := slices.Sorted(slices.Values(saw.Lag))
	return lags[:max(0, len(lags)-saw.Waited)]
}

// caughtUp is how long it took to answer what was due within length, less the
// time of the fastest of the sorted answers, and at least length.
func caughtUp(elapsed, length time.Duration, sorted []int64) time.Duration {
	if len(sorted) > 0 {
		elapsed -= time.Duration(sorted[0])
	}
	return max(length, elapsed)
}
