package trial

import (
	"fmt"
	"strings"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
)

// A round during which more than this share was taken away is void. Foreign
// work is judged less strictly than steal: it can run on an idle CPU, stolen
// time is always missing.
const (
	stealLimit    = 0.10 // of the machine's CPU time
	foreignLimit  = 0.25 // of the machine's CPU time
	pressureLimit = 0.10 // of the round's time
)

// disturbance is what the machine did beside the trial, as shares of its time.
type disturbance struct{ steal, foreign, memory, io float64 }

func disturbanceBetween(before, after Machine, elapsed time.Duration) disturbance {
	total := after.Total - before.Total
	return disturbance{
		steal:   share(after.Steal-before.Steal, total),
		foreign: share(after.Foreign-before.Foreign, total),
		memory:  share(after.MemoryStall-before.MemoryStall, elapsed),
		io:      share(after.IOStall-before.IOStall, elapsed),
	}
}

func share(part, whole time.Duration) float64 {
	if whole <= 0 {
		return 0
	}
	return float64(part) / float64(whole)
}

// void says why a round with this disturbance does not count; empty when it does.
func (d disturbance) void() string {
	var reasons []string
	for _, c := range []struct {
		what         string
		share, limit float64
	}{
		{"stolen CPU time", d.steal, stealLimit},
		{"CPU time of other processes", d.foreign, foreignLimit},
		{"memory stall", d.memory, pressureLimit},
		{"I/O stall", d.io, pressureLimit},
	} {
		if c.share > c.limit {
			reasons = append(reasons, fmt.Sprintf("%s %.1f %%, limit %.0f %%", c.what, 100*c.share, 100*c.limit))
		}
	}
	return strings.Join(reasons, "; ")
}

// markVoid marks all rounds of one round of the trial.
func markVoid(rounds []bench.Round, reason string) {
	for i := range rounds {
		rounds[i].Void = reason
	}
}
