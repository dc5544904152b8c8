package diagnose

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// SaturatedRig is a scenario where the gateway is not the limit: the client is
// busy all the time, or the gateway is as fast as the mock alone can be.
var SaturatedRig = Diagnosis{
	Name:  "saturated-rig",
	Title: "a limit of the measurement, not of the gateway",
	Look:  "nothing in the gateway: measure with fewer requests in flight or on a machine with more CPUs",
	find:  findSaturatedRig,
}

// clientFull is the share of its one thread from which on the client is what is
// measured. With gateways that are slower than the direct path it was 0.1 to 0.5.
const clientFull = 0.9

func findSaturatedRig(s subject) []finding {
	var found []finding
	for _, sweep := range summary.ByConcurrency(s.scenarios) {
		for i, at := range sweep {
			if busy := s.own(at, metric(bench.ClientCPUShare)); busy >= clientFull {
				found = append(found, finding{[]bench.Scenario{at}, busy, fmt.Sprintf("the load client is busy %.0f %% of the time", 100*busy)})
				continue
			}
			// Nothing shows whether more than a sweep's lowest concurrency would bring more.
			if i > 0 && summary.MockBound(s.rounds, sweep, at, s.arm) {
				own, direct := s.both(at, metric(bench.Throughput))
				found = append(found, finding{[]bench.Scenario{at}, own / direct, fmt.Sprintf("%.0f requests/s, and %.0f without the gateway, which is the limit of the mock", own, direct)})
			}
		}
	}
	return found
}
