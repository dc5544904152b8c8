package diagnose

import (
	"fmt"
	"math"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/stats"
	"github.com/org/proxy-bench-action/internal/summary"
)

// FixedCost is what every request takes longer by than with the base, alike for
// all body sizes.
var FixedCost = Diagnosis{
	Name:  "fixed-cost",
	Title: "a fixed cost per request",
	Look:  "what every request passes whatever its size: middleware, logging, authentication, a lookup",
	// These make every request longer by themselves.
	ImpliedBy: []Diagnosis{
		DelayedACK, TimerWait, BufferedAnswer, CoalescedEvents, HeldHead, Queueing, ConnectionChurn, CostPerByte, BackgroundCPU,
	},
	change: findFixedCost,
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

// findFixedCost looks at the lowest concurrency of a mode, where requests do not
// wait for each other.
func findFixedCost(base, head subject) []finding {
	lowest := make(map[bench.Mode]int)
	for _, at := range head.scenarios {
		if c, known := lowest[at.Mode]; !known || at.Concurrency < c {
			lowest[at.Mode] = at.Concurrency
		}
	}
	var found []finding
	for _, sweep := range summary.ByBody(head.scenarios) {
		if len(sweep) < 2 || sweep[0].Concurrency != lowest[sweep[0].Mode] {
			continue
		}
		times := metric(sweep[0].Mode.Primary())
		longer := minus(head, base, sweep, times)
		limit := fixedLeast
		for _, at := range sweep {
			if own, direct := base.both(at, times); own > direct {
				limit = max(limit, fixedShare*(own-direct))
			}
		}
		e, sure := above(each(longer, median), limit)
		grown, err := stats.HodgesLehmannPaired(each(longer, growth), surely)
		if !sure || err != nil || math.Abs(grown.Value) > uneven*e.Value {
			continue
		}
		t := figures.Times(e.Value, e.Low, e.High)
		found = append(found, finding{sweep, e.Value, fmt.Sprintf("with %d in flight every %s request takes %s [%s, %s] longer than with the base, whether its body has %s or %s%s",
			sweep[0].Concurrency, sweep[0].Mode, t(e.Value), t(e.Low), t(e.High),
			bench.Size(sweep[0].BodyBytes), bench.Size(sweep[len(sweep)-1].BodyBytes), cpuText(base, head, sweep))})
	}
	return found
}

// cpuText says whether the gateway works or waits.
func cpuText(base, head subject, sweep []bench.Scenario) string {
	cpu := median(each(minus(head, base, sweep, metric(bench.CPUPerRequest)), median))
	switch {
	case math.IsNaN(cpu):
		return ""
	case cpu <= 0:
		return ", with no more CPU time"
	default:
		return fmt.Sprintf(", with %s more CPU time", figures.Seconds(cpu))
	}
}
