package diagnose

import (
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// Queueing is a concurrency from which on more requests bring no more
// throughput, while neither the machine nor the direct path is used up.
var Queueing = Diagnosis{
	Name:  "queueing",
	Title: "requests that queue for one another",
	Look:  "a lock held while waiting for the upstream, a connection pool that is too small, a blocking call on an event loop",
	// A window lasts as long as its slowest request, and its throughput falls.
	ImpliedBy: []Diagnosis{SaturatedRig, RareStall},
	find:      findQueueing,
}

const (
	// idleCores is the largest number of CPUs used by a gateway whose requests wait
	// for one another and not for a CPU. Gateways without faults used 0.5 to 1.1
	// of two CPUs as soon as throughput stopped growing, also when other programs
	// took half of the machine. A pool of 4 in front of a backend of 5 ms used 0.31
	// where a request costs 470 µs of CPU time.
	idleCores = 0.4
	// directFaster is by which factor the direct path is faster than a gateway that
	// is the limit.
	directFaster = 2
	// steadily is the smallest share of the throughput that a queue keeps. On a
	// machine that a compiler was using, too, a gateway without a fault fell to a
	// third from 4 requests in flight to 8, with 0.29 CPUs in use.
	steadily = 0.5
	// taken is the share of the machine that other programs take from which on
	// waiting for a CPU looks like a queue: a gateway without a fault then used 0.36.
	taken = 0.5
)

func findQueueing(s subject) []finding {
	if s.machine.Others > taken*s.machine.CPUs {
		return nil
	}
	var found []finding
	for _, sweep := range summary.ByConcurrency(s.scenarios) {
		for _, q := range summary.QueueGrowth(s.rounds, sweep, s.arm, s.machine) {
			found = append(found, s.queue(sweep, q)...)
		}
	}
	return found
}

// queue looks at the step with which queueing begins. With L the latency of the
// lowest concurrency and X the throughput of a high one, X·L is how many
// requests are served at a time (Little's law).
func (s subject) queue(sweep []bench.Scenario, q summary.Queue) []finding {
	i := slices.IndexFunc(q.Steps, func(step summary.Step) bool { return q.From > 0 && step.From == q.From })
	if i < 0 {
		return nil
	}
	step := q.Steps[i]
	rest := sweep[slices.IndexFunc(sweep, func(at bench.Scenario) bool { return at.Concurrency == step.To }):]
	before := sweep[slices.IndexFunc(sweep, func(at bench.Scenario) bool { return at.Concurrency == step.From })]
	x, without := s.both(rest[0], metric(bench.Throughput))
	cores := x * s.own(rest[0], metric(bench.CPUPerRequest))
	if !(cores <= idleCores && without >= directFaster*x && x >= steadily*s.own(before, metric(bench.Throughput))) {
		return nil
	}
	parallel := x * s.own(sweep[0], metric(q.Mode.Primary()))
	return []finding{{rest, float64(step.To) / parallel, fmt.Sprintf(
		"throughput does not grow from %d to %d requests in flight: %.0f requests/s with %.2f CPUs in use, without the gateway %.0f; about %.1f are served at a time",
		step.From, step.To, x, cores, without, parallel)}}
}
