package summary

import "github.com/org/proxy-bench-action/internal/bench"

// figures names the metrics that describe one distribution of nanoseconds; an
// empty name is not wanted.
type figures struct {
	typical, mean bench.Metric
	percentiles   []percentile
}

// clock is one moment of an Observation and the metrics that describe it.
type clock struct {
	at func(*bench.Observation) int64
	figures
}

// clocks lists what a mode is measured by. The last byte is called latency
// where the answer is one body and total where it is a stream: the word
// latency would not say which of a stream's moments is meant.
func clocks(mode bench.Mode) []clock {
	if mode == bench.SSE {
		return sseClocks
	}
	return jsonClocks
}

var headersClock = clock{
	func(o *bench.Observation) int64 { return o.Headers },
	figures{percentiles: []percentile{{bench.HeadersP50, 50}, {bench.HeadersP95, 95}, {bench.HeadersP99, 99}}},
}

var firstByteClock = clock{
	func(o *bench.Observation) int64 { return o.FirstByte },
	figures{percentiles: []percentile{{bench.FirstByteP50, 50}, {bench.FirstByteP95, 95}, {bench.FirstByteP99, 99}}},
}

func last(o *bench.Observation) int64 { return o.Last }

var jsonClocks = []clock{
	headersClock,
	firstByteClock,
	{last, figures{
		typical: bench.LatencyTypical,
		mean:    bench.LatencyMean,
		percentiles: []percentile{
			{bench.LatencyP50, 50},
			{bench.LatencyP90, 90},
			{bench.LatencyP95, 95},
			{bench.LatencyP99, 99},
		},
	}},
}

var sseClocks = []clock{
	headersClock,
	firstByteClock,
	{func(o *bench.Observation) int64 { return o.FirstEvent }, figures{
		typical: bench.FirstEventTypical,
		percentiles: []percentile{
			{bench.FirstEventP50, 50},
			{bench.FirstEventP95, 95},
			{bench.FirstEventP99, 99},
		},
	}},
	{func(o *bench.Observation) int64 { return o.FirstDelta }, figures{
		percentiles: []percentile{
			{bench.FirstDeltaP50, 50},
			{bench.FirstDeltaP95, 95},
			{bench.FirstDeltaP99, 99},
		},
	}},
	{last, figures{
		typical: bench.TotalTypical,
		mean:    bench.TotalMean,
		percentiles: []percentile{
			{bench.TotalP50, 50},
			{bench.TotalP90, 90},
			{bench.TotalP95, 95},
			{bench.TotalP99, 99},
		},
	}},
}

var (
	gapFigures     = figures{percentiles: []percentile{{bench.GapP50, 50}, {bench.GapP99, 99}}}
	transitFigures = figures{percentiles: []percentile{{bench.TransitP50, 50}, {bench.TransitP99, 99}}}
)
