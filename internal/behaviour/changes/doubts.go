package changes

import (
	"github.com/org/proxy-bench-action/internal/behaviour"
	"github.com/org/proxy-bench-action/internal/bench"
)

// LosesWork says whether head has less to do than base, in some of its exchanges at
// least, since it leaves out what it has to do.
func LosesWork(c bench.BehaviourChange) bool {
	b, _ := behaviour.Describe(c.Behaviour)
	return b.LosesWork && (c.Change == bench.ChangeNew || c.Change == bench.ChangeSometimes || c.Change == bench.ChangeUndecided)
}

// Unknown says why new harm could not be told; empty where it could, and where nobody
// looked at head.
func Unknown(facts []bench.Fact) string {
	base, head := processes(facts, bench.Base), processes(facts, bench.Head)
	switch {
	case head == 0:
		return ""
	case base == 0:
		return "nothing is known of what the base does, beside its speed: whether harm of head is new is not decided"
	case min(base, head) < leastProcesses:
		return "what the gateways do was looked at with one process pair, and two decide: whether harm of head is new is not decided"
	}
	return ""
}

// processes counts those of a gateway of which anything could be seen.
func processes(facts []bench.Fact, arm bench.Arm) int {
	seen := map[int]bool{}
	for _, f := range facts {
		if f.Arm == arm && f.Of > 0 {
			seen[f.Process] = true
		}
	}
	return len(seen)
}
