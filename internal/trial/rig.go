package trial

import (
	"context"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// Rig is the world that a trial drives. One method runs at a time, and a method
// that takes a context returns soon after the context has ended. An error of a
// Rig ends the trial; requests that fail are no error but counted in the Slice.
type Rig interface {
	// Fresh stops the gateways that run, starts those of arms in this order,
	// waits until they are ready, and drops the client's connections. Without
	// arms, it only drops connections.
	Fresh(ctx context.Context, arms []bench.Arm) error
	// WarmUp is a Slice in front of everything that is measured.
	WarmUp(ctx context.Context, arm bench.Arm, s bench.Scenario, b Burst) (bench.Slice, error)
	// Slice drives arm, with as many requests in flight as the scenario has.
	Slice(ctx context.Context, arm bench.Arm, s bench.Scenario, b Burst) (bench.Slice, error)
	// Usage reads the counters of a gateway; it is not called for Direct.
	Usage(arm bench.Arm) (Usage, error)
	// Upstream is what the mock has seen so far.
	Upstream(ctx context.Context) (summary.Upstream, error)
	// Leave is called when gateways have served all their rounds and still run. The
	// time that it takes is none of the rounds'.
	Leave(ctx context.Context, process int) error
	// Machine reads the counters of the whole machine.
	Machine() (Machine, error)
}

// Burst is how much a slice sends: until all minima are reached, or the limit is.
type Burst struct {
	Each     int           // requests of each connection, at least
	Requests int           // of all connections together, at least
	Time     time.Duration // at least
	// Limit is when the last request begins, whatever the minima. Those that are
	// under way are waited for, each for its own time-out.
	Limit time.Duration
}

// Usage is what a gateway's process tree has used. Memory that cannot be read is 0.
type Usage struct {
	CPU  time.Duration // since it started
	RSS  int64         // bytes, now
	Peak int64         // bytes, the most since it started
}

// Machine holds counters of the machine that only grow. CPU times are sums over
// all CPUs. What the machine does not count stays 0.
type Machine struct {
	Total   time.Duration // CPU time of any kind, idle included
	Steal   time.Duration // of it, taken by the hypervisor
	Foreign time.Duration // of it, used by processes that are not ours
	// Time in which every task that could run waited for memory or for input
	// and output: the "full" totals of the kernel's pressure stall information.
	MemoryStall, IOStall time.Duration
	// Throttled is how long the CPU quota of our control groups stopped us, summed
	// over the CPUs; Quota is that limit in CPUs, 0 without one.
	Throttled time.Duration
	Quota     float64
}
