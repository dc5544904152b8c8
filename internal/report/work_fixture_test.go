package report_test

import (
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/report"
)

// worked adds what was counted to a run: head has so many more instructions with
// one request in flight, most of them in one function, and opens a file more
// for each request if it is told to.
func worked(run bench.Run, more float64, opens bool) bench.Run {
	run.Counting = &bench.Counting{Valgrind: "valgrind-3.24.0", Tracer: "strace 6.13", Arch: "amd64", Settings: map[string]string{"GOMAXPROCS": "1"}}
	for _, arm := range run.Plan.Arms {
		if arm == bench.Direct {
			continue
		}
		for process := 1; process <= 2; process++ {
			for _, cell := range run.Scenarios {
				if cell.Concurrency != 1 {
					continue
				}
				s := cell.ID
				n, openat := 1054.6e3, 0.0
				json := 476e3
				if arm == bench.Head {
					json += more * n
					n *= 1 + more
					if opens {
						openat = 1
					}
				}
				run.Work = append(run.Work, bench.Work{
					Arm: arm, Process: process, Scenario: s,
					Instructions: []float64{n, 0.999 * n, 1.002 * n, n, 1.001 * n}, Idle: 5200,
					Allocations: map[string]float64{"malloc": 174.4, "realloc": 14},
					SystemCalls: map[string]float64{"recvfrom": 2, "writev": 2, "futex": 1.31, "openat": openat},
					Functions: []bench.Function{
						{Name: "serde_json::read::SliceRead::parse_str_bytes", File: "src/read.rs", Line: 489, Module: "/work/target/release/gateway", Instructions: json, Calls: 3},
						{Name: "__memcpy_avx_unaligned_erms", Module: "/usr/lib/x86_64-linux-gnu/libc.so.6", Instructions: 325e3, Calls: 338},
						{Name: "0x00000000004a1f30", Module: "/work/target/release/gateway", Instructions: 90e3},
					},
				})
			}
		}
	}
	return run
}

// hostileWork puts s wherever counts hold text.
func hostileWork(s string) []bench.Work {
	return []bench.Work{
		{Arm: bench.Head, Process: 1, Scenario: s, Instructions: []float64{1, 2, 3}, Allocations: map[string]float64{s: 1}, SystemCalls: map[string]float64{s: 2}, Functions: []bench.Function{{Name: s, File: s, Line: 1, Module: s, Instructions: 4}}},
		{Arm: bench.Arm(s), Process: 1, Scenario: s, Uncounted: s},
	}
}

// hostileWorkChanges does it where a verdict does.
func hostileWorkChanges(s string) []bench.WorkChange {
	f := bench.FunctionChange{Name: s, File: s, Line: 3, Module: s, Base: 1e5, Head: 2e5}
	return []bench.WorkChange{
		{Scenario: s, What: bench.Instructions, Base: 1e5, Head: 2e5, Pairs: 2, Outcome: bench.Regression, Text: s, Look: s, Functions: []bench.FunctionChange{f, f}},
		{Scenario: s, What: s, Base: 1, Head: 2, Pairs: 2, Outcome: bench.Regression, Text: s, Look: s},
	}
}

// workReports are decisions in which the work of requests has a part.
func workReports() map[string]report.Report {
	return map[string]report.Report{
		"work":       decideSaved(worked(saved("pass"), 0.38, true)),
		"work_noted": decideSaved(worked(saved("pass"), 0.05, false)),
		"work_same":  decideSaved(worked(saved("regression"), 0, false)),
	}
}
