package openloop

import (
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/pace"
)

func TestReplayKeepsTheTimesOfTheTrace(t *testing.T) {
	trace := []time.Duration{0, 100 * time.Millisecond, 110 * time.Millisecond, 900 * time.Millisecond}
	f := newStation(1, time.Millisecond)
	got := run(t, Settings{Gateways: []bench.Arm{bench.Head}, Arrivals: pace.Poisson, Window: time.Second, Trace: trace}, f)
	if len(got.Windows) != 2*repeats {
		t.Fatalf("%d windows", len(got.Windows))
	}
	for i, w := range got.Windows {
		if w.Arrivals != "trace" || w.Mode != "" || w.Rate != 0 || w.Seconds != 1.2 || w.Requests != 4 {
			t.Errorf("window %d: %+v", i, w)
		}
		if &f.starts[i][0] != &trace[0] {
			t.Errorf("window %d has other starts", i)
		}
	}
}
