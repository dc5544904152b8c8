package diagnose

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
)

// SlowAfterIdle is a gateway that has to wake up.
var SlowAfterIdle = Diagnosis{
	Name:  "slow-after-idle",
	Title: "a slow start after a rest",
	Look:  "pools and workers that shrink while nothing is asked, connections that are closed early, memory or configuration that is loaded anew",
	find:  inProbe(bench.ProbeIdle, findSlowAfterIdle),
}

const (
	// slowStart is by how much the first request after a rest of a second takes
	// longer than those that follow, at the least. Where idle processors are slow to
	// wake up, or other processes use both, a gateway without a fault took 1 to 4 ms
	// longer, and the mock of the direct path 0.4 to 6.
	slowStart = 5e-3
	// wakings is how often the mock, which is one thread, could wake up meanwhile.
	wakings = 2
)

func findSlowAfterIdle(s subject, own, without bench.Probe) string {
	i, direct := own.Idle, without.Idle
	if i == nil || direct == nil || i.Longer() < s.least(slowStart+wakings*max(0, direct.Longer())) {
		return ""
	}
	return fmt.Sprintf("after a rest of %s the first request takes %s, those that follow %s; without the gateway %s and %s",
		timeText(i.Rest), timeText(i.First), timeText(i.Then), timeText(direct.First), timeText(direct.Then))
}
