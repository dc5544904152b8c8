package exchange

import (
	"reflect"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

func TestTimelines(t *testing.T) {
	const ms = time.Millisecond
	stream := func(arm bench.Arm, class bench.ErrorClass, came time.Duration) Exchange {
		return Exchange{
			Situation: Paced, Arm: arm, Sent: []Sent{{At: 1000 * ms}},
			Answers: []Answer{{Class: class, Events: []Event{
				{At: 1001 * ms, Data: []byte("{}")},
				{At: came, Sent: []time.Duration{1010 * ms}},
				{At: came + ms, Sent: []time.Duration{1020 * ms, 1030 * ms}},
			}}},
		}
	}
	other := stream(bench.Base, "", 1040*ms)
	other.Situation = Stream
	failed := stream(bench.Base, "", 1040*ms)
	failed.Failed = "no time"
	got := Timelines([]Exchange{
		other, failed,
		{Situation: Paced, Arm: bench.Base},
		stream(bench.Base, bench.ErrLost, 1050*ms),
		stream(bench.Head, "", 1060*ms), stream(bench.Base, "", 1070*ms), stream(bench.Base, "", 1080*ms),
	})
	sent := []float64{0.01, 0.02, 0.03}
	want := []bench.Timeline{
		{Arm: bench.Head, Sent: sent, Came: []float64{0.06, 0.061, 0.061}},
		{Arm: bench.Base, Sent: sent, Came: []float64{0.07, 0.071, 0.071}},
	}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}
