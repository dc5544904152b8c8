package verdict

import (
	"fmt"
	"math"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

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
	// largest has to be, at the least: a gateway that took 590 to 650 µs for any
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
	// surely is the confidence of the intervals that have to lie above: eight
	// rounds reach it.
	surely = 0.99
)

// perBytes are CPU times per byte, one of each round that has all sizes of a
// sweep: from the smallest body to the largest and, with three sizes or more, up
// to the middle one and from there on. What differs by chance is rounds.
type perBytes struct{ all, below, beyond []float64 }

// slopes makes them of the costs of each size, round by round.
func slopes(rounds [][]float64, sweep []bench.Scenario) perBytes {
	var p perBytes
	last, middle := len(sweep)-1, len(sweep)/2
	per := func(y []float64, i, j int) float64 {
		return (y[j] - y[i]) / float64(sweep[j].BodyBytes-sweep[i].BodyBytes)
	}
	for _, y := range rounds {
		if last < 1 {
			continue
		}
		p.all = append(p.all, per(y, 0, last))
		if last > 1 {
			p.below, p.beyond = append(p.below, per(y, 0, middle)), append(p.beyond, per(y, middle, last))
		}
	}
	return p
}

// whole are the figures of the rounds that have one for every scenario of a
// sweep.
func whole(sweep []bench.Scenario, figures func(at bench.Scenario) map[int]float64) [][]float64 {
	columns := make([]map[int]float64, len(sweep))
	for i, at := range sweep {
		columns[i] = figures(at)
	}
	var rounds [][]float64
	for _, n := range sortedKeys(columns[0]) {
		y := make([]float64, 0, len(sweep))
		for _, c := range columns {
			if v, ok := c[n]; ok {
				y = append(y, v)
			}
		}
		if len(y) == len(sweep) {
			rounds = append(rounds, y)
		}
	}
	return rounds
}

// costPerByte finds sweeps of body sizes in which the gateway's CPU time grows
// too fast.
func costPerByte(s subject) []sign {
	var found []sign
	for _, sweep := range s.byBody() {
		cpu := whole(sweep, func(at bench.Scenario) map[int]float64 { return s.byRound(at, metric(bench.CPUPerRequest)) })
		p := slopes(cpu, sweep)
		if e, ok := above(p.all, s.least(byteCost)); ok && grows(cpu, s.least(ofSmallest)) {
			found = append(found, sign{sweep, e.Value, "the gateway's CPU time grows by " + p.text(e, sweep)})
		}
	}
	return found
}

// text is "12.1 µs per KB [11.0, 13.2] of the body".
func (p perBytes) text(e stats.Estimate, sweep []bench.Scenario) string {
	const perKB = 1024 * 1e6
	text := fmt.Sprintf("%.2f µs per KB [%.2f, %.2f] of the body, %d in flight", perKB*e.Value, perKB*e.Low, perKB*e.High, sweep[0].Concurrency)
	if len(p.beyond) == 0 {
		return text + " (two sizes do not tell whether evenly)"
	}
	if p.bent() {
		return text + fmt.Sprintf(", and faster than the body: %.2f µs per KB of small ones, %.2f of large ones", perKB*median(p.below), perKB*median(p.beyond))
	}
	return text + ", evenly"
}

// bent is true when a byte of large bodies surely costs more than that of small
// ones, beyond a factor.
func (p perBytes) bent() bool {
	var excess []float64
	for i := range p.beyond {
		excess = append(excess, p.beyond[i]-faster*max(0, p.below[i]))
	}
	_, ok := above(excess, 0)
	return ok
}

// above estimates the middle of the rounds' values; ok is false when it may be
// at or below the limit.
func above(values []float64, limit float64) (e stats.Estimate, ok bool) {
	if !(median(values) > limit) {
		return e, false // which is most of the time, and the estimate takes longer
	}
	e, err := stats.HodgesLehmannPaired(values, surely)
	return e, err == nil && e.Confidence >= surely && e.Low > limit
}

// differences are what the rounds that base and head share show of a change
// that a figure of one gateway would not: some gateways cost more than others.
func differences(base, head subject) findings {
	found := make(findings)
	for _, sweep := range head.byBody() {
		cpu := whole(sweep, func(at bench.Scenario) map[int]float64 { return minus(head, base, at, metric(bench.CPUPerRequest)) })
		p := slopes(cpu, sweep)
		if e, ok := above(p.all, byteChange); ok && grows(cpu, ofMore) {
			found[bench.CostPerByte] = append(found[bench.CostPerByte], sign{sweep, e.Value, "against the base the gateway's CPU time grows by " + p.text(e, sweep)})
		}
	}
	if g, ok := fixedCost(base, head); ok {
		found[bench.FixedCost] = g
	}
	return found
}

// grows is true when what requests cost depends on their size, and is not the same
// at all sizes but for noise: by a share of what the smallest costs.
func grows(rounds [][]float64, share float64) bool {
	var smallest []float64
	for _, y := range rounds {
		smallest = append(smallest, y[0])
	}
	return median(growths(rounds)) >= share*median(smallest)
}

// growths are, round by round, from the smallest body to the largest.
func growths(rounds [][]float64) []float64 {
	var all []float64
	for _, y := range rounds {
		all = append(all, y[len(y)-1]-y[0])
	}
	return all
}

const (
	// fixedLeast and fixedShare are the smallest fixed cost: 5 µs and a tenth of
	// what the base adds, which is what a gate looks for by default.
	fixedLeast = 5e-6
	fixedShare = 0.10
	// uneven is how much the cost of the largest body may differ from that of the
	// smallest, as a share of the fixed cost.
	uneven = 0.5
)

// fixedCost finds what every request takes longer by, alike for all body sizes,
// at the lowest concurrency of a mode, where requests do not wait for each other.
func fixedCost(base, head subject) (found []sign, ok bool) {
	lowest := make(map[bench.Mode]int)
	for _, at := range head.scenarios {
		if c, known := lowest[at.Mode]; !known || at.Concurrency < c {
			lowest[at.Mode] = at.Concurrency
		}
	}
	for _, sweep := range head.byBody() {
		if len(sweep) < 2 || sweep[0].Concurrency != lowest[sweep[0].Mode] {
			continue
		}
		times := metric(sweep[0].Mode.Primary())
		rounds := whole(sweep, func(at bench.Scenario) map[int]float64 { return minus(head, base, at, times) })
		var costs []float64
		for _, y := range rounds {
			costs = append(costs, median(y))
		}
		limit := fixedLeast
		for _, at := range sweep {
			if overhead := base.own(at, times) - base.direct(at, times); overhead > 0 {
				limit = max(limit, fixedShare*overhead)
			}
		}
		e, sure := above(costs, limit)
		growth, err := stats.HodgesLehmannPaired(growths(rounds), surely)
		if !sure || err != nil || growth.Value > uneven*e.Value || growth.Value < -uneven*e.Value {
			continue
		}
		found = append(found, sign{sweep, e.Value, fmt.Sprintf("with %d in flight every %s request takes %s longer than the base's [%s, %s], from %s to %s of body%s",
			sweep[0].Concurrency, sweep[0].Mode, timeText(e.Value), timeText(e.Low), timeText(e.High), bench.Size(sweep[0].BodyBytes), bench.Size(sweep[len(sweep)-1].BodyBytes), ofWhichCPU(base, head, sweep))})
	}
	return found, len(found) > 0
}

// ofWhichCPU says whether the gateway works or waits.
func ofWhichCPU(base, head subject, sweep []bench.Scenario) string {
	var costs []float64
	for _, y := range whole(sweep, func(at bench.Scenario) map[int]float64 { return minus(head, base, at, metric(bench.CPUPerRequest)) }) {
		costs = append(costs, median(y))
	}
	cpu := median(costs)
	switch {
	case math.IsNaN(cpu):
		return ""
	case cpu <= 0:
		return ", with no more CPU time"
	default:
		return fmt.Sprintf(", with %s more CPU time", timeText(cpu))
	}
}
