package summary

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// counted returns n JSON observations with latencies of 1, 2, ... n µs.
func counted(n int) []bench.Observation {
	all := make([]bench.Observation, n)
	for i := range all {
		all[i] = bench.Observation{
			Headers:    int64(i+1) * 500,
			FirstByte:  int64(i+1) * 600,
			FirstEvent: bench.Absent,
			FirstDelta: bench.Absent,
			Last:       int64(i+1) * 1000,
		}
	}
	return all
}

// streamed returns n SSE observations in random order.
func streamed(rng *rand.Rand, n int) []bench.Observation {
	all := make([]bench.Observation, n)
	for i := range all {
		at := rng.Int64N(100_000)
		all[i] = bench.Observation{
			Headers: at + 1, FirstByte: at + 2, FirstEvent: at + 3, FirstDelta: at + 4,
			Last:  at + 1000 + rng.Int64N(100_000),
			Burst: 1 + rng.Int32N(5), BurstBytes: rng.Int32N(4096),
		}
	}
	return all
}

func equal(t *testing.T, what string, got, want float64) {
	t.Helper()
	if math.Abs(got-want) > 1e-12*math.Max(1, math.Abs(want)) {
		t.Errorf("%s = %v, want %v", what, got, want)
	}
}

func TestRoundOfJSON(t *testing.T) {
	// 400 requests of 1..400 µs in two slices, the slow ones second.
	all := counted(400)
	got := Round(bench.Scenario{Mode: bench.JSON}, []bench.Slice{
		{Observations: all[:100], Sent: 100, Completed: 100, Elapsed: 10 * time.Millisecond, ClientCPU: 4 * time.Millisecond, Reconnects: 1},
		{
			Observations: all[100:], Sent: 302, Completed: 300, Elapsed: 30 * time.Millisecond, ClientCPU: 6 * time.Millisecond, Reconnects: 3,
			Errors: map[bench.ErrorClass]int{bench.ErrTimeout: 2},
		},
	}, Usage{Upstream: Upstream{Connections: 8, Requests: 804}, Gateway: &Resources{
		CPU:     []time.Duration{time.Millisecond, 6 * time.Millisecond},
		Idle:    50 * time.Millisecond,
		IdleCPU: 2 * time.Millisecond,
		RSSIdle: 1000, RSSPeak: 3000, RSSAfter: 2000,
	}})

	want := map[bench.Metric]float64{
		// The fastest 320 of 1..400 µs: their mean is (1 + 320)/2.
		bench.LatencyTypical: 160.5e-6,
		bench.LatencyMean:    200.5e-6,
		// Nearest rank: the ⌈0.5·400⌉ = 200th, 360th, 380th and 396th value.
		bench.LatencyP50: 200e-6, bench.LatencyP90: 360e-6, bench.LatencyP95: 380e-6, bench.LatencyP99: 396e-6,
		bench.HeadersP50: 100e-6, bench.HeadersP95: 190e-6, bench.HeadersP99: 198e-6,
		bench.FirstByteP50: 120e-6, bench.FirstByteP95: 228e-6, bench.FirstByteP99: 237.6e-6,

		bench.Throughput: 10_000, bench.ClientCPUShare: 0.25,
		bench.Reconnects: 0.01, bench.UpstreamConnections: 0.02,
		bench.UpstreamRequests: 2, // the failed two count as well
		bench.CPUPerRequest:    17.5e-6, bench.CPUIdle: 0.04,
		bench.RSSIdle: 1000, bench.RSSPeak: 3000, bench.RSSAfter: 2000,
	}
	for m, v := range want {
		equal(t, string(m), got.Metrics[m], v)
	}
	if len(got.Metrics) != len(want) || got.Omitted != nil {
		t.Errorf("%d metrics, left %v; want %d, none", len(got.Metrics), got.Omitted, len(want))
	}
	if got.Requests != 400 || got.Errors[bench.ErrTimeout] != 2 || len(got.Errors) != 1 {
		t.Errorf("requests %d, errors %v", got.Requests, got.Errors)
	}
	// (1 + 80)/2 of 1..100 µs; 100 + (1 + 240)/2 of 101..400 µs. All of them: 50.5 and 250.5.
	wantSlices := map[bench.Metric][]float64{
		bench.LatencyTypical: {40.5e-6, 220.5e-6},
		bench.LatencyMean:    {50.5e-6, 250.5e-6},
		bench.CPUPerRequest:  {10e-6, 20e-6},
	}
	for m, w := range wantSlices {
		if len(got.Slices[m]) != len(w) {
			t.Fatalf("slices of %s: %v", m, got.Slices[m])
		}
		for i := range w {
			equal(t, "slice of "+string(m), got.Slices[m][i], w[i])
		}
	}
	if len(got.Slices) != len(wantSlices) {
		t.Errorf("slices of %d metrics, want %d", len(got.Slices), len(wantSlices))
	}
}

func TestRoundOfSSE(t *testing.T) {
	got := Round(bench.Scenario{Mode: bench.SSE}, []bench.Slice{{
		Observations: []bench.Observation{
			{Headers: 10, FirstByte: 20, FirstEvent: 30, FirstDelta: 40, Last: 100, Burst: 2, BurstBytes: 900},
			{Headers: 11, FirstByte: 21, FirstEvent: 31, FirstDelta: bench.Absent, Last: 300, Burst: 3, BurstBytes: 70},
			{Headers: 12, FirstByte: 22, FirstEvent: 32, FirstDelta: 50, Last: 200, Burst: 3, BurstBytes: 80},
		},
		Gaps: []int64{9, 5, 7}, Transits: []int64{400, 100},
		Completed: 3, Elapsed: time.Second,
	}}, Usage{})

	for m, v := range map[bench.Metric]float64{
		bench.HeadersP50: 11e-9, bench.FirstByteP50: 21e-9,
		bench.FirstEventP50: 31e-9, bench.FirstEventTypical: 31e-9, // ⌈0.8·3⌉ = 3
		bench.FirstDeltaP50: 40e-9, bench.FirstDeltaTypical: 45e-9, // of the two that had one
		bench.TotalP50: 200e-9, bench.TotalTypical: 200e-9, bench.TotalMean: 200e-9,
		bench.GapP50: 7e-9, bench.TransitP50: 100e-9,
		bench.BurstMax: 3, bench.BurstBytes: 80, bench.BurstP50: 3, bench.BurstBytesP50: 80,
		bench.Throughput: 3, bench.UpstreamConnections: 0, bench.Reconnects: 0, bench.ClientCPUShare: 0,
	} {
		if _, ok := got.Metrics[m]; !ok {
			t.Errorf("no %s: %s", m, got.Omitted[m])
		}
		equal(t, string(m), got.Metrics[m], v)
	}
	for m, reason := range map[bench.Metric]string{
		bench.TotalP90:      "needs 36 requests, has 3",
		bench.FirstEventP95: "needs 73 requests, has 3",
		bench.FirstDeltaP99: "needs 368 requests, has 2",
		bench.GapP99:        "needs 368 gaps, has 3",
		bench.TransitP99:    "needs 368 transits, has 2",
		bench.CPUPerRequest: "no gateway in this arm",
		bench.RSSIdle:       "no gateway in this arm",
	} {
		if got.Omitted[m] != reason {
			t.Errorf("left %s: %q, want %q", m, got.Omitted[m], reason)
		}
	}
	for _, m := range []bench.Metric{bench.FirstEventTypical, bench.TotalTypical} {
		if len(got.Slices[m]) != 1 || got.Slices[m][0] != got.Metrics[m] || got.Distribution[m] == nil {
			t.Errorf("slices of %s: %v, distribution %v", m, got.Slices[m], got.Distribution[m])
		}
	}
	if len(got.Slices) != 2 || len(got.Distribution) != 2 {
		t.Errorf("slices of %d metrics and %d distributions in the direct arm, want 2", len(got.Slices), len(got.Distribution))
	}
}

// A slice's value has six digits: finer than its clock, and no longer in the file
// than need be.
func TestSlicesAreShort(t *testing.T) {
	usage := Usage{Gateway: &Resources{CPU: []time.Duration{time.Millisecond}}}
	r := Round(bench.Scenario{Mode: bench.SSE}, []bench.Slice{{Observations: streamed(rand.New(rand.NewPCG(1, 2)), 333), Elapsed: 1}}, usage)
	for _, m := range []bench.Metric{bench.FirstEventTypical, bench.FirstDeltaTypical, bench.TotalTypical, bench.TotalMean, bench.CPUPerRequest} {
		if len(r.Slices[m]) != 1 {
			t.Fatalf("%s: %v", m, r.Slices[m])
		}
		v, whole := r.Slices[m][0], r.Metrics[m]
		if digits := fmt.Sprintf("%.5e", v); digits != fmt.Sprintf("%.5e", whole) || fmt.Sprint(v) != fmt.Sprintf("%.6g", v) {
			t.Errorf("%s: %v for %v", m, v, whole)
		}
	}
}

func TestPercentilesNeedEnoughRequests(t *testing.T) {
	for _, c := range []struct {
		metric bench.Metric
		least  int
	}{{bench.LatencyP50, 1}, {bench.LatencyP90, 36}, {bench.LatencyP95, 73}, {bench.LatencyP99, 368}} {
		for _, n := range []int{c.least - 1, c.least} {
			r := Round(bench.Scenario{Mode: bench.JSON}, []bench.Slice{{Observations: counted(n), Elapsed: 1}}, Usage{})
			if _, ok := r.Metrics[c.metric]; ok != (n >= c.least) {
				t.Errorf("%s of %d requests: given %v", c.metric, n, ok)
			}
		}
	}
}

// Every metric of a mode is there or has a reason, whatever the slices hold.
func TestNothingIsSilentlyMissing(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 2))
	gateway := &Resources{CPU: []time.Duration{1}, RSSIdle: 1}
	inputs := map[string][]bench.Slice{
		"no slices":   nil,
		"empty slice": {{}},
		"none counts": {{Uncounted: 3, Errors: map[bench.ErrorClass]int{bench.ErrTimeout: 3}}},
		"only errors": {{Errors: map[bench.ErrorClass]int{bench.ErrBody: 3}, Elapsed: time.Second}},
		"one request": {{Observations: streamed(rng, 1), Elapsed: 1}},
		"many":        {{Observations: streamed(rng, 500), Gaps: make([]int64, 500), Transits: make([]int64, 500), Elapsed: 1}},
	}
	for _, of := range kindsOfScenario {
		all := bench.Metrics(of.Has)
		for name, slices := range inputs {
			for _, g := range []*Resources{nil, gateway} {
				r := Round(of, slices, Usage{Gateway: g})
				if got, want := len(r.Metrics)+len(r.Omitted), len(all); got != want {
					t.Errorf("%s, %s: %d metrics and reasons, want %d", of, name, got, want)
				}
				for m, v := range r.Metrics {
					if _, both := r.Omitted[m]; both || math.IsNaN(v) || math.IsInf(v, 0) {
						t.Errorf("%s, %s: %s = %v, left %q", of, name, m, v, r.Omitted[m])
					}
					if _, known := m.Describe(); !known {
						t.Errorf("%s is not a metric", m)
					}
				}
			}
		}
	}
}

// kindsOfScenario are those that differ in their metrics.
var kindsOfScenario = []bench.Scenario{{Mode: bench.JSON}, {Mode: bench.SSE}, {Mode: bench.SSE, Paced: true}}

// Every row of the metric table is computed.
func TestEveryMetricIsMeasured(t *testing.T) {
	many := []bench.Slice{{
		Observations: streamed(rand.New(rand.NewPCG(1, 2)), 500), Sent: 500,
		Gaps: make([]int64, 500), Transits: make([]int64, 500), Elapsed: 1,
	}}
	usage := Usage{Gateway: &Resources{CPU: []time.Duration{1}, Idle: 1, RSSIdle: 1, RSSPeak: 1, RSSAfter: 1}}
	for _, of := range kindsOfScenario {
		r := Round(of, many, usage)
		for _, m := range bench.Metrics(of.Has) {
			if _, measured := r.Metrics[m]; !measured {
				t.Errorf("%s: nothing computes %s (reason given: %q)", of, m, r.Omitted[m])
			}
		}
	}
}

func TestSliceWithoutAnswerHasNoValue(t *testing.T) {
	r := Round(bench.Scenario{Mode: bench.JSON}, []bench.Slice{
		{Observations: counted(5), Elapsed: 1},
		{Errors: map[bench.ErrorClass]int{bench.ErrStatus: 5}, Elapsed: 1},
		{Observations: counted(10), Elapsed: 1},
	}, Usage{Gateway: &Resources{CPU: []time.Duration{5, 5, 10}}})
	if n := len(r.Slices[bench.LatencyTypical]); n != 2 {
		t.Errorf("%d typical values, want 2", n)
	}
	if got := r.Slices[bench.CPUPerRequest]; !slices.Equal(got, []float64{1e-9, 1e-9}) {
		t.Errorf("CPU per request %v", got)
	}
	// The failed slice's CPU time was spent all the same.
	equal(t, "cpu_per_request", r.Metrics[bench.CPUPerRequest], 20e-9/15)
}

// TestRequestsThatAreNoObservation: the gateway has worked for them, so that they are
// in what is counted per request; throughput has those of its own time.
func TestRequestsThatAreNoObservation(t *testing.T) {
	r := Round(bench.Scenario{Mode: bench.JSON}, []bench.Slice{
		{Observations: counted(10), Uncounted: 20, Completed: 15, Elapsed: time.Second, Reconnects: 3, Retries: 2, SlowConnects: 1},
		{Observations: counted(10), Uncounted: 10, Completed: 25, Elapsed: time.Second, Reconnects: 2, Retries: 1, SlowConnects: 4},
	}, Usage{Gateway: &Resources{CPU: []time.Duration{30 * time.Millisecond, 40 * time.Millisecond}}})
	for m, v := range map[bench.Metric]float64{bench.Throughput: 20, bench.CPUPerRequest: 1.4e-3, bench.Reconnects: 0.1} {
		equal(t, string(m), r.Metrics[m], v)
	}
	if r.Requests != 50 || r.Retries != 3 || r.SlowConnects != 5 {
		t.Errorf("%d requests, %d retries, %d slow connects", r.Requests, r.Retries, r.SlowConnects)
	}
	if got := r.Slices[bench.CPUPerRequest]; !slices.Equal(got, []float64{1e-3, 2e-3}) {
		t.Errorf("CPU per request %v", got)
	}
}

func TestOrderOfObservationsDoesNotMatter(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 4))
	for range 20 {
		all := streamed(rng, 1+rng.IntN(500))
		before := Round(bench.Scenario{Mode: bench.SSE}, []bench.Slice{{Observations: all, Elapsed: 1}}, Usage{})
		shuffled := slices.Clone(all)
		rng.Shuffle(len(shuffled), func(i, j int) { shuffled[i], shuffled[j] = shuffled[j], shuffled[i] })
		kept := slices.Clone(shuffled)
		after := Round(bench.Scenario{Mode: bench.SSE}, []bench.Slice{{Observations: shuffled, Elapsed: 1}}, Usage{})
		for m, v := range before.Metrics {
			if after.Metrics[m] != v {
				t.Errorf("%s: %v, shuffled %v", m, v, after.Metrics[m])
			}
		}
		if !slices.Equal(kept, shuffled) {
			t.Fatal("the observations were modified")
		}
	}
}

func TestTimesScale(t *testing.T) {
	rng := rand.New(rand.NewPCG(5, 6))
	all := streamed(rng, 400)
	slower := slices.Clone(all)
	for i := range slower {
		o := &slower[i]
		for _, at := range []*int64{&o.Headers, &o.FirstByte, &o.FirstEvent, &o.FirstDelta, &o.Last} {
			*at *= 7
		}
	}
	before := Round(bench.Scenario{Mode: bench.SSE}, []bench.Slice{{Observations: all, Elapsed: 1000}}, Usage{})
	after := Round(bench.Scenario{Mode: bench.SSE}, []bench.Slice{{Observations: slower, Elapsed: 7000}}, Usage{})
	for m, v := range before.Metrics {
		d, _ := m.Describe()
		switch d.Unit {
		case bench.Seconds:
			equal(t, string(m), after.Metrics[m], 7*v)
		case bench.PerSecond:
			equal(t, string(m), after.Metrics[m], v/7)
		case bench.Bytes, bench.Count:
			equal(t, string(m), after.Metrics[m], v)
		}
	}
}

// A big round: 10 slices of 2000 streamed answers with 19 gaps each.
func BenchmarkRound(b *testing.B) {
	rng := rand.New(rand.NewPCG(7, 8))
	measured := make([]bench.Slice, 10)
	for i := range measured {
		measured[i] = bench.Slice{Observations: streamed(rng, 2000), Elapsed: time.Second}
		for range 2000 * 19 {
			measured[i].Gaps = append(measured[i].Gaps, rng.Int64N(1e6))
			measured[i].Transits = append(measured[i].Transits, rng.Int64N(1e6))
		}
	}
	usage := Usage{Gateway: &Resources{CPU: make([]time.Duration, 10), RSSIdle: 1, RSSPeak: 1, RSSAfter: 1}}
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		b.Run(string(mode), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				Round(bench.Scenario{Mode: mode}, measured, usage)
			}
		})
	}
}
