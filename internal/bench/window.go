package bench

// Window is one stretch of an open loop of one arm. Its requests start when they
// are due, whether or not earlier ones have been answered, and its times count
// from the moment at which they were due.
type Window struct {
	Arm       Arm    `json:"arm"`
	Mode      Mode   `json:"mode,omitempty"`       // absent when there are both
	BodyBytes int    `json:"body_bytes,omitempty"` // absent when they differ
	Arrivals  string `json:"arrivals"`             // constant, poisson or trace
	// Rate is the requests per second that were asked for; absent for a trace.
	Rate    float64 `json:"rate,omitempty"`
	Seconds float64 `json:"seconds"` // in which requests were due
	// Offered is the requests per second that were due. Achieved is the requests
	// that were answered rightly, divided by the time until the last of them, less
	// the time of the fastest answer, which an idle path takes too.
	Offered  float64 `json:"offered"`
	Achieved float64 `json:"achieved"`

	Requests int                `json:"requests"` // answered rightly
	Errors   map[ErrorClass]int `json:"errors,omitempty"`

	Latency    Tail  `json:"latency"`               // to the last byte
	FirstEvent *Tail `json:"first_event,omitempty"` // of a stream
	// Lag is how late the generator started requests that had a free connection.
	// Waited counts those that had none.
	Lag    Tail `json:"lag"`
	Waited int  `json:"waited,omitempty"`
	// UpstreamRequests is how often the mock was asked for one request; absent when
	// that was not counted.
	UpstreamRequests *float64 `json:"upstream_requests,omitempty"`
	// ClientCPU is the share of the time that the client's thread was on a CPU;
	// absent when the window was ended early.
	ClientCPU *float64 `json:"client_cpu_share,omitempty"`
	// Limited says why the rig (generator, mock, machine) and not the gateway was
	// the limit; empty when it was not.
	Limited string `json:"limited,omitempty"`
}

// Tail is the slow end of some times, in seconds, by nearest rank. Percentiles for
// which there are too few requests are absent, and Omitted says why.
type Tail struct {
	P50     *float64 `json:"p50,omitempty"`
	P95     *float64 `json:"p95,omitempty"`
	P99     *float64 `json:"p99,omitempty"`
	Max     *float64 `json:"max,omitempty"`
	Omitted string   `json:"left,omitempty"`
}

// Knee is the largest rate at which the p99 of the latency, from the intended
// start, stays within Bound. A rate is held when all its windows are within the
// bound, missed when none is, and contested when they disagree.
type Knee struct {
	Arm       Arm     `json:"arm"`
	Mode      Mode    `json:"mode"`
	BodyBytes int     `json:"body_bytes"` // 0 when they differ
	Arrivals  string  `json:"arrivals"`
	Bound     float64 `json:"bound_seconds"`
	// BoundBase is the p99 at a low rate of which Bound is a multiple; absent when
	// Bound was given.
	BoundBase *float64 `json:"quiet_p99_seconds,omitempty"`
	// Held is the largest rate that was held; absent when none was. Missed is the
	// smallest that was missed; absent when none was, and Ended says why.
	Held   *float64 `json:"held,omitempty"`
	Missed *float64 `json:"missed,omitempty"`
	// Ended says what ended the search before the interval from Held to Missed was
	// narrow: the rig or the time; empty when it is.
	Ended   string `json:"ended,omitempty"`
	Windows []int  `json:"windows"` // of the search: indices of Run.Windows
}
