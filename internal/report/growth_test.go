package report

import (
	"strings"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/diagnose"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// Windows that a rare stall holds up are told as that, and only of the gateway
// and where it is diagnosed.
func TestStalledWindowsAreNoQueue(t *testing.T) {
	at := func(concurrency int) bench.Scenario {
		return bench.Scenario{Mode: bench.SSE, Concurrency: concurrency, BodyBytes: 1024}
	}
	arms := []bench.Arm{bench.Direct, bench.Base, bench.Head}
	run := bench.Run{Plan: bench.Plan{Arms: arms}}
	for _, c := range []int{1, 10} {
		run.Scenarios = append(run.Scenarios, bench.Cell{ID: at(c).ID(), Scenario: at(c)})
		for round := range 6 {
			for _, arm := range arms {
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
	const queues, stalls = "queues from concurrency 1 on", "×1.00 from 1 to 10 (1KB), held up by rare stalls: these times do not show whether requests queue"
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
		b := newBuilder(Report{Run: run, Verdict: bench.Verdict{Diagnoses: []bench.Diagnosis{c.diagnosis}}})
		lines := make(map[string]string)
		for _, block := range b.growth().Blocks {
			if l, is := block.(document.List); is && l.Title == "Throughput against concurrency" {
				for _, item := range l.Items {
					lines[item.Name] = item.Text
				}
			}
		}
		for arm, want := range map[bench.Arm]string{bench.Base: c.base, bench.Head: c.head} {
			if got := lines[string(bench.SSE)+", "+string(arm)]; !strings.HasPrefix(got, want) {
				t.Errorf("%s: %s: got %q, want %s", name, arm, got, want)
			}
		}
	}
}
