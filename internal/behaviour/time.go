package behaviour

import (
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/org/proxy-bench-action/internal/arrival"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
)

// timePaced are about when the events of a stream come that the backend sends one after
// the other.
var timePaced = []Behaviour{
	{
		Name: "buffers-streams", Group: Time, Harm: true, Timed: true, Unit: bench.Seconds,
		Title: "buffers streams whole",
		Look:  "what reads the backend's body to its end before it writes: a compressor, a logger, a collected body",
		In:    []exchange.Situation{exchange.Paced},
		look:  delivers(arrival.Whole, tellWhole),
	},
	{
		Name: "batches-events", Group: Time, Harm: true, Timed: true, Unit: bench.Seconds,
		Title: "sends the events of streams in batches",
		Look:  "a buffered writer without a flush after each event, a timer that flushes, a loop that polls",
		In:    []exchange.Situation{exchange.Paced},
		look:  delivers(arrival.InBatches, tellBatches),
	},
	{
		Name: "holds-events", Group: Time, Harm: true, Timed: true, Unit: bench.Seconds,
		Title: "holds each event of a stream until the next one",
		Look:  "a parser that waits for the beginning of the next event; a filter that looks ahead",
		In:    []exchange.Situation{exchange.Paced},
		look: delivers(arrival.EachLate, func(all []arrival.Stream) (*float64, string) {
			var late []time.Duration
			for _, s := range all {
				for _, d := range s.Deltas[1 : len(s.Deltas)-1] {
					late = append(late, d.Late())
				}
			}
			m := median(late)
			return seconds(m), fmt.Sprintf("an event comes %s after the backend sent it (median)", short(m))
		}),
	},
	{
		Name: "holds-first-event", Group: Time, Harm: true, Timed: true, Unit: bench.Seconds,
		Title: "holds the first event of a stream until a later one",
		Look:  "a check of the first bytes; a buffer that is flushed from the second write on",
		In:    []exchange.Situation{exchange.Paced},
		look: delivers(arrival.FirstLate, func(all []arrival.Stream) (*float64, string) {
			late := all[0].Deltas[0].Late()
			return seconds(late), fmt.Sprintf("the first event comes %s after the backend sent it, the others in time", short(late))
		}),
	},
	{
		Name: "holds-head", Group: Time, Timed: true, Unit: bench.Seconds,
		Title: "holds the head of a stream until its first event",
		Look:  "a flush after the head; a framework that sends the head with the first bytes of the body",
		In:    []exchange.Situation{exchange.Paced},
		look: paced(func(s arrival.Stream) sight {
			if s.Delivered() == arrival.Whole {
				return sight{why: arrival.Whole.String()}
			}
			late := s.Head - s.Begun()
			return sight{
				possible: true, seen: late >= s.Play.FirstEvent/2, value: seconds(late),
				detail: fmt.Sprintf("the head comes %s after the backend sent it, the first event of the backend after %s", short(late), short(s.Play.FirstEvent)),
			}
		}),
	},
	{
		Name: "own-first-event", Group: Time,
		Title: "begins streams with an event of its own before the backend has sent one",
		Look:  "a sign of life, or a first event made without the backend: it hides how long the answer takes",
		In:    []exchange.Situation{exchange.Paced},
		look: paced(func(s arrival.Stream) sight {
			early := s.Deltas[0].Sent - s.First
			return sight{
				possible: true, seen: early > s.Play.FirstEvent/2,
				detail: fmt.Sprintf("an event comes %s before the backend sends its first", short(early)),
			}
		}),
	},
	{
		Name: "ends-late", Group: Time, Harm: true, Timed: true, Unit: bench.Seconds,
		Title: "ends streams late",
		Look:  "work between the last event and the end of the body; a wait for the backend's connection to close",
		In:    []exchange.Situation{exchange.Paced},
		look: paced(func(s arrival.Stream) sight {
			if d := s.Delivered(); d <= arrival.InBatches {
				return sight{why: d.String()}
			}
			if s.End == 0 {
				return sight{why: "the stream did not end"}
			}
			late := s.End - max(s.LastSent(), s.Deltas[len(s.Deltas)-1].Came)
			return sight{
				possible: true, seen: late >= endLate, value: seconds(late),
				detail: fmt.Sprintf("the end comes %s after the last event", short(late)),
			}
		}),
	},
}

const (
	// endLate is from when on the end of a stream is late: more than what a busy
	// machine costs in every stream of some seconds.
	endLate = 50 * time.Millisecond
)

// delivers looks for one delivery of the deltas in all streams of an exchange. Of the
// seen ones tell has the figure, and says how it looks.
func delivers(wanted arrival.Delivery, tell func([]arrival.Stream) (*float64, string)) func(exchange.Exchange, []exchange.Exchange) sight {
	return func(x exchange.Exchange, direct []exchange.Exchange) sight {
		all, why := arrival.Of(x)
		if why == "" {
			why = disturbed(x, direct)
		}
		if why != "" {
			return sight{why: why}
		}
		seen := true
		for _, s := range all {
			is := s.Delivered()
			if is < wanted {
				return sight{why: is.String()}
			}
			seen = seen && is == wanted
		}
		if !seen {
			return sight{possible: true, detail: tellPrompt(all)}
		}
		value, detail := tell(all)
		return sight{possible: true, seen: true, value: value, detail: detail}
	}
}

// paced looks at each stream of an exchange: it is seen when all of them show it.
func paced(look func(arrival.Stream) sight) func(exchange.Exchange, []exchange.Exchange) sight {
	return func(x exchange.Exchange, direct []exchange.Exchange) (is sight) {
		all, why := arrival.Of(x)
		if why == "" {
			why = disturbed(x, direct)
		}
		if why != "" {
			return sight{why: why}
		}
		for i, s := range all {
			one := look(s)
			if i == 0 || !one.possible || is.seen && !one.seen {
				is = one
			}
			if !one.possible {
				return is
			}
		}
		return is
	}
}

// disturbedBy is by how much the median delta of the direct path is late on a machine
// that is too busy for all that is about milliseconds.
const disturbedBy = 20 * time.Millisecond

// disturbed says why the times of an exchange tell nothing of the gateway: the direct path,
// whose exchange was made at the same time, did not keep them. It is empty where it did.
func disturbed(x exchange.Exchange, direct []exchange.Exchange) string {
	beside, ok := meanwhile(x, direct)
	if !ok {
		return ""
	}
	all, _ := arrival.Of(beside)
	var late []time.Duration
	for _, s := range all {
		if is := s.Delivered(); is != arrival.InTime {
			return fmt.Sprintf("without a gateway, too, %s: the machine was busy", is)
		}
		for _, d := range s.Deltas {
			late = append(late, d.Late())
		}
	}
	if m := median(late); m > disturbedBy {
		return fmt.Sprintf("events came %s late without a gateway, too: the machine was busy", short(m))
	}
	return ""
}

// meanwhile is the exchange with the direct path that was begun closest to another.
func meanwhile(x exchange.Exchange, direct []exchange.Exchange) (beside exchange.Exchange, ok bool) {
	least := time.Duration(math.MaxInt64)
	for _, d := range direct {
		if len(d.Sent) == 0 || len(x.Sent) == 0 {
			continue
		}
		if apart := (d.Sent[0].At - x.Sent[0].At).Abs(); apart < least {
			beside, ok, least = d, true, apart
		}
	}
	return beside, ok
}

func tellWhole(all []arrival.Stream) (*float64, string) {
	s := all[0]
	late := s.Deltas[1].Late()
	if first := s.Deltas[0]; first.Came < s.Deltas[1].Sent {
		return seconds(late), fmt.Sprintf("the first event comes at once, the other %d when the backend has sent the last, up to %s late", len(s.Deltas)-1, short(late))
	}
	text := ""
	if s.Deltas[0].Sent-s.First > s.Play.FirstEvent/2 {
		text = "an event of the gateway's own comes at once, and "
	}
	late = s.Deltas[0].Late()
	return seconds(late), text + fmt.Sprintf("all events come when the backend has sent the last, up to %s late", short(late))
}

// tellBatches has the period of the batches; none where a stream has too few of them.
func tellBatches(all []arrival.Stream) (*float64, string) {
	var between []time.Duration
	largest := 0
	for _, s := range all {
		between = append(between, s.Periods()...)
		_, sizes := s.Batches()
		largest = max(largest, slices.Max(sizes))
	}
	if len(between) == 0 {
		return nil, fmt.Sprintf("up to %d events come together that the backend sent %s apart", largest, short(all[0].Play.Interval))
	}
	m := median(between)
	return seconds(m), fmt.Sprintf("a batch of up to %d events about every %s, where the backend sends one every %s", largest, short(m), short(all[0].Play.Interval))
}

func tellPrompt(all []arrival.Stream) string {
	var late []time.Duration
	for _, s := range all {
		for _, d := range s.Deltas {
			late = append(late, d.Late())
		}
	}
	return fmt.Sprintf("an event comes %s after the backend sent it (median)", short(median(late)))
}

// median of nothing is 0.
func median(of []time.Duration) time.Duration {
	if len(of) == 0 {
		return 0
	}
	of = slices.Sorted(slices.Values(of))
	return of[len(of)/2]
}

func seconds(d time.Duration) *float64 { return new(d.Seconds()) }

// short is a time as people read it: whole milliseconds from 10 ms on.
func short(d time.Duration) string {
	switch {
	case d >= 10*time.Second || d <= -10*time.Second:
		return fmt.Sprintf("%.0f s", d.Seconds())
	case d >= time.Second || d <= -time.Second:
		return fmt.Sprintf("%.1f s", d.Seconds())
	case d >= 10*time.Millisecond || d <= -10*time.Millisecond:
		return fmt.Sprintf("%d ms", d.Milliseconds())
	}
	return fmt.Sprintf("%.1f ms", 1e3*d.Seconds())
}
