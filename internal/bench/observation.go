package bench

import "time"

// ErrorClass says what went wrong with one request. Errors are counted by
// class and contribute no latency.
type ErrorClass string

// Every class of error that load can report.
const (
	ErrConnect   ErrorClass = "connect"         // no connection could be made
	ErrStale     ErrorClass = "stale"           // a kept-alive connection was closed before any byte of the answer; in older files
	ErrTimeout   ErrorClass = "timeout"         // no complete answer in time
	ErrStatus    ErrorClass = "status"          // another status than the mock sent
	ErrProtocol  ErrorClass = "protocol"        // not HTTP/1.1, or a head or line beyond its limit
	ErrTruncated ErrorClass = "truncated"       // the connection ended inside the answer
	ErrBody      ErrorClass = "body"            // complete, but not what the mock sent
	ErrNoEnd     ErrorClass = "no-terminal"     // the stream ended without its terminal event
	ErrLost      ErrorClass = "chunk-lost"      // a chunk of the stream is missing
	ErrRepeated  ErrorClass = "chunk-repeated"  // a chunk came twice
	ErrReordered ErrorClass = "chunk-reordered" // a chunk came after a later one
	ErrEvent     ErrorClass = "event"           // an event of the stream is missing, doubled, misplaced or misnamed: official SDKs cannot read it
	ErrFailed    ErrorClass = "error-inside"    // an error in the place of the answer, or inside a stream
	ErrHidden    ErrorClass = "failure-hidden"  // the mock cut its answer, and it came as if it were whole
)

// Absent is the value of a clock that the answer does not have, such as FirstEvent
// of a JSON answer.
const Absent int64 = -1

// Observation is one request that was answered rightly. Its clocks are
// nanoseconds since the moment when it was due: right before its first byte was
// handed to the kernel, or before a new connection was begun for it.
type Observation struct {
	Connected  int64 // the connection is made; 0 when it was there
	Written    int64 // last byte of the request accepted by the kernel
	Headers    int64 // response head complete
	FirstByte  int64 // first body byte
	FirstEvent int64 // first SSE event complete; Absent for JSON
	FirstDelta int64 // first event that carries content; Absent for JSON
	Last       int64 // last byte of the answer
	Silence    int64 // the longest time without an event, from the start to Last; 0 for JSON

	Events     int32 // SSE events
	Burst      int32 // most events completed by one read
	BurstBytes int32 // body bytes of the read with the most events
}

// Slice is a short burst of one arm of one scenario as load saw it.
type Slice struct {
	Observations []Observation
	Uncounted    int // requests answered rightly that are no observation, since the load was not full
	// Gaps are the nanoseconds between neighbouring content events of one
	// answer; Transits those from the mock's write of a chunk to its arrival.
	Gaps, Transits []int64

	Rewrites []Rewrite // that the client noted for the first time; without the arm

	Errors     map[ErrorClass]int
	FirstError string // what the first error of the slice looked like
	Failures   int    // answers with which the mock failed on purpose, passed on rightly; no latency

	// Sent counts the requests that had a connection, those outside the times as
	// well. One that is sent again on another connection counts once.
	Sent int

	Reconnects   int // connections opened inside the slice because the other side had closed
	SlowConnects int // connections that waited for the other side to accept them
	Retries      int // requests sent again because a used connection was closed before any byte of the answer

	Elapsed   time.Duration // while the load was full: from the first request that counts to the last answer, or until a connection was left without a request
	Completed int           // requests answered rightly in Elapsed
	ClientCPU time.Duration // CPU time of the client's thread in Elapsed
}

// OpenLoopSlice is a Slice whose requests started when they were due, whether or
// not earlier ones had been answered. The clocks of its observations count from the
// moment at which a request was due.
type OpenLoopSlice struct {
	Slice
	Lag    []int64 // ns from when each request was due to when it started, in the order of starts
	Waited int     // requests that were due when no connection was free
	// Upstream is how many requests reached the mock meanwhile; negative when that
	// was not counted.
	Upstream int64
}
