package probe

import (
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// ask is one request: what it asks for, what the backend does with it, and how the
// client behaves. The zero ask wants a right answer to a request of 2 KB at once.
type ask struct {
	mode  bench.Mode // empty: JSON
	size  int        // of the body in bytes; 0: askBytes
	plays []exchange.Play

	// number is that of a script which the backend has; 0: a new one for the plays.
	number int
	// body is sent as it is; nil: a new one. Two asks with the number and the body of
	// one that was prepared are equal on purpose.
	body []byte

	headers []llmapi.Header // besides those of official SDKs, or instead of them
	leave   leaving
	// each is called after each read of the answer's body, with what has come so far.
	// A client that reads slowly waits in it.
	each func(*exchange.Answer)
	// settle is how long the backend may take to end its work after the last answer;
	// 0: settleTime. What has not ended by then has no Ended.
	settle time.Duration
}

// compressed is what official SDKs ask for, besides codings that Go does not know:
// httpx sends this, and undici over plain HTTP, too.
var compressed = llmapi.Header{Name: "Accept-Encoding", Value: "gzip, deflate"}

// leaving is when a client goes away, by what comes first. The zero leaving waits for
// the end of the answer.
type leaving struct {
	after  time.Duration // since the request was sent
	events int           // so many of a stream have come
	bytes  int           // so many of the body have come
}

// reached reports whether the client leaves when so much has come.
func (l leaving) reached(events, bytes int) bool {
	return l.events > 0 && events >= l.events || l.bytes > 0 && bytes >= l.bytes
}

// streams reports whether the request is one for a stream.
func (a *ask) streams() bool { return a.mode == bench.SSE }

// last is the play that the client is meant to see in the end.
func (a *ask) last() (play exchange.Play) {
	if len(a.plays) > 0 {
		play = a.plays[len(a.plays)-1]
	}
	if play.Shape == (llmapi.Shape{}) {
		play.Shape = llmapi.DefaultShape()
	}
	return play
}

// fails reports whether one of the plays is meant to fail.
func (a *ask) fails() bool {
	for _, p := range a.plays {
		if p.Fails() {
			return true
		}
	}
	return false
}

// takes is how long the backend takes for the answer.
func (a *ask) takes() (sum time.Duration) {
	for _, p := range a.plays {
		sum = max(sum, p.Takes())
	}
	return sum
}
