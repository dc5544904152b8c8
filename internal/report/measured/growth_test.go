package measured

import (
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
	"github.com/org/proxy-bench-action/internal/summary"
)

// perByte is a slope of n µs per KB with an interval of ±10 %.
func perByte(n, confidence float64) stats.Estimate {
	v := n * 1e-6 / 1024
	return stats.Estimate{Value: v, Low: 0.9 * v, High: 1.1 * v, Confidence: confidence}
}

func TestBodyLine(t *testing.T) {
	line := stats.Line{Intercept: 40e-6, Slope: perByte(0.2, 0.96)}
	bend := stats.Bend{Pivot: 10 << 10, Below: stats.Line{Slope: perByte(0.1, 0.96)}, Above: stats.Line{Slope: perByte(2, 0.96)}}
	for _, c := range []struct {
		body summary.Growth
		want string
	}{
		{summary.Growth{Shape: summary.Straight, Line: line}, "straight: grows 0.200 µs per KB [0.180, 0.220] from 40.0 µs"},
		{summary.Growth{Shape: summary.Flat, Line: line}, "flat: 40.0 µs, no growth is shown (0.200 µs per KB [0.180, 0.220])"},
		{summary.Growth{Shape: summary.Bent, Line: line, Bend: bend}, "bent: grows 0.100 µs per KB [0.0900, 0.110] up to 10KB, 2.00 µs per KB [1.80, 2.20] beyond"},
		{
			summary.Growth{Shape: summary.Undecided, Line: stats.Line{Slope: perByte(0.2, 0.8)}},
			"grows 0.200 µs per KB [0.180, 0.220, at 80 %]; too few sizes or rounds to tell straight from bent",
		},
		{
			summary.Growth{Shape: summary.Undecided, Line: stats.Line{Slope: perByte(-0.2, 0.3)}},
			"grows -0.200 µs per KB; too few sizes or rounds to tell straight from bent",
		},
	} {
		if got := sizeLine(c.body); got != c.want {
			t.Errorf("got  %s\nwant %s", got, c.want)
		}
	}
}

func TestBodyLinesOfOtherConcurrencies(t *testing.T) {
	at := func(c int, shape summary.Shape, slope float64) summary.Growth {
		return summary.Growth{Rest: bench.Scenario{Mode: bench.JSON, Concurrency: c}, Shape: shape, Line: stats.Line{Slope: perByte(slope, 0.96)}}
	}
	got := sizeLines([]summary.Growth{
		at(50, summary.Bent, 0.2), at(10, summary.Straight, 0.21), at(1, summary.Straight, 0.2), at(20, summary.Straight, 2),
	})
	var names []string
	for _, l := range got {
		names = append(names, l.Name)
	}
	if want := "json/c50 json/c1 json/c20"; strings.Join(names, " ") != want {
		t.Errorf("lines of %v, want %s", names, want)
	}
}

func never(summary.Queue) bool { return false }

// Throughput that falls is said, of each body size where it does.
func TestQueueLinesSayWhereThroughputFalls(t *testing.T) {
	queue := func(body int, gain, direct float64) summary.Queue {
		q := summary.Queue{
			Mode: bench.JSON, Sizes: bench.Size(body).String(), From: 10, Limit: summary.GatewayLimit,
			Steps: []summary.Step{{From: 1, To: 10, Proxied: 1}, {From: 10, To: 100, Proxied: 0}, {From: 100, To: 200, Proxied: gain, Direct: direct}},
		}
		if gain < 0 {
			q.Fall = &q.Steps[2]
		}
		return q
	}
	for want, queues := range map[string][]summary.Queue{
		"queues from concurrency 10 on (×1.00 from 10 to 100; 100B, 1KB, 10KB); the direct path still scales: the gateway is the limit" +
			"; throughput falls beyond 100 with 1KB (×0.50 at 200, the direct path's ×1.00), beyond 100 with 10KB (×0.71 at 200)": {
			queue(100, 0, 0), queue(1024, -1, 0), queue(10240, -0.5, math.NaN()),
		},
		"queues from concurrency 10 on (×1.00 from 10 to 100; 100B); the direct path still scales: the gateway is the limit": {queue(100, 0, 0)},
	} {
		if got := queueLines(queues, never); len(got) != 1 || got[0].Text != want {
			t.Errorf("got  %+v\nwant %s", got, want)
		}
	}
}

func TestQueueLines(t *testing.T) {
	queue := func(body, from int, limit summary.Limit, gain float64) summary.Queue {
		return summary.Queue{
			Mode: bench.JSON, Sizes: bench.Size(body).String(), From: from, Limit: limit,
			Steps: []summary.Step{{From: 1, To: 10, Proxied: 1}, {From: 10, To: 50, Proxied: gain}},
		}
	}
	var got []string
	for _, l := range queueLines([]summary.Queue{
		queue(100, 10, summary.MachineLimit, 0), queue(1024, 10, summary.MachineLimit, 0.1),
		queue(10240, 10, summary.GatewayLimit, 0), queue(102400, 0, summary.Unlimited, 1), queue(1<<20, 10, summary.OneCoreLimit, 0),
	}, never) {
		got = append(got, l.Text)
	}
	want := []string{
		"queues from concurrency 10 on (×1.00 to ×1.17 from 10 to 50; 100B, 1KB); the direct path does not scale either: the machine is the limit",
		"queues from concurrency 10 on (×1.00 from 10 to 50; 10KB); the direct path still scales: the gateway is the limit",
		"still grows at concurrency 50 (×5.00 from 10 to 50; 100KB)",
		"queues from concurrency 10 on (×1.00 from 10 to 50; 1MB); it uses one core: that is its limit",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %q\nwant %q", got, want)
	}
}

func TestKneeLines(t *testing.T) {
	k := bench.Knee{Bound: 0.02, Arrivals: "constant", Windows: []int{0, 1}}
	with := func(change func(*bench.Knee)) bench.Knee {
		c := k
		change(&c)
		return c
	}
	for want, k := range map[string]bench.Knee{
		"held at 134/s, no longer at 148/s (p99 within 20 ms; constant arrivals, 2 windows)":                                                         with(func(k *bench.Knee) { k.Held, k.Missed = new(134.0), new(147.5) }),
		"at least 9000/s (p99 within 20 ms; constant arrivals, 2 windows); the time was up":                                                          with(func(k *bench.Knee) { k.Held, k.Ended = new(9000.0), "the time was up" }),
		"below 45.0/s, which is the lowest that was tried (p99 within 20 ms; constant arrivals, 2 windows)":                                          with(func(k *bench.Knee) { k.Missed = new(45.0) }),
		"not found (p99 within 20 ms, 5 times that at a tenth of the closed loop's throughput; constant arrivals, 2 windows); the rig was the limit": with(func(k *bench.Knee) { k.BoundBase, k.Ended = new(0.004), "the rig was the limit" }),
	} {
		if got := kneeLine(k); got != want {
			t.Errorf("got  %s\nwant %s", got, want)
		}
	}
}
