package exchange

import (
	"fmt"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// Situation names a kind of exchange: what the client and the backend do in it.
type Situation string

// Exchange is one or a few requests to one arm, as both ends saw it. Moments are of
// CLOCK_MONOTONIC, the same for all processes of the machine.
type Exchange struct {
	Situation Situation
	Case      string // of situations with several, such as "429"
	API       llmapi.API
	Arm       bench.Arm
	Process   int // of the arm's gateway, as rounds count; the same number for direct

	Sent     []Sent     // requests of the client
	Answers  []Answer   // one for each of Sent
	Received []Received // by the backend, in the order in which they came
	// Strangers counts the requests that reached the backend meanwhile without the
	// number of any exchange: a gateway that drops the prompt sends such.
	Strangers int

	Kept   *Kept     // of situations with many requests
	Slow   *SlowRead // of clients that read slowly
	Bytes  int64     // of the answer, as the backend meant to write it; 0 where it does not matter
	Meant  []Play    // what the script had
	Failed string    // why there is nothing to see: the exchange could not be made
}

// Sent is one request as the client sent it.
type Sent struct {
	At      time.Duration
	Target  string
	Headers map[string][]string // by canonical name
	Body    []byte
	Stream  bool
	// Left is when the client went away; 0 when it waited for the end.
	Left time.Duration
	// DelaysACK says that the client's kernel acknowledges what comes as late as it may.
	DelaysACK bool
}

// Answer is what the client got.
type Answer struct {
	Status  int // 0: no head came
	Proto   string
	Headers map[string][]string // by canonical name
	Body    []byte              // of an answer that is no stream, as it came
	Events  []Event             // of a stream
	Head    time.Duration       // when the head came; 0: not
	End     time.Duration       // when the answer ended; 0: not
	// Broken is how the connection failed before the end of the answer, by HTTP; empty
	// for an answer that ended as it should.
	Broken string
	// Class and Detail are what is wrong with the answer for an official SDK; empty
	// when nothing is. They are not set for answers that are meant to fail.
	Class    bench.ErrorClass
	Detail   string
	Rewrites []bench.Rewrite
}

// Trouble is what is known of an answer that is not as it was expected.
func (a *Answer) Trouble() string {
	switch {
	case a.Detail != "":
		return a.Detail
	case a.Broken != "":
		return a.Broken
	case a.Status != 0:
		return fmt.Sprintf("status %d", a.Status)
	}
	return "no answer"
}

// LeastStall is from when on a wait inside of an answer can be one for a delayed
// acknowledgement: Linux sends it after 40 ms, in whole ticks of 1 to 10 ms.
const LeastStall = 30 * time.Millisecond

// LongestWait is the longest time in which nothing of the answer came, from its head to
// its end.
func (a *Answer) LongestWait() (longest time.Duration) {
	last := a.Head
	for _, e := range a.Events {
		longest, last = max(longest, e.At-last), e.At
	}
	return max(longest, a.End-last)
}

// Event is one event of a stream.
type Event struct {
	At   time.Duration // when its last byte was read
	Name string
	Data []byte
	// Sent are the moments at which the backend sent the deltas that it carries.
	Sent []time.Duration
}

// Received is one request as it reached the backend.
type Received struct {
	Number     int    `json:"number"`     // of the script that answered; 0: none of ours
	Connection int64  `json:"connection"` // to the backend, counted
	Proto      string `json:"proto"`      // "HTTP/1.1"
	Method     string `json:"method"`
	Target     string `json:"target"`

	Headers map[string][]string `json:"headers"` // by canonical name
	Body    []byte              `json:"body"`
	Whole   bool                `json:"whole"`  // the end of the prompt is there
	Stream  bool                `json:"stream"` // it asks for a stream

	At      time.Duration `json:"at"`      // when its last byte came
	Ended   time.Duration `json:"ended"`   // when the answer ended, or was seen to have no reader; 0: not yet
	Gone    bool          `json:"gone"`    // who asked went away before the end of the answer
	Written int64         `json:"written"` // bytes of the body so far
}

// SlowRead is what became of streams that their clients read slowly.
type SlowRead struct {
	Streams       int
	Written, Read int64   // bytes of one stream, the mean over all
	Before, Peak  int64   // memory of the gateway in bytes; 0 for direct
	Alone         float64 // seconds of a small request before the streams
	Meanwhile     float64 // the same beside them; 0: it was not answered
	Busy          float64 // CPUs that the gateway used at that time
}

// Heard is what the backend has received.
type Heard struct {
	Requests []Received    `json:"requests,omitempty"` // for the numbers asked for, but for counted ones
	Counts   map[int]int64 `json:"counts,omitempty"`   // of each number asked for
	// Strangers are all requests so far without the number of a script.
	Strangers int64 `json:"strangers"`
}
