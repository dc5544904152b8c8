package simulate

import (
	"fmt"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// stallTime is how long a request that stalls is held, in seconds: as long as Nagle's
// algorithm and a delayed acknowledgement wait for each other.
const stallTime = 40e-3

// Change is how head differs from base; the zero value is not at all, with the
// reference gateway. Growth and shares are in percent.
type Change struct {
	Name    string
	gateway gateway // zero: reference
	targets []target
	// Timing is how many seconds of a gate are for timing; 0: as many as are left of
	// four minutes when the other stages have had all of theirs.
	Timing float64
	// Counted is true where the instructions of a request were counted and have grown by
	// as much as its latency.
	Counted bool

	// percent is by how much latency, or with ofOverhead overhead, grows where the
	// change is.
	percent    float64
	ofOverhead bool
	covers     func(bench.Scenario) bool
	cpu        float64 // growth of CPU time per request
	memory     float64 // growth of peak memory
	stalls     float64 // share of the requests that are held for stallTime
	failing    float64 // share of the requests that fail
	// jitter and common are the effects of code layout, standard deviations on the
	// log scale: of one per scenario and build, and of one per build that all
	// scenarios share. They move CPU time as well.
	jitter, common float64
}

func everything(bench.Scenario) bool { return true }

// inOne covers a middle one of the scenarios.
func inOne(s bench.Scenario) bool { return s.ID() == "json/c10/1KB" }

// Changes are the rows of the table.
func Changes() []Change {
	fine := []target{atMost(isRegression, 0.3), atMost(isInconclusive, 2)}
	all := []Change{
		{Name: "unchanged", targets: append(fine[:2:2], within(100*time.Second))},
		{Name: "unchanged, layout of each scenario, SD 0.9 %", jitter: 0.009},
		{Name: "unchanged, common layout, SD 2 %", common: 0.02, targets: []target{atMost(isRegression, 1)}},
		{Name: "unchanged, slow starter, fresh processes", gateway: slowStarter, targets: fine[:1]},
		{Name: "unchanged, slow starter, 4 rounds a pair", gateway: stubborn, targets: fine[:1]},
		{Name: "unchanged, backend waits 20 ms", gateway: slowMock, targets: fine[:1]},
		{Name: "unchanged, 50 ms a request, one at a time", gateway: slow, targets: fine[:1]},
		{Name: "+30 %, 50 ms a request, one at a time", gateway: slow, percent: 30, covers: everything, targets: []target{atLeast(isRegression, 90)}},
		{Name: "overhead doubled, backend waits 20 ms", gateway: slowMock, percent: 100, ofOverhead: true, covers: everything, targets: []target{atLeast(isRegression, 95)}},
	}
	for _, share := range []float64{0.3, 1, 3} {
		c := Change{Name: fmt.Sprintf("%v %% of the requests stall for 40 ms", share), stalls: share}
		if share == 1 {
			c.targets = []target{atLeast(isRegression, 95)}
		}
		all = append(all, c)
	}
	all = append(all, slower("one scenario", inOne)...)
	all = append(all, slower("everywhere", everything)...)
	return append(all,
		Change{Name: "+7 % of CPU time, everywhere", cpu: 7},
		Change{Name: "+20 % of CPU time, everywhere", cpu: 20},
		Change{Name: "memory ×1.5", memory: 50, targets: []target{atLeast(isRegression, 95)}},
		Change{Name: "0.5 % of the requests fail", failing: 0.5, targets: []target{atLeast(isRegression, 95)}},
		Change{Name: "half of the requests fail", failing: 50, targets: []target{atLeast(isRegression, 100)}},
	)
}

// slower are changes of the latency and of the overhead, somewhere.
func slower(where string, covers func(bench.Scenario) bool) []Change {
	var all []Change
	for _, ofOverhead := range []bool{false, true} {
		of := "latency"
		if ofOverhead {
			of = "overhead"
		}
		for _, percent := range []float64{2, 5, 7, 10} {
			c := Change{Name: fmt.Sprintf("+%v %% of %s, %s", percent, of, where), percent: percent, ofOverhead: ofOverhead, covers: covers}
			switch c.Name {
			case "+10 % of latency, one scenario":
				c.targets = []target{atLeast(isRegression, 95), within(180 * time.Second)}
			case "+10 % of latency, everywhere":
				c.targets = []target{atLeast(isRegression, 99)}
			case "+5 % of latency, everywhere":
				c.targets = []target{atLeast(isNoted, 90)}
			}
			all = append(all, c)
		}
	}
	return all
}

// contrast is true for the changes that tell rules apart: none, a tenth in one
// scenario, a twentieth and a tenth everywhere.
func (c Change) contrast() bool {
	switch c.Name {
	case "unchanged", "+10 % of latency, one scenario", "+5 % of latency, everywhere", "+10 % of latency, everywhere":
		return true
	}
	return false
}

// factor is what the change multiplies the proxied latency of a scenario by; share
// is that of the overhead.
func (c Change) factor(s bench.Scenario, share float64) float64 {
	switch {
	case c.covers == nil || !c.covers(s):
		return 1
	case c.ofOverhead:
		return 1 + c.percent/100*share
	default:
		return 1 + c.percent/100
	}
}
