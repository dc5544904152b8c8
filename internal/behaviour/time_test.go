package behaviour

import (
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// pacing is like the one of package probe.
var pacing = exchange.Play{
	Shape: llmapi.Shape{Chunks: 14}, FirstEvent: 50 * ms, Pause: 120 * ms, PauseBefore: 1, Interval: 30 * ms,
}

// streamOf is a paced stream whose deltas come when came says, given when each was sent
// since the head, and when the next one and the last.
func streamOf(came func(i int, sent, next, last time.Duration) time.Duration) exchange.Answer {
	const head = 1000 * ms
	at := func(i int) time.Duration {
		if i == 0 {
			return pacing.FirstEvent
		}
		return pacing.FirstEvent + pacing.Pause + time.Duration(i)*pacing.Interval
	}
	a := exchange.Answer{Status: 200, Head: head + ms}
	last := at(pacing.Shape.Chunks - 1)
	for i := range pacing.Shape.Chunks {
		next := min(last, at(i+1))
		a.Events = append(a.Events, exchange.Event{
			At: head + came(i, at(i), next, last), Sent: []time.Duration{head + at(i)},
		})
		a.End = max(head+last, a.Events[i].At) + ms
	}
	return a
}

func pacedBy(arm bench.Arm, came func(i int, sent, next, last time.Duration) time.Duration) exchange.Exchange {
	one := streamOf(came)
	return exchange.Exchange{
		Situation: exchange.Paced, Arm: arm, Process: 1, Meant: []exchange.Play{pacing},
		Sent: make([]exchange.Sent, 2), Answers: []exchange.Answer{one, one},
		Received: []exchange.Received{{At: 999 * ms, Ended: 1600 * ms}, {At: 999 * ms, Ended: 1600 * ms}},
	}
}

func inTime(_ int, sent, _, _ time.Duration) time.Duration { return sent + ms }

// seenOf are the behaviours that head shows in all exchanges, with their facts.
func seenOf(all ...exchange.Exchange) map[string]bench.Fact {
	seen := map[string]bench.Fact{}
	for _, f := range Facts(all) {
		if f.Arm == bench.Head && f.Of > 0 && f.Seen == f.Of {
			seen[string(f.Behaviour)] = f
		}
	}
	return seen
}

func names(of map[string]bench.Fact) []string { return slices.Sorted(maps.Keys(of)) }

func TestDeliveries(t *testing.T) {
	ticks := func(d time.Duration) func(int, time.Duration, time.Duration, time.Duration) time.Duration {
		return func(_ int, sent, _, last time.Duration) time.Duration {
			return min(sent+d-sent%d, max(last, sent)) + ms
		}
	}
	for name, c := range map[string]struct {
		came  func(i int, sent, next, last time.Duration) time.Duration
		want  []string
		value time.Duration
	}{
		"in time":      {inTime, nil, 0},
		"with the end": {func(_ int, _, _, last time.Duration) time.Duration { return last + 2*ms }, []string{"buffers-streams"}, 0},
		"first, then the end": {func(i int, sent, _, last time.Duration) time.Duration {
			return sent + time.Duration(min(1, i))*(last-sent) + ms
		}, []string{"buffers-streams"}, 0},
		"every 100 ms":  {ticks(100 * ms), []string{"batches-events"}, 100 * ms},
		"every 250 ms":  {ticks(250 * ms), []string{"batches-events"}, 250 * ms},
		"with the next": {func(_ int, _, next, _ time.Duration) time.Duration { return next + ms }, []string{"holds-events"}, 31 * ms},
		"first with the next": {func(i int, sent, next, _ time.Duration) time.Duration {
			if i == 0 {
				return next + ms
			}
			return sent + ms
		}, []string{"holds-first-event"}, 151 * ms},
		// What a busy machine does is none of them.
		"all late by 25 ms": {func(_ int, sent, _, _ time.Duration) time.Duration { return sent + 25*ms }, nil, 0},
		"a stall of 80 ms": {func(i int, sent, _, _ time.Duration) time.Duration {
			if i >= 5 && i < 8 {
				return max(sent, 450*ms) + ms
			}
			return sent + ms
		}, nil, 0},
		"slow to begin": {func(_ int, sent, _, _ time.Duration) time.Duration { return max(sent, 290*ms) + ms }, nil, 0},
		"late by turns": {func(i int, sent, _, _ time.Duration) time.Duration { return sent + time.Duration(i%3)*15*ms }, nil, 0},
	} {
		t.Run(name, func(t *testing.T) {
			seen := seenOf(pacedBy(bench.Direct, inTime), pacedBy(bench.Head, c.came))
			if !slices.Equal(names(seen), c.want) {
				t.Fatalf("seen %+v, want %v", seen, c.want)
			}
			for _, f := range seen {
				if c.value != 0 && (f.Value == nil || *f.Value < c.value.Seconds()-0.012 || *f.Value > c.value.Seconds()+0.012) {
					t.Errorf("%s: %v, want %v", f.Behaviour, f.Value, c.value)
				}
			}
		})
	}
}

// TestUnseen: where something worse or a busy machine hides it, nothing is said of the
// rest.
func TestUnseen(t *testing.T) {
	whole := pacedBy(bench.Head, func(_ int, _, _, last time.Duration) time.Duration { return last + ms })
	for _, f := range Facts([]exchange.Exchange{pacedBy(bench.Direct, inTime), whole}) {
		hidden := f.Behaviour != "buffers-streams" && f.Behaviour != "serialises-streams" && f.Behaviour != "own-first-event"
		if f.Arm == bench.Head && (f.Of == 0) != hidden {
			t.Errorf("%+v", f)
		}
	}
	busy := func(_ int, sent, _, _ time.Duration) time.Duration { return sent + 25*ms }
	for _, f := range Facts([]exchange.Exchange{pacedBy(bench.Direct, busy), whole}) {
		if f.Arm == bench.Head && f.Behaviour != "serialises-streams" && (f.Of != 0 || f.Unseen == "") {
			t.Errorf("%+v", f)
		}
	}
	// A busy moment hides only what was seen in it.
	first, then := pacedBy(bench.Direct, busy), pacedBy(bench.Direct, inTime)
	calm := pacedBy(bench.Head, inTime)
	for _, x := range []*exchange.Exchange{&then, &calm} {
		x.Sent = []exchange.Sent{{At: time.Minute}, {At: time.Minute}}
	}
	for _, f := range Facts([]exchange.Exchange{first, whole, then, calm}) {
		if f.Arm == bench.Head && f.Behaviour == "buffers-streams" && (f.Of != 1 || f.Seen != 0) {
			t.Errorf("%+v", f)
		}
	}
	failed := exchange.Exchange{Situation: exchange.Paced, Arm: bench.Head, Meant: []exchange.Play{pacing}, Answers: []exchange.Answer{{Status: 500}}}
	for _, f := range Facts([]exchange.Exchange{failed}) {
		if f.Of != 0 || f.Unseen == "" {
			t.Errorf("%+v", f)
		}
	}
}

func TestBeginAndEnd(t *testing.T) {
	head := pacedBy(bench.Head, inTime)
	for i := range head.Answers {
		a := &head.Answers[i]
		a.Head = a.Events[0].At
	}
	own := pacedBy(bench.Head, inTime)
	for i := range own.Answers {
		own.Answers[i].Events = append([]exchange.Event{{At: 1010 * ms}}, own.Answers[i].Events...)
	}
	end := pacedBy(bench.Head, inTime)
	for i := range end.Answers {
		end.Answers[i].End += 100 * ms
	}
	turns := pacedBy(bench.Head, inTime)
	turns.Received[1].At = turns.Received[0].Ended
	for name, x := range map[string]exchange.Exchange{"holds-head": head, "own-first-event": own, "ends-late": end, "serialises-streams": turns} {
		if seen := seenOf(pacedBy(bench.Direct, inTime), x); !slices.Equal(names(seen), []string{name}) {
			t.Errorf("%s: %+v", name, seen)
		}
	}
	one := pacedBy(bench.Head, inTime)
	one.Answers[1].End += 100 * ms // in one of the streams only
	if seen := seenOf(pacedBy(bench.Direct, inTime), one); len(seen) > 0 {
		t.Errorf("%+v", seen)
	}
}
