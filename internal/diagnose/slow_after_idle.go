package diagnose

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// SlowAfterIdle is a gateway that has to wake up.
var SlowAfterIdle = Diagnosis{
	Name:  "slow-after-idle",
	Title: "a slow first request after a rest",
	Look:  "pools and workers that shrink without requests, connections closed early, memory or configuration loaded again",
	find:  inProbe(bench.ProbeIdle, findSlowAfterIdle),
}

const (
	// slowStart is by how much the first request after a rest of a second takes
	// longer at least than those that follow. Where idle processors are slow to
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
	t := figures.Times(i.First, i.Then, direct.First, direct.Then)
	return fmt.Sprintf("after a rest of %s the first request takes %s and the next %s; without the gateway %s and %s",
		figures.Seconds(i.Rest), t(i.First), t(i.Then), t(direct.First), t(direct.Then))
}
