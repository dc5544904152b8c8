package verdict

import (
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

const (
	// idleCores is how many CPUs a gateway uses, at the most, whose requests wait
	// for one another and not for a CPU. Gateways without faults used 0.5 to 1.1
	// of two CPUs as soon as throughput stopped growing, also when other programs
	// took half of the machine. There is no lenience towards the other gateway:
	// half as strict, it would hold for some of those.
	idleCores = 0.2
	// roomFor is by how much the direct path is faster than a gateway that is the
	// limit.
	roomFor = 2
	// steadily is how much of the throughput a queue keeps, at the least. On a
	// machine that a compiler was using, too, a gateway without a fault fell to a
	// third from 4 requests in flight to 8, with 0.29 CPUs in use.
	steadily = 0.5
)

// queueing finds the concurrency from which on more requests bring no more
// throughput, while neither the machine nor the direct path is used up. With L
// the latency of the lowest concurrency and X the throughput of a high one, X·L
// is how many requests are served at a time (Little's law).
func queueing(s subject) []sign {
	var found []sign
	for _, sweep := range s.byConcurrency() {
		for _, q := range summary.QueueGrowth(s.measured(sweep), sweep, s.arm) {
			found = append(found, s.queue(sweep, q)...)
		}
	}
	return found
}

// queue looks at the step with which queueing begins.
func (s subject) queue(sweep []bench.Scenario, q summary.Queue) []sign {
	i := slices.IndexFunc(q.Steps, func(step summary.Step) bool { return q.From > 0 && step.From == q.From })
	if i < 0 {
		return nil
	}
	step := q.Steps[i]
	rest := sweep[slices.IndexFunc(sweep, func(at bench.Scenario) bool { return at.Concurrency == step.To }):]
	before := sweep[slices.IndexFunc(sweep, func(at bench.Scenario) bool { return at.Concurrency == step.From })]
	x, without := s.own(rest[0], metric(bench.Throughput)), s.direct(rest[0], metric(bench.Throughput))
	cores := x * s.own(rest[0], metric(bench.CPUPerRequest))
	if !(cores <= idleCores && without >= roomFor*x && x >= steadily*s.own(before, metric(bench.Throughput))) {
		return nil
	}
	parallel := x * s.own(sweep[0], metric(q.Mode.Primary()))
	return []sign{{rest, float64(step.To) / parallel, fmt.Sprintf(
		"throughput does not grow from %d to %d requests in flight: %.0f a second with %.2f CPUs in use, without the gateway %.0f; as if %.1f were served at a time",
		step.From, step.To, x, cores, without, parallel)}}
}

// churnLeast is how many connections to the upstream a request opens. Gateways
// that reuse them opened none in nearly every round and 0.04 in the worst.
const churnLeast = 0.1

func connectionChurn(s subject) []sign {
	var found []sign
	for _, at := range s.scenarios {
		if opened := s.own(at, metric(bench.UpstreamConnections)); opened >= s.least(churnLeast) {
			found = append(found, sign{[]bench.Scenario{at}, opened, fmt.Sprintf("%.2f new connections to the upstream for each request", opened)})
		}
	}
	return found
}

// clientFull is the share of its one thread from which on the client is what is
// measured. With gateways that are slower than the direct path it was 0.1 to 0.5.
const clientFull = 0.9

// saturatedRig finds scenarios where the gateway is not the limit: the client is
// busy all the time, or the gateway is as fast as the mock alone can be.
func saturatedRig(s subject) []sign {
	var found []sign
	for _, sweep := range s.byConcurrency() {
		rounds := s.measured(sweep)
		for i, at := range sweep {
			if busy := s.own(at, metric(bench.ClientCPUShare)); busy >= clientFull {
				found = append(found, sign{[]bench.Scenario{at}, busy, fmt.Sprintf("the client's thread is busy %.0f %% of the time", 100*busy)})
				continue
			}
			// Of a sweep's lowest concurrency nothing tells whether more would bring more.
			if i > 0 && summary.MockBound(rounds, sweep, at, s.arm) {
				own, direct := s.own(at, metric(bench.Throughput)), s.direct(at, metric(bench.Throughput))
				found = append(found, sign{[]bench.Scenario{at}, own / direct, fmt.Sprintf("%.0f requests a second, and %.0f without the gateway, which is all that the mock can do", own, direct)})
			}
		}
	}
	return found
}
