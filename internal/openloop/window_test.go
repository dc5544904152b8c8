package openloop

import (
	"math"
	"strings"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

const ms = int64(time.Millisecond)

// answers are n observations that took from, from+step, ...
func answers(n int, from, step int64) (all []bench.Observation) {
	for i := range n {
		all = append(all, bench.Observation{Last: from + int64(i)*step, FirstEvent: bench.Absent})
	}
	return all
}

func lags(n int, ns int64) []int64 {
	all := make([]int64, n)
	for i := range all {
		all[i] = ns
	}
	return all
}

func TestReduce(t *testing.T) {
	saw := bench.OpenLoopSlice{
		Slice: bench.Slice{
			Observations: answers(1000, ms, ms/100), Failures: 10, Errors: map[bench.ErrorClass]int{bench.ErrTimeout: 2},
			Elapsed: 2*time.Second + 6*time.Millisecond, ClientCPU: 1003 * time.Millisecond,
		},
		Lag: lags(1012, ms/50),
	}
	w := Reduce(saw, 1012, 2*time.Second)
	if w.Requests != 1010 || w.Errors[bench.ErrTimeout] != 2 || w.Offered != 506 || w.Seconds != 2 {
		t.Errorf("%+v", w)
	}
	if got, want := *w.Latency.P99, 1e-3+989e-5; math.Abs(got-want) > 1e-9 {
		t.Errorf("p99 %v, want %v", got, want)
	}
	// 5 ms more than the window, without the 1 ms of the fastest answer.
	if want := 1010 / 2.005; math.Abs(w.Achieved-want) > 1e-6 {
		t.Errorf("achieved %v, want %v", w.Achieved, want)
	}
	if *w.ClientCPU != 0.5 || *w.Lag.P50 != 20e-6 || w.FirstEvent != nil {
		t.Errorf("client %v, lag %v, first event %v", *w.ClientCPU, *w.Lag.P50, w.FirstEvent)
	}
}

func TestReduceOfAStreamHasBothClocks(t *testing.T) {
	saw := bench.OpenLoopSlice{Slice: bench.Slice{Observations: answers(400, 10*ms, 0), Elapsed: time.Second}}
	for i := range saw.Slice.Observations {
		saw.Slice.Observations[i].FirstEvent = 3 * ms
	}
	w := Reduce(saw, 400, time.Second)
	if w.FirstEvent == nil || *w.FirstEvent.P99 != 0.003 || *w.Latency.P99 != 0.01 {
		t.Errorf("%+v", w)
	}
}

// A call that waited for a connection is late because the gateway is.
func TestWaitingForAConnectionIsNotTheGeneratorsLag(t *testing.T) {
	saw := bench.OpenLoopSlice{Slice: bench.Slice{Observations: answers(1000, 50*ms, 0), Elapsed: time.Second}, Lag: lags(1000, ms/50), Waited: 400}
	for i := range 400 {
		saw.Lag[i*2] = 40 * ms
	}
	w := Reduce(saw, 1000, time.Second)
	if *w.Lag.Max != 20e-6 || w.Waited != 400 || limited(w, w) != "" {
		t.Errorf("lag %v of %d waiting: %q", *w.Lag.Max, w.Waited, limited(w, w))
	}
	if saw.Lag[0] != 40*ms || saw.Lag[1] != ms/50 {
		t.Error("the lags were sorted in place")
	}
}

func TestReduceOfNothing(t *testing.T) {
	w := Reduce(bench.OpenLoopSlice{}, 0, time.Second)
	if w.Achieved != 0 || w.Latency.Omitted == "" || w.ClientCPU != nil || limited(w, w) != "" || withinBound(w, time.Second) {
		t.Errorf("%+v", w)
	}
}

func TestLimitedSaysWhatIsTheLimit(t *testing.T) {
	good := func() bench.Window {
		return Reduce(bench.OpenLoopSlice{Slice: bench.Slice{Observations: answers(1000, ms, 0), Elapsed: time.Second, ClientCPU: 300 * time.Millisecond}, Lag: lags(1000, ms/20)}, 1000, time.Second)
	}
	for name, c := range map[string]struct {
		change func(w, direct *bench.Window)
		want   string
	}{
		"nothing":                 {func(_, _ *bench.Window) {}, ""},
		"a slow gateway":          {func(w, _ *bench.Window) { w.Achieved = 300 }, ""},
		"busy client":             {func(w, _ *bench.Window) { w.ClientCPU = new(0.93) }, "the client's thread was busy 93 % of the time"},
		"late generator":          {func(w, _ *bench.Window) { w.Lag.P99 = new(0.0003) }, "requests were started late: 300µs where the slow answers took 1ms"},
		"late, but of no account": {func(w, _ *bench.Window) { w.Lag.P99, w.Latency.P99 = new(0.0003), new(0.0021) }, ""},
		"late, too few for a p99": {func(w, _ *bench.Window) { w.Lag.P99, w.Lag.P95 = nil, new(0.0003) }, "requests were started late: 300µs where the slow answers took 1ms"},
		"one late of a few":       {func(w, _ *bench.Window) { w.Lag.P99, w.Lag.Max = nil, new(1.0) }, ""},
		"slow mock":               {func(_, d *bench.Window) { d.Achieved = 940 }, "the direct path itself answered only 940 of 1000 requests per second"},
	} {
		w, direct := good(), good()
		c.change(&w, &direct)
		if got := limited(w, direct); got != c.want {
			t.Errorf("%s: %q, want %q", name, got, c.want)
		}
	}
}

func TestJudge(t *testing.T) {
	const bound = 20 * time.Millisecond
	window := func(p99 float64, change ...func(*bench.Window)) bench.Window {
		w := bench.Window{Offered: 1000, Achieved: 1000, Requests: 1000, Latency: bench.Tail{P99: &p99}, Lag: bench.Tail{P99: new(0.0001)}, ClientCPU: new(0.3)}
		for _, c := range change {
			c(&w)
		}
		return w
	}
	lag := func(s float64) func(*bench.Window) { return func(w *bench.Window) { w.Lag.P99 = &s } }
	busy := func(w *bench.Window) { w.ClientCPU = new(0.95) }
	behind := func(w *bench.Window) { w.Achieved = 900 }
	failing := func(w *bench.Window) { w.Errors = map[bench.ErrorClass]int{bench.ErrTimeout: 11} }
	few := func(w *bench.Window) { w.Latency.P99 = nil }
	fine := window(0.001)
	for name, c := range map[string]struct {
		w, direct bench.Window
		want      outcome
	}{
		"within":                                 {window(0.02), fine, held},
		"within, whatever the rig did":           {window(0.02, busy, lag(0.01)), window(0.5), held},
		"beyond":                                 {window(0.021), fine, missed},
		"piling up":                              {window(0.01, behind), fine, missed},
		"failing":                                {window(0.01, failing), fine, missed},
		"beyond by less than the lag":            {window(0.021, lag(0.002)), fine, rigLimited},
		"beyond by more than a lag that is long": {window(0.034, lag(0.005)), fine, missed},
		"busy client":                            {window(0.021, busy), fine, rigLimited},
		"direct beyond":                          {window(0.021), window(0.021), rigLimited},
		"direct piling up":                       {window(0.021), window(0.001, behind), rigLimited},
		"direct unknown":                         {window(0.021), window(0.001, few), rigLimited},
	} {
		got, why := judge(c.w, c.direct, bound)
		if got != c.want || (why != "") != (got == rigLimited) {
			t.Errorf("%s: %v %q, want %v", name, got, why, c.want)
		}
	}
}

func TestShown(t *testing.T) {
	for s, want := range map[float64]string{0.0123456: "12.3ms", 1.5: "1.5s", 250e-6: "250µs", 0: "0s"} {
		if got := timeText(s); got != want {
			t.Errorf("%v: %s, want %s", s, got, want)
		}
	}
}

func TestParseRates(t *testing.T) {
	got, err := ParseRates("500, 0.5knee,1.25 knee")
	if err != nil || len(got) != 3 || got[0].PerSecond != 500 || got[1].OfKnee != 0.5 || got[2].OfKnee != 1.25 {
		t.Errorf("%v, %v", got, err)
	}
	for in, want := range map[string]string{
		"":                             "is no rate",
		"fast":                         "is no rate",
		"500,,2":                       "is no rate",
		"0":                            "above 0",
		"-3":                           "above 0",
		"1e6":                          "at most 100000",
		"NaN":                          "is no rate",
		"3knee":                        "at most 2",
		"0knee":                        "above 0",
		strings.Repeat("1,", 20) + "1": "at most 20",
	} {
		if _, err := ParseRates(in); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %q", in, err, want)
		}
	}
}

func TestScenarios(t *testing.T) {
	var suite []bench.Scenario
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		for _, c := range []int{10, 50, 1} {
			suite = append(suite, bench.Scenario{Mode: mode, Concurrency: c, Mix: true})
			for _, body := range []int{1024, 100} {
				suite = append(suite,
					bench.Scenario{Mode: mode, Concurrency: c, BodyBytes: body},
					bench.Scenario{Mode: mode, Concurrency: 2 * c, BodyBytes: body, Answer: 10})
			}
		}
	}
	got := Scenarios(suite)
	if len(got) != 2 || got[0].ID() != "json/c50/100B" || got[1].ID() != "sse/c50/100B" {
		t.Errorf("%v", got)
	}
}

func TestName(t *testing.T) {
	for want, s := range map[string]bench.Scenario{
		"json 100B": {Mode: bench.JSON, Concurrency: 10, BodyBytes: 100},
		"sse mix":   {Mode: bench.SSE, Concurrency: 10, Mix: true},
	} {
		if got := Name(s); got != want {
			t.Errorf("%s: %s", want, got)
		}
	}
	if got := Scenarios([]bench.Scenario{{Mode: bench.SSE, Concurrency: 10, Mix: true}}); len(got) != 1 {
		t.Errorf("a suite that is a mix: %v", got)
	}
}

func TestPlanRefuses(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*Settings)
		want   string
	}{
		"fine":           {func(*Settings) {}, ""},
		"arrivals":       {func(p *Settings) { p.Arrivals = "bursts" }, "neither constant nor poisson"},
		"short window":   {func(p *Settings) { p.Window = time.Millisecond }, "a window of 1ms"},
		"long window":    {func(p *Settings) { p.Window = time.Hour }, "a window of 1h"},
		"bound for none": {func(p *Settings) { p.Knee, p.Bound = false, time.Second }, "not asked for"},
		"long bound":     {func(p *Settings) { p.Bound = time.Minute }, "a bound of 1m"},
	} {
		p := kneeSettings(1)
		c.change(&p)
		err := p.Validate()
		if (err == nil) != (c.want == "") || err != nil && !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v, want %q", name, err, c.want)
		}
	}
}
