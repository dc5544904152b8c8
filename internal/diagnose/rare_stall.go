package diagnose

import (
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// RareStall is rounds whose slowest request takes many times as long as nearly
// all others.
var RareStall = Diagnosis{
	Name:  "rare-stall",
	Title: "a rare long stall",
	Look:  "garbage collection pauses, locks held rarely but long, retries, time-outs of about a second, DNS",
	find:  findRareStall,
}

const (
	// stallLeast and stallTimes make a stall: so long, and so many times the 95th
	// percentile of the same round. On a machine of which other programs took two
	// thirds, 2 % of the rounds of gateways without faults had one.
	stallLeast = 0.25
	stallTimes = 10
	// stalledShare is the share of the rounds that have to have one, and three at
	// least; and the direct path may have a third as many.
	stalledShare = 0.10
	stalledLeast = 3
	directMost   = 1.0 / 3
)

func findRareStall(s subject) []finding {
	var found []finding
	for _, mode := range []bench.Mode{bench.JSON, bench.SSE} {
		own, direct := s.stalls(mode, s.arm), s.stalls(mode, bench.Direct)
		if len(own.longest) < stalledLeast || own.share() < s.least(stalledShare) || direct.share() > directMost*own.share() {
			continue
		}
		longest, p95 := median(own.longest), median(own.p95)
		t := figures.Times(longest, p95)
		found = append(found, finding{own.where, own.share(), fmt.Sprintf(
			"in %d of %d rounds the slowest request took %s (median) and 95 %% at most %s; without the gateway in %d of %d",
			len(own.longest), own.rounds, t(longest), t(p95), len(direct.longest), direct.rounds)})
	}
	return found
}

// stalled counts the rounds of an arm in one mode.
type stalled struct {
	rounds       int
	longest, p95 []float64 // of those with a stall: the slowest request, the 95th percentile
	where        []bench.Scenario
}

func (s stalled) share() float64 { return float64(len(s.longest)) / float64(max(1, s.rounds)) }

func (s subject) stalls(mode bench.Mode, arm bench.Arm) stalled {
	var all stalled
	for _, at := range s.scenarios {
		if at.Mode != mode {
			continue
		}
		for _, r := range s.rounds.Of(at.ID(), arm) {
			d := r.Distribution[mode.Primary()]
			if len(d) < 3 {
				continue // an older file
			}
			all.rounds++
			longest, p95 := d[len(d)-1], d[len(d)-3]
			if longest < s.least(stallLeast) || longest < stallTimes*p95 {
				continue
			}
			all.longest, all.p95 = append(all.longest, longest), append(all.p95, p95)
			if !slices.Contains(all.where, at) {
				all.where = append(all.where, at)
			}
		}
	}
	return all
}
