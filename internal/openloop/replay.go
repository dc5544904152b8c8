package openloop

import (
	"context"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// Replay is the scenario whose requests are those of the trace.
var Replay = bench.Scenario{}

// replay measures the trace unchanged, as often as a rate that was asked for.
func (e *execution) replay(ctx context.Context) error {
	if len(e.settings.Trace) == 0 {
		return nil
	}
	length := traceLength(e.settings.Trace)
	for range repeats {
		e.progress(Progress{Scenario: Replay, Doing: "replaying the trace", Windows: len(e.out.Windows)})
		like := bench.Window{Arrivals: "trace"}
		if _, err := e.windows(ctx, Replay, like, e.settings.Trace, length, e.settings.Gateways); err != nil {
			return err
		}
	}
	return nil
}

// traceLength is the time to the last start and one more average distance between
// two starts, so that n requests have n distances.
func traceLength(starts []time.Duration) time.Duration {
	last, n := starts[len(starts)-1], time.Duration(len(starts))
	if n == 1 {
		return max(last, ShortestWindow)
	}
	return max(last+last/(n-1), ShortestWindow)
}
