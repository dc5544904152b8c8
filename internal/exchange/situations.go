package exchange

// The situations. Each is made by a file of package probe, and looked at by
// behaviours.
const (
	JSON   Situation = "json"   // a request for a JSON answer, all well
	Stream Situation = "stream" // a request for a stream that comes at once, all well

	Equal    Situation = "equal"                     // several equal requests, one after the other
	AtOnce   Situation = "at-once"                   // equal requests at the same time
	ToolCall Situation = "tool call"                 // an answer that calls a tool
	Pieces   Situation = "pieces"                    // an answer in pieces that split events and letters
	Large    Situation = "large"                     // large requests and answers
	Accept   Situation = "accepts gzip"              // a client that accepts compressed answers, and a backend that takes its time
	Coded    Situation = "compressed by the backend" // a backend that compresses for who accepts it

	Gone Situation = "gone" // the client goes away before the end of its answer
	Slow Situation = "slow" // clients read large streams slowly
	Rest Situation = "rest" // nothing is asked
	Many Situation = "many" // many requests of a class, and what is kept of them

	// Paced is two streams at once whose backend sends one event after the other.
	Paced Situation = "paced"
	// Acknowledged is answers in several pieces, by turns to a client that acknowledges
	// them as late as it may and to one that does so at once.
	Acknowledged Situation = "acknowledged"
	AfterRest    Situation = "after-rest"    // requests after times without any, each followed by some at once
	Idle         Situation = "idle"          // a stream in which nothing comes for seconds
	Silent       Situation = "silent"        // a backend that sends nothing for seconds
	Failing      Situation = "failing"       // a backend that fails
	AfterFailing Situation = "after-failing" // a request that is well, after those

	Alive Situation = "alive" // whether the gateway runs after all exchanges; made by session
)
