package probe

import (
	"fmt"
	"maps"
	"net/http"
	"slices"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/exchange"
	"github.com/org/proxy-bench-action/internal/llmapi"
)

// own is an event that clients of every API pass over.
const own = "event: ping\ndata: {\"type\": \"ping\"}\n\n"

// TestWhenEventsCome: each way of holding events back is found, and only that.
func TestWhenEventsCome(t *testing.T) {
	for name, c := range map[string]struct {
		gateway func(http.Handler) http.Handler
		want    []string
		value   time.Duration // of the fact; 0: any
	}{
		"clean":                    {clean, nil, 0},
		"collects":                 {rewriting(func(b []byte) []byte { return b }), []string{"buffers-streams"}, 0},
		"head, then collects":      {pumping(atEnd("")), []string{"buffers-streams"}, 0},
		"own event, collects":      {pumping(atEnd(own)), []string{"buffers-streams"}, 0},
		"every 100 ms":             {pumping(every(100 * time.Millisecond)), []string{"batches-events"}, 100 * time.Millisecond},
		"every 250 ms":             {pumping(every(250 * time.Millisecond)), []string{"batches-events"}, 250 * time.Millisecond},
		"looks ahead":              {pumping(behind), []string{"holds-events"}, 0},
		"looks ahead at first":     {pumping(fromSecond), []string{"holds-first-event"}, 0},
		"ends 100 ms late":         {pumping(thenWaits(100 * time.Millisecond)), []string{"ends-late"}, 100 * time.Millisecond},
		"one stream after another": {alone, []string{"serialises-streams"}, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calmly(t, func() error {
				seen := harms(t, llmapi.Responses, situationNamed(exchange.Paced), c.gateway)
				if got := slices.Sorted(maps.Keys(seen)); !slices.Equal(got, c.want) {
					return fmt.Errorf("seen %v, want %v", seen, c.want)
				}
				for _, f := range seen {
					t.Log(f.Detail)
					if c.value != 0 && (f.Value == nil || *f.Value < 0.8*c.value.Seconds() || *f.Value > 2*c.value.Seconds()) {
						return fmt.Errorf("a value of %v, want about %v", f.Value, c.value)
					}
				}
				return nil
			})
		})
	}
}

// TestBeginnings: an event of the gateway's own is told, and so is that the head waits.
func TestBeginnings(t *testing.T) {
	for name, c := range map[string]struct {
		gateway func(http.Handler) http.Handler
		want    bench.BehaviourName
	}{
		"own event":  {pumping(atEnd(own)), "own-first-event"},
		"holds head": {headWithFirst, "holds-head"},
		"clean":      {clean, ""},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			calmly(t, func() error {
				for _, f := range factsOf(t, llmapi.Chat, situationNamed(exchange.Paced), c.gateway) {
					if b, _ := behaviour.Describe(f.Behaviour); !b.Harm && (f.Seen > 0) != (f.Behaviour == c.want) {
						return fmt.Errorf("%+v", f)
					}
				}
				return nil
			})
		})
	}
}

// TestAcknowledgements: Nagle's algorithm is seen in streams, and no other wait is taken
// for it.
func TestAcknowledgements(t *testing.T) {
	t.Parallel()
	mock := startMock(t)
	s := inFront(t, mock, llmapi.Responses, clean)
	for name, c := range map[string]struct {
		subject Subject
		want    bool
	}{
		"direct":              {inFront(t, mock, llmapi.Responses, nil), false},
		"clean":               {s, false},
		"Nagle":               {nagling(t, s), true},
		"ends 45 ms too late": {inFront(t, mock, llmapi.Responses, pumping(thenWaits(45*time.Millisecond))), false},
	} {
		t.Run(name, func(t *testing.T) {
			p := newPlayer(c.subject, mock, 0)
			defer p.close()
			calmly(t, func() error {
				x, err := acknowledge(t.Context(), p.in("stream"))
				x.Situation, x.Case, x.Arm = exchange.Acknowledged, "stream", bench.Head
				for _, f := range behaviour.Facts([]exchange.Exchange{x}) {
					t.Log(f.Detail)
					if f.Of != 1 || (f.Seen > 0) != c.want {
						return fmt.Errorf("%+v, %w", f, err)
					}
				}
				return err
			})
		})
	}
}

// TestAfterRest: a gateway that dozes off is seen, and one that does not is not.
func TestAfterRest(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		gateway func(http.Handler) http.Handler
		want    int
	}{"clean": {clean, 0}, "dozing": {dozing, 1}} {
		calmly(t, func() error {
			if seen := harms(t, llmapi.Messages, situationNamed(exchange.AfterRest), c.gateway); len(seen) != c.want {
				return fmt.Errorf("%s: %+v", name, seen)
			}
			return nil
		})
	}
}
