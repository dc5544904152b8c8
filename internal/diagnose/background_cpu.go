package diagnose

import (
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// BackgroundCPU is a gateway that works without requests.
var BackgroundCPU = Diagnosis{
	Name:  "background-cpu",
	Title: "CPU time used without requests",
	Look:  "busy loops, timers that fire often, polling",
	find:  findBackgroundCPU,
}

const (
	// backgroundLeast is how many CPUs are in use without requests. Gateways
	// without faults used 0.001, in Go too, and 0.05 in their worst round.
	backgroundLeast = 0.05
	// seldomIdle is the share of it that is in use three quarters of the time, and half of
	// the time in each scenario: what never rests is there whatever came before, what
	// follows requests is not where they were few or others. A proxy in Node used 0.01
	// after streams and 0.04 to 0.14 after JSON.
	seldomIdle = 0.5
	// idleRounds is how many rounds have to show it: a plain proxy in Node used 0.07 in
	// the only two that counted of a small suite.
	idleRounds = 3

	// busyAtRest is the behaviour of a gateway that works while it has rested for a
	// while. An interpreter collects garbage and compiles in the moments between the
	// slices of rounds, and then rests.
	busyAtRest bench.BehaviourName = "busy-at-rest"
)

// findBackgroundCPU looks at the second half of what each process serves:
// an interpreter loads modules long after it is ready.
func findBackgroundCPU(s subject) []finding {
	if s.seenNot(busyAtRest) {
		return nil
	}
	var idle []float64
	byScenario := map[string][]float64{}
	for _, rounds := range s.processes() {
		for _, r := range rounds[len(rounds)/2:] {
			if used, ok := r.Metrics[bench.CPUIdle]; ok {
				idle = append(idle, used)
				byScenario[r.Scenario] = append(byScenario[r.Scenario], used)
			}
		}
	}
	used := median(idle)
	if len(idle) < idleRounds || !(used >= s.least(backgroundLeast) && quarter(idle) >= s.least(seldomIdle*backgroundLeast)) {
		return nil
	}
	for _, own := range byScenario {
		if median(own) < s.least(seldomIdle*backgroundLeast) {
			return nil
		}
	}
	return []finding{{s.scenarios, used, fmt.Sprintf("%.2f CPUs are in use while the gateway has no requests", used)}}
}

// quarter is what a quarter of the values is at most.
func quarter(values []float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[(len(sorted)-1)/4]
}
