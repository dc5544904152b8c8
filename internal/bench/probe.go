package bench

// ProbeName names a probe: a situation that no round has, looked at once.
type ProbeName string

// The probes.
const (
	ProbeDisconnect ProbeName = "disconnect"  // clients that go away in the middle of a stream
	ProbeSlowReader ProbeName = "slow-reader" // clients that read more slowly than the backend writes
	ProbeIdle       ProbeName = "idle"        // the first request after a rest
)

// Probe is what one arm did in such a situation. It stands beside the rounds: no
// threshold is set for it and no outcome depends on it. It has the part that its
// name says, or Failed.
type Probe struct {
	Name       ProbeName   `json:"name"`
	Arm        Arm         `json:"arm"`
	Disconnect *Disconnect `json:"disconnect,omitempty"`
	SlowReader *SlowReader `json:"slow_reader,omitempty"`
	Idle       *Idle       `json:"idle,omitempty"`
	// Failed says why there are no figures; empty when there are.
	Failed string `json:"failed,omitempty"`
}

// Disconnect counts the streams of the mock whose client had gone before their
// end: Streams is Ended, RanOn and Open together.
type Disconnect struct {
	Streams int     `json:"streams"`
	Lasts   float64 `json:"lasts_seconds"` // a stream that nobody ends; at the least
	Ended   int     `json:"ended"`         // early: the gateway hung up on the mock
	RanOn   int     `json:"ran_on"`        // to their end
	Open    int     `json:"open"`          // neither, when the probe was over
	// EndedP50 and EndedMax are the times from the client's going to the end of the
	// stream; absent unless all were ended, since nothing tells which were.
	EndedP50 *float64 `json:"ended_p50_seconds,omitempty"`
	EndedMax *float64 `json:"ended_max_seconds,omitempty"`
}

// SlowReader is what became of streams that their clients read slowly. What the
// mock has written and the client has not read is on the way: in the buffers of
// the kernel, and in the gateway.
type SlowReader struct {
	Streams     int     `json:"streams"`
	AnswerBytes int64   `json:"answer_bytes"` // events of one stream
	Written     float64 `json:"written_bytes"`
	Read        float64 `json:"read_bytes"` // both the mean over the streams, framing included
	Whole       int     `json:"whole"`      // streams that the mock could write to their end
	// RSSBefore and RSSPeak are the gateway's memory in bytes, before the streams
	// and at its highest while they lasted; absent for direct.
	RSSBefore *int64 `json:"rss_before,omitempty"`
	RSSPeak   *int64 `json:"rss_peak,omitempty"`
	// Alone and Meanwhile are the median times in seconds of small requests before
	// the streams and beside them; Meanwhile is absent when one was not answered.
	Alone     float64  `json:"alone_seconds"`
	Meanwhile *float64 `json:"meanwhile_seconds,omitempty"`
}

// OnTheWay is how many bytes of a stream were written and not read, on average.
func (s SlowReader) OnTheWay() float64 { return s.Written - s.Read }

// Idle compares requests after a rest with those that follow them.
type Idle struct {
	Rests int     `json:"rests"`
	Rest  float64 `json:"rest_seconds"`  // each
	First float64 `json:"first_seconds"` // shortest of the first requests after the rests: the machine only adds
	Then  float64 `json:"then_seconds"`  // median of those that follow
}

// Longer is by how much the first request takes longer, in seconds.
func (i Idle) Longer() float64 { return i.First - i.Then }
