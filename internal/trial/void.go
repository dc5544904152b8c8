package trial

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// The shares above which a round is void, beside those of the machine's CPU time.
const (
	pressureLimit = 0.10 // of the round's time
	// A quota stops everything for the rest of a period of 100 ms, in the middle of
	// requests: one stop in a round of some seconds already makes its tail.
	throttledLimit = 0.01 // of the round's time
)

// disturbance is what the machine did besides the trial, as shares of the time.
type disturbance struct {
	steal, foreign, memory, io float64
	throttled                  float64
	stopped                    time.Duration // what throttled is a share of the time of
	quota                      float64       // the limit behind it, in CPUs
}

func disturbanceBetween(before, after Machine, elapsed time.Duration) disturbance {
	total := after.Total - before.Total
	return disturbance{
		steal: share(after.Steal-before.Steal, total),
		// A lower bound: our time, which is subtracted, includes time that some
		// kernels count as interrupts and not as processes.
		foreign: max(0, share(after.Foreign-before.Foreign, total)),
		memory:  share(after.MemoryStall-before.MemoryStall, elapsed),
		io:      share(after.IOStall-before.IOStall, elapsed),

		throttled: share(after.Throttled-before.Throttled, elapsed),
		stopped:   max(0, after.Throttled-before.Throttled),
		quota:     after.Quota,
	}
}

func share(part, whole time.Duration) float64 {
	if whole <= 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// limits lists the causes for which a round can be void.
func (d disturbance) limits() []cause {
	return []cause{
		{"stolen CPU time", d.steal, bench.StealLimit},
		{"CPU time of other processes", d.foreign, bench.ForeignLimit},
		{"memory stall", d.memory, pressureLimit},
		{"I/O stall", d.io, pressureLimit},
		{fmt.Sprintf("the container's CPU quota of %.3g CPUs throttled it for %.0f ms:",
			d.quota, 1000*d.stopped.Seconds()), d.throttled, throttledLimit},
	}
}

type cause struct {
	what         string
	share, limit float64
}

// void says why a round with this disturbance does not count; empty if it counts.
func (d disturbance) void() string {
	var reasons []string
	for _, c := range d.limits() {
		if c.share > c.limit {
			reasons = append(reasons, fmt.Sprintf("%s %.1f %%, limit %.0f %%", c.what, 100*c.share, 100*c.limit))
		}
	}
	return strings.Join(reasons, "; ")
}

// severity is how many times over its limit the worst cause is.
func (d disturbance) severity() float64 {
	worst := 0.0
	for _, c := range d.limits() {
		worst = max(worst, c.share/c.limit)
	}
	return worst
}

// voided is a round that was void when it was measured.
type voided struct {
	number   int
	severity float64
	reason   string
}

// reinstate lets the least disturbed of the void rounds count after all, as many
// as are missing, and returns them: on a machine that is always busy a disturbed
// measurement is better than none. Only the machine's counters decide, never the
// figures, so that no arm is favoured.
func reinstate(rounds []bench.Round, void []voided, missing int) []voided {
	void = slices.Clone(void)
	slices.SortStableFunc(void, func(a, b voided) int { return cmp.Compare(a.severity, b.severity) })
	void = void[:min(max(missing, 0), len(void))]
	for i, r := range rounds {
		if slices.ContainsFunc(void, func(v voided) bool { return v.number == r.Round }) {
			rounds[i].Void, rounds[i].Disturbed = "", r.Void
		}
	}
	return void
}
