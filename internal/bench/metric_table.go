package bench

// The metrics of a Round. "typical" is the mean of the fastest 80 % of the
// requests; pNN is the nearest-rank percentile.
const (
	LatencyTypical Metric = "latency_typical"
	LatencyP50     Metric = "latency_p50"
	LatencyP90     Metric = "latency_p90"
	LatencyP95     Metric = "latency_p95"
	LatencyP99     Metric = "latency_p99"
	LatencyMean    Metric = "latency_mean"

	HeadersP50 Metric = "headers_p50"
	HeadersP95 Metric = "headers_p95"
	HeadersP99 Metric = "headers_p99"

	FirstByteP50 Metric = "first_byte_p50"
	FirstByteP95 Metric = "first_byte_p95"
	FirstByteP99 Metric = "first_byte_p99"

	FirstEventTypical Metric = "first_event_typical"
	FirstEventP50     Metric = "first_event_p50"
	FirstEventP95     Metric = "first_event_p95"
	FirstEventP99     Metric = "first_event_p99"

	FirstDeltaTypical Metric = "first_delta_typical"
	FirstDeltaP50     Metric = "first_delta_p50"
	FirstDeltaP95     Metric = "first_delta_p95"
	FirstDeltaP99     Metric = "first_delta_p99"

	TotalTypical Metric = "total_typical"
	TotalP50     Metric = "total_p50"
	TotalP90     Metric = "total_p90"
	TotalP95     Metric = "total_p95"
	TotalP99     Metric = "total_p99"
	TotalMean    Metric = "total_mean"

	GapP50     Metric = "gap_p50"
	GapP99     Metric = "gap_p99"
	GapMax     Metric = "gap_max"
	TransitP50 Metric = "transit_p50"
	TransitP99 Metric = "transit_p99"
	BurstMax   Metric = "burst_max"
	BurstBytes Metric = "burst_bytes"

	BurstP50      Metric = "burst_p50"
	BurstBytesP50 Metric = "burst_bytes_p50"

	Throughput    Metric = "throughput"
	CPUPerRequest Metric = "cpu_per_request"
	CPUIdle       Metric = "cpu_idle" // CPUs in use while other arms are driven
	RSSIdle       Metric = "rss_idle"
	RSSPeak       Metric = "rss_peak"
	RSSAfter      Metric = "rss_after"

	UpstreamConnections Metric = "upstream_connections" // opened to the mock, per request
	UpstreamRequests    Metric = "upstream_requests"    // of one request to the gateway
	Reconnects          Metric = "reconnects"           // opened by the client inside slices, per request
	ClientCPUShare      Metric = "client_cpu_share"     // of the elapsed time of its one thread
)

var (
	jsonOnly = []Mode{JSON}
	sseOnly  = []Mode{SSE}
	anyMode  []Mode
)

// table has every metric. The last byte is called latency where the answer is
// one body and total where it is a stream: the word latency would not say which
// of a stream's moments is meant.
//
// Least shares: the ratio of a p95 has two to three times the SD of a typical
// value's, that of a plain mean up to four times; a mean is gated for what the
// fastest 80 % do not show, a stall in one request of a hundred, which moves it far.
// Peak memory hardly varies, but allocators and collectors move in large steps.
//
// The first delta is gated and not judged: it mostly moves with the first event,
// and what judges is tested whether it is suspect or not, at a price for the rest.
var table = []Description{
	{LatencyTypical, AtLastByte, Typical, Seconds, Lower, Judged, 0, jsonOnly, "latency", "latency, mean of the fastest 80 %"},
	{LatencyP50, AtLastByte, P50, Seconds, Lower, OnRequest, 0, jsonOnly, "latency p50", "latency, median"},
	{LatencyP90, AtLastByte, P90, Seconds, Lower, OnRequest, 0, jsonOnly, "latency p90", "latency, 90th percentile"},
	{LatencyP95, AtLastByte, P95, Seconds, Lower, Gated, 0.20, jsonOnly, "latency p95", "latency, 95th percentile"},
	{LatencyP99, AtLastByte, P99, Seconds, Lower, ShownOnly, 0, jsonOnly, "latency p99", "latency, 99th percentile"},
	{LatencyMean, AtLastByte, Mean, Seconds, Lower, Gated, 0.25, jsonOnly, "latency mean", "latency, mean"},

	{HeadersP50, AtHeaders, P50, Seconds, Lower, OnRequest, 0, anyMode, "headers p50", "response head complete, median"},
	{HeadersP95, AtHeaders, P95, Seconds, Lower, OnRequest, 0, anyMode, "headers p95", "response head complete, 95th percentile"},
	{HeadersP99, AtHeaders, P99, Seconds, Lower, ShownOnly, 0, anyMode, "headers p99", "response head complete, 99th percentile"},

	{FirstByteP50, AtFirstByte, P50, Seconds, Lower, OnRequest, 0, anyMode, "first byte p50", "first body byte, median"},
	{FirstByteP95, AtFirstByte, P95, Seconds, Lower, OnRequest, 0, anyMode, "first byte p95", "first body byte, 95th percentile"},
	{FirstByteP99, AtFirstByte, P99, Seconds, Lower, ShownOnly, 0, anyMode, "first byte p99", "first body byte, 99th percentile"},

	{FirstEventTypical, AtFirstEvent, Typical, Seconds, Lower, Judged, 0, sseOnly, "first event", "first event complete, mean of the fastest 80 %"},
	{FirstEventP50, AtFirstEvent, P50, Seconds, Lower, OnRequest, 0, sseOnly, "first event p50", "first event complete, median"},
	{FirstEventP95, AtFirstEvent, P95, Seconds, Lower, Gated, 0.20, sseOnly, "first event p95", "first event complete, 95th percentile"},
	{FirstEventP99, AtFirstEvent, P99, Seconds, Lower, ShownOnly, 0, sseOnly, "first event p99", "first event complete, 99th percentile"},

	{FirstDeltaTypical, AtFirstDelta, Typical, Seconds, Lower, Gated, 0, sseOnly, "first delta", "first content delta, mean of the fastest 80 %"},
	{FirstDeltaP50, AtFirstDelta, P50, Seconds, Lower, OnRequest, 0, sseOnly, "first delta p50", "first content delta, median"},
	{FirstDeltaP95, AtFirstDelta, P95, Seconds, Lower, OnRequest, 0, sseOnly, "first delta p95", "first content delta, 95th percentile"},
	{FirstDeltaP99, AtFirstDelta, P99, Seconds, Lower, ShownOnly, 0, sseOnly, "first delta p99", "first content delta, 99th percentile"},

	{TotalTypical, AtLastByte, Typical, Seconds, Lower, Judged, 0, sseOnly, "whole stream", "whole stream, mean of the fastest 80 %"},
	{TotalP50, AtLastByte, P50, Seconds, Lower, OnRequest, 0, sseOnly, "whole stream p50", "whole stream, median"},
	{TotalP90, AtLastByte, P90, Seconds, Lower, OnRequest, 0, sseOnly, "whole stream p90", "whole stream, 90th percentile"},
	{TotalP95, AtLastByte, P95, Seconds, Lower, Gated, 0.20, sseOnly, "whole stream p95", "whole stream, 95th percentile"},
	{TotalP99, AtLastByte, P99, Seconds, Lower, ShownOnly, 0, sseOnly, "whole stream p99", "whole stream, 99th percentile"},
	{TotalMean, AtLastByte, Mean, Seconds, Lower, Gated, 0.25, sseOnly, "whole stream mean", "whole stream, mean"},

	{GapP50, BetweenEvents, P50, Seconds, Neither, ShownOnly, 0, sseOnly, "gap p50", "between content events, median"},
	{GapP99, BetweenEvents, P99, Seconds, Lower, ShownOnly, 0, sseOnly, "gap p99", "between content events, 99th percentile"},
	{GapMax, LongestSilence, Typical, Seconds, Lower, Gated, 0, sseOnly, "largest gap", "longest time without an event in a paced stream, from the request to its end, mean of the fastest 80 %"},
	{TransitP50, InTransit, P50, Seconds, Lower, OnRequest, 0, sseOnly, "transit p50", "from the mock's write of a chunk to its arrival, median"},
	{TransitP99, InTransit, P99, Seconds, Lower, ShownOnly, 0, sseOnly, "transit p99", "from the mock's write of a chunk to its arrival, 99th percentile"},
	{BurstMax, NoClock, Whole, Count, Lower, ShownOnly, 0, sseOnly, "burst max", "most events in one read"},
	{BurstBytes, NoClock, Whole, Bytes, Lower, ShownOnly, 0, sseOnly, "burst bytes", "body bytes of the read with the most events"},
	{BurstP50, NoClock, P50, Count, Lower, ShownOnly, 0, sseOnly, "burst p50", "most events in one read of an answer, median over the answers"},
	{BurstBytesP50, NoClock, P50, Bytes, Lower, ShownOnly, 0, sseOnly, "burst bytes p50", "body bytes of the read with the most events of an answer, median over the answers"},

	{Throughput, NoClock, Whole, PerSecond, Higher, ShownOnly, 0, anyMode, "throughput", "requests answered per second"},
	{CPUPerRequest, NoClock, Whole, Seconds, Lower, Gated, 0, anyMode, "CPU/request", "CPU time of the gateway per request"},
	{CPUIdle, NoClock, Whole, Count, Lower, ShownOnly, 0, anyMode, "cpu idle", "CPUs that the gateway keeps busy while nothing is asked of it"},
	{RSSIdle, NoClock, Whole, Bytes, Lower, OnRequest, 0, anyMode, "rss idle", "resident memory when ready"},
	{RSSPeak, NoClock, Peak, Bytes, Lower, Gated, 0.25, anyMode, "rss peak", "most resident memory"},
	{RSSAfter, NoClock, Whole, Bytes, Lower, OnRequest, 0, anyMode, "rss after", "resident memory after the scenario"},
	{UpstreamConnections, NoClock, Whole, Count, Lower, ShownOnly, 0, anyMode, "upstream connections", "connections opened to the mock per request"},
	{UpstreamRequests, NoClock, Whole, Count, Neither, ShownOnly, 0, anyMode, "upstream requests", "requests to the mock per request sent"},
	{Reconnects, NoClock, Whole, Count, Lower, ShownOnly, 0, anyMode, "reconnects", "connections reopened by the client per request"},
	{ClientCPUShare, NoClock, Whole, Count, Neither, ShownOnly, 0, anyMode, "client cpu share", "share of the time the client's thread was on a CPU"},
}

// rows is the table by name.
var rows = func() map[Metric]Description {
	all := make(map[Metric]Description, len(table))
	for _, d := range table {
		all[d.Metric] = d
	}
	return all
}()
