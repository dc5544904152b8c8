// Package arrival says how the events of a paced stream came: in time, late, in batches,
// or with the end.
//
// It is pure.
package arrival

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/exchange"
)

// Delta is one piece of the answer's text on its way: both moments are of the same
// clock, so the time between them is what the way took.
type Delta struct{ Sent, Came time.Duration }

// Late is by how much it came after it was sent.
func (d Delta) Late() time.Duration { return d.Came - d.Sent }

// Stream is a paced stream as the client got it. Its backend sends the head at once,
// the first delta after Play.FirstEvent, the second after a pause, and the others with
// equal times between them.
type Stream struct {
	Play   exchange.Play
	Head   time.Duration
	First  time.Duration // the first event, of whoever made it
	End    time.Duration // 0: it broke off
	Deltas []Delta       // in the order in which they were sent
}

// leastDeltas is how many deltas a paced stream has to bring before it is judged.
const leastDeltas = 8

// Of are the paced streams of an exchange; why says what keeps them from being
// judged. A stream in which something else is wrong is as good as a right one.
func Of(x exchange.Exchange) (all []Stream, why string) {
	if len(x.Meant) == 0 || len(x.Answers) == 0 {
		return nil, "no stream was asked for"
	}
	for _, a := range x.Answers {
		s := Stream{Play: x.Meant[0], Head: a.Head, End: a.End}
		for _, e := range a.Events {
			s.First = cmp.Or(s.First, e.At)
			for _, sent := range e.Sent {
				s.Deltas = append(s.Deltas, Delta{sent, e.At})
			}
		}
		slices.SortStableFunc(s.Deltas, func(a, b Delta) int { return cmp.Compare(a.Sent, b.Sent) })
		if n := len(s.Deltas); n < leastDeltas {
			return nil, fmt.Sprintf("the stream brought %d pieces of the backend's text, too few to tell: %s", n, a.Trouble())
		}
		all = append(all, s)
	}
	return all, ""
}

// Begun is when the backend began the stream.
func (s Stream) Begun() time.Duration { return s.Deltas[0].Sent - s.Play.FirstEvent }

// LastSent is when the backend sent the last delta.
func (s Stream) LastSent() time.Duration { return s.Deltas[len(s.Deltas)-1].Sent }

// Delivery is how the deltas of a stream come, the worst first: of a stream that is
// held whole, nothing is known of batches.
type Delivery int

const (
	Whole Delivery = iota
	InBatches
	EachLate
	FirstLate
	InTime
)

// words are what a delivery is, where it hides a less bad one.
var words = map[Delivery]string{
	Whole:     "the stream is buffered whole",
	InBatches: "the events come in batches",
	EachLate:  "each event comes late",
	FirstLate: "the first event comes late",
	InTime:    "the events come in time",
}

func (d Delivery) String() string { return words[d] }

const (
	// togetherShare is the share of the time between two deltas below which they have
	// come together.
	togetherShare = 0.25
	// batchedShare is the share of the deltas that come together with the one before.
	// Batches of two have half of them so, and what a busy machine holds back now and
	// then had a sixth at most.
	batchedShare = 0.4
	// heldShare is the share of the deltas that come only when the next one was sent.
	heldShare = 0.9
)

// Delivered says how the deltas come. All of it is a matter of order, not of speed: a
// delta has come after another was sent, which is tens to hundreds of milliseconds
// later.
func (s Stream) Delivered() Delivery {
	d, n := s.Deltas, len(s.Deltas)
	after, together := 0, 0
	for i := 1; i < n; i++ {
		if d[i].Came >= s.LastSent() {
			after++
		}
		if s.joins(i) {
			together++
		}
	}
	late := 0
	for i := range n - 1 {
		if d[i].Came >= d[i+1].Sent {
			late++
		}
	}
	switch {
	case after == n-1:
		return Whole
	case float64(together) >= batchedShare*float64(n-2): // the second one comes after a pause
		return InBatches
	case float64(late) >= heldShare*float64(n-1):
		return EachLate
	case d[0].Came >= d[1].Sent && d[1].Late() <= time.Duration(togetherShare*float64(d[1].Sent-d[0].Sent)):
		return FirstLate // and not slow to begin, which holds up the second one, too
	}
	return InTime
}

// joins reports whether a delta comes together with the one before it, though it was
// sent later.
func (s Stream) joins(i int) bool {
	before, d := s.Deltas[i-1], s.Deltas[i]
	return d.Came-before.Came <= time.Duration(togetherShare*float64(d.Sent-before.Sent))
}

// Batches are the moments at which a batch comes, and how many deltas it has.
func (s Stream) Batches() (at []time.Duration, sizes []int) {
	for i, d := range s.Deltas {
		if i > 0 && s.joins(i) {
			sizes[len(sizes)-1]++
			continue
		}
		at, sizes = append(at, d.Came), append(sizes, 1)
	}
	return at, sizes
}

// Periods are the times between batches. What the end of the stream brings does not
// wait for its time.
func (s Stream) Periods() (between []time.Duration) {
	at, _ := s.Batches()
	for i := 1; i < len(at)-1; i++ {
		between = append(between, at[i]-at[i-1])
	}
	return between
}
