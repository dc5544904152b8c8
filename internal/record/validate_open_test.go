package record

import (
	"math"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/testdata/recordtest"
	"github.com/org/proxy-bench-action/testdata/testenv"
)

func TestValidateRefusesWindows(t *testing.T) {
	good := func() bench.Run {
		run := recordtest.Run(2, recordtest.SSE10)
		tail := bench.Tail{P50: new(0.001), P95: new(0.002), P99: new(0.003), Max: new(0.004)}
		run.Windows = []bench.Window{{
			Arm: bench.Head, Mode: bench.SSE, BodyBytes: 100, Arrivals: "poisson", Rate: 100, Seconds: 2, Offered: 101, Achieved: 100,
			Requests: 200, Errors: map[bench.ErrorClass]int{bench.ErrTimeout: 2}, Latency: tail, FirstEvent: &tail, Lag: tail, ClientCPU: new(0.1),
		}}
		run.Knees = []bench.Knee{{Arm: bench.Head, Mode: bench.SSE, BodyBytes: 100, Arrivals: "poisson", Bound: 0.02, Held: new(90.0), Windows: []int{0}}}
		return run
	}
	for name, c := range map[string]struct {
		spoil func(w *bench.Window, k *bench.Knee)
		want  string
	}{
		"nothing":        {func(*bench.Window, *bench.Knee) {}, ""},
		"foreign arm":    {func(w *bench.Window, _ *bench.Knee) { w.Arm = "tail" }, `windows[0], "tail": the plan has no such arm`},
		"negative rate":  {func(w *bench.Window, _ *bench.Knee) { w.Rate = -1 }, "rate: -1 must not be negative"},
		"no number":      {func(w *bench.Window, _ *bench.Knee) { w.Achieved = math.NaN() }, "achieved: NaN"},
		"errors":         {func(w *bench.Window, _ *bench.Knee) { w.Errors[bench.ErrTimeout] = -2 }, `errors["timeout"]: -2`},
		"infinite time":  {func(w *bench.Window, _ *bench.Knee) { w.Latency.P99 = new(math.Inf(1)) }, "windows[0].latency.p99: +Inf"},
		"negative lag":   {func(w *bench.Window, _ *bench.Knee) { w.Lag.P50 = new(-1.0) }, "windows[0].lag.p50: -1"},
		"first event":    {func(w *bench.Window, _ *bench.Knee) { w.FirstEvent = &bench.Tail{Max: new(-1.0)} }, "windows[0].first_event.max: -1"},
		"foreign knee":   {func(_ *bench.Window, k *bench.Knee) { k.Arm = "tail" }, `knees[0], "tail": the plan has no such arm`},
		"missing window": {func(_ *bench.Window, k *bench.Knee) { k.Windows = []int{1} }, `knees[0], "head": stands on window 1 of 1`},
		"negative held":  {func(_ *bench.Window, k *bench.Knee) { k.Held = new(-1.0) }, "held: -1"},
		"infinite bound": {func(_ *bench.Window, k *bench.Knee) { k.Bound = math.Inf(1) }, "bound_seconds: +Inf"},
	} {
		t.Run(name, func(t *testing.T) {
			run := good()
			c.spoil(&run.Windows[0], &run.Knees[0])
			testenv.WantError(t, Validate(run), c.want)
		})
	}
}
