package summary

import (
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// A gateway whose requests run on one thread, as in Python and Node, stops at one
// core however many the machine has. The direct path, which is two threads, may
// stop growing at the same concurrency; the machine is not the limit for that.
const (
	// usesUp is how many CPUs such a gateway keeps busy where it does most: one, less
	// what it waits.
	usesUp = 0.9
	// oneCoreMost is the most that it uses: its helpers, such as a collector's
	// threads, add to the one. Threads on several cores, of which a busy machine
	// leaves them about one, use more in some rounds: one in moreThanOne is noise.
	oneCoreMost = 1.1
	moreThanOne = 20
	// mostlyOne is the least that it then uses wherever that core is what its
	// requests wait for.
	mostlyOne = 0.75
	// notUsedUp is the largest share of the machine that is used by the gateway, by
	// client and mock, which work alike, and by other programs, while one core is
	// the limit. Threads on both of two CPUs used 1.0 to 1.1 of them where throughput
	// stopped growing, all together 0.74 of the machine at least; an interpreter of
	// 5000 requests a second comes to 0.6.
	notUsedUp = 0.7
)

// Machine is what a gateway runs on.
type Machine struct {
	CPUs   float64 // that the gateway may use; 0 where that is not known
	Others float64 // CPUs that other programs used, and other machines of the host
}

// MachineOf is that of a run.
func MachineOf(run bench.Run) Machine {
	cpus := run.Environment.Usable()
	return Machine{CPUs: cpus, Others: cpus * (run.Validity.Foreign + run.Validity.Steal)}
}

// cores is how many CPUs arm keeps busy in each round of a scenario: the CPU time
// of a request times the requests per second.
func cores(rounds Index, scenario string, arm bench.Arm) (used []float64) {
	for _, r := range rounds.Of(scenario, arm) {
		cpu, hasCPU := r.Metrics[bench.CPUPerRequest]
		x, hasRate := r.Metrics[bench.Throughput]
		if hasCPU && hasRate {
			used = append(used, cpu*x)
		}
	}
	return used
}

// OneCore is true when one core is the limit of arm in s: the gateway keeps it
// busy there, and nowhere more than that, though the machine has more that nobody
// uses. One request in flight uses up nothing.
func OneCore(rounds Index, scenarios []bench.Scenario, s bench.Scenario, arm bench.Arm, on Machine) bool {
	here, err := stats.Median(cores(rounds, s.ID(), arm))
	client, _ := rounds.Median(s.ID(), arm, bench.ClientCPUShare)
	if err != nil || s.Concurrency <= 1 || here < mostlyOne || here+2*client+on.Others > notUsedUp*on.CPUs {
		return false
	}
	most, more, all := 0.0, 0, 0
	for _, other := range scenarios {
		used := cores(rounds, other.ID(), arm)
		if m, err := stats.Median(used); err == nil {
			most = max(most, m)
		}
		for _, n := range used {
			all++
			if n > oneCoreMost {
				more++
			}
		}
	}
	return most >= usesUp && most <= oneCoreMost && moreThanOne*more <= all
}
