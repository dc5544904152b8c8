package diagnose

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
)

// BackgroundCPU is a gateway that works without requests.
var BackgroundCPU = Diagnosis{
	Name:  "background-cpu",
	Title: "CPU time used without requests",
	Look:  "busy loops, timers that fire often, polling",
	find:  findBackgroundCPU,
}

// backgroundLeast is how many CPUs are in use without requests. Gateways
// without faults used 0.001, in Go too, and 0.05 in their worst round.
const backgroundLeast = 0.05

func findBackgroundCPU(s subject) []finding {
	var idle []float64
	for _, at := range s.scenarios {
		idle = append(idle, s.values(at, s.arm, metric(bench.CPUIdle))...)
	}
	used := median(idle)
	if !(used >= s.least(backgroundLeast)) {
		return nil
	}
	return []finding{{s.scenarios, used, fmt.Sprintf("%.2f CPUs are in use while the gateway has no requests", used)}}
}
