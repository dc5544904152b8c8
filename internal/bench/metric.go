package bench

// Unit is the base unit a metric's values are in.
type Unit string

// The base units of all files.
const (
	Seconds   Unit = "s"
	Bytes     Unit = "B"
	PerSecond Unit = "1/s"
	Count     Unit = "1"
)

// Better says which direction of a metric is the good one.
type Better int

// The directions of a metric.
const (
	Neither Better = iota
	Lower
	Higher
)

// Metric names a number that a Round carries.
type Metric string

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

	FirstDeltaP50 Metric = "first_delta_p50"
	FirstDeltaP95 Metric = "first_delta_p95"
	FirstDeltaP99 Metric = "first_delta_p99"

	TotalTypical Metric = "total_typical"
	TotalP50     Metric = "total_p50"
	TotalP90     Metric = "total_p90"
	TotalP95     Metric = "total_p95"
	TotalP99     Metric = "total_p99"
	TotalMean    Metric = "total_mean"

	GapP50     Metric = "gap_p50"
	GapP99     Metric = "gap_p99"
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
	Reconnects          Metric = "reconnects"           // opened by the client inside slices, per request
	ClientCPUShare      Metric = "client_cpu_share"     // of the elapsed time of its one thread
)

// Description tells what a Metric is.
type Description struct {
	Unit   Unit
	Better Better
	Text   string
}

var descriptions = map[Metric]Description{
	LatencyTypical: {Seconds, Lower, "latency, mean of the fastest 80 %"},
	LatencyP50:     {Seconds, Lower, "latency, median"},
	LatencyP90:     {Seconds, Lower, "latency, 90th percentile"},
	LatencyP95:     {Seconds, Lower, "latency, 95th percentile"},
	LatencyP99:     {Seconds, Lower, "latency, 99th percentile"},
	LatencyMean:    {Seconds, Lower, "latency, mean"},

	HeadersP50: {Seconds, Lower, "response head complete, median"},
	HeadersP95: {Seconds, Lower, "response head complete, 95th percentile"},
	HeadersP99: {Seconds, Lower, "response head complete, 99th percentile"},

	FirstByteP50: {Seconds, Lower, "first body byte, median"},
	FirstByteP95: {Seconds, Lower, "first body byte, 95th percentile"},
	FirstByteP99: {Seconds, Lower, "first body byte, 99th percentile"},

	FirstEventTypical: {Seconds, Lower, "first event complete, mean of the fastest 80 %"},
	FirstEventP50:     {Seconds, Lower, "first event complete, median"},
	FirstEventP95:     {Seconds, Lower, "first event complete, 95th percentile"},
	FirstEventP99:     {Seconds, Lower, "first event complete, 99th percentile"},

	FirstDeltaP50: {Seconds, Lower, "first content delta, median"},
	FirstDeltaP95: {Seconds, Lower, "first content delta, 95th percentile"},
	FirstDeltaP99: {Seconds, Lower, "first content delta, 99th percentile"},

	TotalTypical: {Seconds, Lower, "whole stream, mean of the fastest 80 %"},
	TotalP50:     {Seconds, Lower, "whole stream, median"},
	TotalP90:     {Seconds, Lower, "whole stream, 90th percentile"},
	TotalP95:     {Seconds, Lower, "whole stream, 95th percentile"},
	TotalP99:     {Seconds, Lower, "whole stream, 99th percentile"},
	TotalMean:    {Seconds, Lower, "whole stream, mean"},

	GapP50:     {Seconds, Neither, "between content events, median"},
	GapP99:     {Seconds, Lower, "between content events, 99th percentile"},
	TransitP50: {Seconds, Lower, "from the mock's write of a chunk to its arrival, median"},
	TransitP99: {Seconds, Lower, "from the mock's write of a chunk to its arrival, 99th percentile"},
	BurstMax:   {Count, Lower, "most events in one read"},
	BurstBytes: {Bytes, Lower, "body bytes of the read with the most events"},

	BurstP50:      {Count, Lower, "most events in one read of an answer, median over the answers"},
	BurstBytesP50: {Bytes, Lower, "body bytes of the read with the most events of an answer, median over the answers"},

	Throughput:    {PerSecond, Higher, "requests answered per second"},
	CPUPerRequest: {Seconds, Lower, "CPU time of the gateway per request"},
	CPUIdle:       {Count, Lower, "CPUs that the gateway keeps busy while nothing is asked of it"},
	RSSIdle:       {Bytes, Lower, "resident memory when ready"},
	RSSPeak:       {Bytes, Lower, "most resident memory"},
	RSSAfter:      {Bytes, Lower, "resident memory after the scenario"},

	UpstreamConnections: {Count, Lower, "connections opened to the mock per request"},
	Reconnects:          {Count, Lower, "connections reopened by the client per request"},
	ClientCPUShare:      {Count, Neither, "share of the time the client's thread was on a CPU"},
}

// Describe returns what m is; ok is false for a name this version does not know.
func (m Metric) Describe() (d Description, ok bool) {
	d, ok = descriptions[m]
	return d, ok
}

// Primary is the metric that a mode's whole answer is judged by.
func (m Mode) Primary() Metric {
	if m == SSE {
		return TotalTypical
	}
	return LatencyTypical
}
