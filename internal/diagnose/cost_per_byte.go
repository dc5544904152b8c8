package diagnose

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
	"github.com/org/proxy-bench-action/internal/summary"
)

// CostPerByte is CPU time that grows too fast with the body of the request.
var CostPerByte = Diagnosis{
	Name:   "cost-per-byte",
	Title:  "a cost per byte of the request body",
	Look:   "where bodies are parsed, copied or serialised again, and the buffer that collects them",
	find:   findCostPerByte,
	change: findMoreCostPerByte,
}

const (
	// byteCost is CPU time of the gateway per byte of the request, 3 µs per KB. A
	// gateway that passes a body on costs below 1 (two copies through the kernel),
	// a parser written for speed about 3, one that builds a tree and writes it
	// out again 10 to 30. CPU time and not latency: with requests in flight that
	// wait for one another, each waits for the others' bytes, too.
	byteCost = 3e-6 / 1024
	// byteChange is the same as a difference to the base, 0.3 µs per KB: a further
	// copy of the body in user space is below it.
	byteChange = 0.3e-6 / 1024
	// ofSmallest is the share of the smallest body's cost that the growth to the
	// largest has to reach: a gateway that took 590 to 650 µs for any
	// request took 23 to 50 µs more of it for 9 KB, and one that took 200 µs up to 20.
	// One that parses takes 180 µs more on 240, and tenfold for 100 KB.
	ofSmallest = 0.2
	// ofMore is the same of what the smallest body costs more than the base's: a
	// gateway that burnt 350 µs more for any request seemed to burn 24 µs more of it
	// for 9 KB, by chance of eight rounds. One that slept 300 µs used 106 µs more
	// where processors were slow to wake up, and 29 to 37 µs more of it for 9 KB.
	ofMore = 0.5
	// faster is by how much the cost of a byte of large bodies exceeds that of
	// small ones when it grows faster than the body. Doubling and copying a
	// buffer, or leaving the caches, is less.
	faster = 2
)

func findCostPerByte(s subject) []finding {
	var found []finding
	for _, sweep := range summary.ByBody(s.scenarios) {
		cpu := s.table(sweep, metric(bench.CPUPerRequest))
		found = append(found, perByte(cpu, sweep, s.least(byteCost), s.least(ofSmallest), "the gateway's CPU time grows by ")...)
	}
	return found
}

func findMoreCostPerByte(base, head subject) []finding {
	var found []finding
	for _, sweep := range summary.ByBody(head.scenarios) {
		cpu := minus(head, base, sweep, metric(bench.CPUPerRequest))
		found = append(found, perByte(cpu, sweep, byteChange, ofMore, "compared with the base, the gateway's CPU time grows by ")...)
	}
	return found
}

// perByte looks for a cost per byte above a limit, where the costs grow by a
// share of what the smallest body costs: noise alone is the same at all sizes.
func perByte(cpu [][]float64, sweep []bench.Scenario, limit, share float64, words string) []finding {
	if len(sweep) < 2 {
		return nil
	}
	s := slopesOf(cpu, sweep)
	e, ok := above(s.all, limit)
	if !ok || median(each(cpu, growth)) < share*median(each(cpu, smallest)) {
		return nil
	}
	return []finding{{sweep, e.Value, words + s.text(e, sweep)}}
}

// slopes are CPU times in seconds per byte, one of each round: from the
// smallest body to the largest and, with three sizes or more, up to the middle
// one and from there on.
type slopes struct{ all, below, beyond []float64 }

func slopesOf(cpu [][]float64, sweep []bench.Scenario) slopes {
	last, middle := len(sweep)-1, len(sweep)/2
	from := func(i, j int) []float64 {
		return each(cpu, func(y []float64) float64 {
			return (y[j] - y[i]) / float64(sweep[j].BodyBytes-sweep[i].BodyBytes)
		})
	}
	if last < 2 {
		return slopes{all: from(0, last)}
	}
	return slopes{from(0, last), from(0, middle), from(middle, last)}
}

// text is "12.1 µs per KB [11.0, 13.2] of body, 1 in flight, linearly".
func (s slopes) text(e stats.Estimate, sweep []bench.Scenario) string {
	const perKB = 1024 * 1e6
	text := fmt.Sprintf("%.2f µs per KB [%.2f, %.2f] of body, %d in flight", perKB*e.Value, perKB*e.Low, perKB*e.High, sweep[0].Concurrency)
	switch {
	case len(s.beyond) == 0:
		return text + " (two sizes cannot show whether linearly)"
	case s.bent():
		return text + fmt.Sprintf(", more than linearly: %.2f µs per KB of small bodies, %.2f of large ones", perKB*median(s.below), perKB*median(s.beyond))
	default:
		return text + ", linearly"
	}
}

// bent is true when a byte of large bodies surely costs more than that of small
// ones, beyond a factor.
func (s slopes) bent() bool {
	var excess []float64
	for i := range s.beyond {
		excess = append(excess, s.beyond[i]-faster*max(0, s.below[i]))
	}
	_, ok := above(excess, 0)
	return ok
}
