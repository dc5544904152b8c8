package report

import (
	"math"
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/diagnose"
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
		{summary.Growth{Shape: summary.Bent, Line: line, Bend: bend}, "bent: grows 0.100 µs per KB [0.090, 0.110] up to 10KB, 2.000 µs per KB [1.800, 2.200] beyond"},
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
	got := sizeLines(bench.Head, []summary.Growth{
		at(50, summary.Bent, 0.2), at(10, summary.Straight, 0.21), at(1, summary.Straight, 0.2), at(20, summary.Straight, 2),
	})
	var names []string
	for _, l := range got {
		names = append(names, l.what)
	}
	if want := "json/c50 json/c1 json/c20"; strings.Join(names, " ") != want {
		t.Errorf("lines of %v, want %s", names, want)
	}
}

func never(summary.Queue) bool { return false }

// Windows that a rare stall holds up are told as that, and only of the gateway
// and where it is diagnosed.
func TestStalledWindowsAreNoQueue(t *testing.T) {
	at := func(concurrency int) bench.Scenario {
		return bench.Scenario{Mode: bench.SSE, Concurrency: concurrency, BodyBytes: 1024}
	}
	run := bench.Run{Plan: bench.Plan{Arms: gates}}
	for _, c := range []int{1, 10} {
		run.Scenarios = append(run.Scenarios, bench.Cell{ID: at(c).ID(), Scenario: at(c)})
		for round := range 6 {
			for _, arm := range gates {
				throughput, latency := 1000.0, 1e-3*float64(c)
				if arm == bench.Direct {
					throughput, latency = 2000*float64(c), 5e-4
				}
				run.Rounds = append(run.Rounds, bench.Round{
					Scenario: at(c).ID(), Arm: arm, Round: round + 1,
					Metrics: map[bench.Metric]float64{bench.Throughput: throughput, at(c).Mode.Primary(): latency},
				})
			}
		}
	}
	const queues, stalls = "queues from concurrency 1 on", "×1.00 from 1 to 10 (1KB), held up by rare stalls: whether it queues is not to be seen"
	for name, c := range map[string]struct {
		diagnosis  bench.Diagnosis
		base, head string
	}{
		"none":         {bench.Diagnosis{}, queues, queues},
		"another":      {bench.Diagnosis{Name: diagnose.HeldHead.Name, Arm: bench.Head, Scenarios: []string{at(10).ID()}}, queues, queues},
		"elsewhere":    {bench.Diagnosis{Name: diagnose.RareStall.Name, Arm: bench.Head, Scenarios: []string{at(50).ID()}}, queues, queues},
		"new":          {bench.Diagnosis{Name: diagnose.RareStall.Name, Arm: bench.Head, Change: bench.ChangeNew, Scenarios: []string{at(10).ID()}}, queues, stalls},
		"as with base": {bench.Diagnosis{Name: diagnose.RareStall.Name, Arm: bench.Head, Change: bench.ChangeKept, Scenarios: []string{at(10).ID()}}, stalls, stalls},
		"gone":         {bench.Diagnosis{Name: diagnose.RareStall.Name, Arm: bench.Base, Change: bench.ChangeGone, Scenarios: []string{at(10).ID()}}, stalls, queues},
	} {
		s := newSheet(Report{Run: run, Verdict: bench.Verdict{Diagnoses: []bench.Diagnosis{c.diagnosis}}}, Style{})
		for arm, want := range map[bench.Arm]string{bench.Base: c.base, bench.Head: c.head} {
			if got := s.queueing(arm); len(got) != 1 || !strings.HasPrefix(got[0].text, want) {
				t.Errorf("%s: %s: got %+v, want %s", name, arm, got, want)
			}
		}
	}
}

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
		"queues from concurrency 10 on (×1.00 from 10 to 100; 100B, 1KB, 10KB); the direct path still grows: the gateway is the limit" +
			"; throughput falls beyond 100 with 1KB (×0.50 at 200, the direct path's ×1.00), beyond 100 with 10KB (×0.71 at 200)": {
			queue(100, 0, 0), queue(1024, -1, 0), queue(10240, -0.5, math.NaN()),
		},
		"queues from concurrency 10 on (×1.00 from 10 to 100; 100B); the direct path still grows: the gateway is the limit": {queue(100, 0, 0)},
	} {
		if got := queueLines(bench.Head, queues, never); len(got) != 1 || got[0].text != want {
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
	s := newSheet(Report{Run: bench.Run{Plan: bench.Plan{Arms: both}}}, Style{})
	got := ""
	for _, l := range queueLines(bench.Head, []summary.Queue{
		queue(100, 10, summary.MachineLimit, 0), queue(1024, 10, summary.MachineLimit, 0.1),
		queue(10240, 10, summary.GatewayLimit, 0), queue(102400, 0, summary.Unlimited, 1),
	}, never) {
		got += hanging(s.label(l.arm, l.what), l.text)
	}
	want := `  json      queues from concurrency 10 on (×1.00 to ×1.17 from 10 to 50; 100B, 1KB); nor does
            the direct path grow: the machine itself is saturated there
  json      queues from concurrency 10 on (×1.00 from 10 to 50; 10KB); the direct path still
            grows: the gateway is the limit
  json      still grows at concurrency 50 (×5.00 from 10 to 50; 100KB)
`
	if got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}
