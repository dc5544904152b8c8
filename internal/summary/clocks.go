package summary

import "github.com/org/proxy-bench-action/internal/bench"

// moments are the clocks that every Observation has one reading of.
var moments = map[bench.Clock]func(*bench.Observation) int64{
	bench.AtHeaders:    func(o *bench.Observation) int64 { return o.Headers },
	bench.AtFirstByte:  func(o *bench.Observation) int64 { return o.FirstByte },
	bench.AtFirstEvent: func(o *bench.Observation) int64 { return o.FirstEvent },
	bench.AtFirstDelta: func(o *bench.Observation) int64 { return o.FirstDelta },
	bench.AtLastByte:   func(o *bench.Observation) int64 { return o.Last },
}

// intervals are the clocks between chunks, of which an answer has many readings.
var intervals = map[bench.Clock]struct {
	noun string
	of   func(*bench.Slice) []int64
}{
	bench.BetweenEvents: {"gap", func(s *bench.Slice) []int64 { return s.Gaps }},
	bench.InTransit:     {"transit", func(s *bench.Slice) []int64 { return s.Transits }},
}

// metricsOf lists what a mode has of a clock.
func metricsOf(mode bench.Mode, clock bench.Clock) []bench.Metric {
	return bench.Metrics(func(d bench.Description) bool { return d.Clock == clock && d.In(mode) })
}

// statistic returns how nanoseconds, sorted, become one number in seconds, and
// the fewest that it is given for.
func statistic(s bench.Statistic) (of func(sorted []int64) float64, least int) {
	switch s {
	case bench.Typical:
		return typical, 1
	case bench.Mean:
		return mean, 1
	default:
		return func(sorted []int64) float64 { return seconds(nearest(sorted, int(s))) }, leastOf(int(s))
	}
}
