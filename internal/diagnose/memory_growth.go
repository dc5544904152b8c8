package diagnose

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// MemoryGrowth is memory that still grows in the second half of what the
// gateway's processes serve.
var MemoryGrowth = Diagnosis{
	Name:  "memory-growth",
	Title: "memory that grows with every request",
	Look:  "what outlives its request: maps, caches without a limit, goroutines or tasks that do not end",
	find:  findMemoryGrowth,
}

const (
	// growthRate is by how much memory grows in the second half of a process's
	// requests, 0.5 MB for 1000 of them, and growthLeast how much that is in all.
	// Gateways without faults grew by at most 0.13 MB per 1000 and 0.6 MB in all
	// after their first half.
	growthRate  = 0.5 * (1 << 20) / 1000
	growthLeast = 2 << 20
	// ofIdle is how much of what the idle process has that is at least, and
	// growthRequests how many requests it is seen over: an interpreter of 400 MB takes
	// some MB more in their first hundreds, for modules that are loaded when they are
	// first used and for pools that fill.
	ofIdle         = 0.02
	growthRequests = 500
	// levelled is the largest share of the first half's growth for each request that
	// the second half has when memory levels off; a gateway without faults has 0.1.
	// What grows with every request grows in both halves alike, but the first one also
	// fills the pools, and has the requests of the warm-up.
	levelled = 0.25
	// readingsLeast is how many readings of a process tell halves apart.
	readingsLeast = 4
)

func findMemoryGrowth(s subject) []finding {
	var rates, seconds, shares, served, counted, idle []float64
	for _, rounds := range s.processes() {
		if len(rounds) < readingsLeast || cheapFirst(rounds) {
			continue
		}
		first, second, requests, after := halves(rounds)
		if after > 0 {
			rates, seconds = append(rates, second/after), append(seconds, second)
			before := requests - after + s.warmed(rounds[0].Process)
			shares = append(shares, second/after/max(first/max(before, 1), 1e-9))
			served, counted, idle = append(served, requests), append(counted, after), append(idle, rounds[0].Metrics[bench.RSSIdle])
		}
	}
	rate, grown := median(rates), median(seconds)
	if !(rate >= s.least(growthRate) && grown >= s.least(max(growthLeast, ofIdle*median(idle))) &&
		median(shares) >= s.least(levelled) && median(counted) >= growthRequests) {
		return nil
	}
	return []finding{{s.scenarios, rate, fmt.Sprintf(
		"memory grows by %.1f MB per 1000 requests and does not level off: by %.1f MB in the second half of a process's %.0f requests",
		1000*rate/(1<<20), grown/(1<<20), median(served))}}
}

// cheapFirst says whether a process has served the first round of a trial alone. That
// one begins with few requests in flight and ends with the many that need most memory:
// it grows without a leak.
func cheapFirst(rounds []*bench.Round) bool {
	return !slices.ContainsFunc(rounds, func(r *bench.Round) bool { return r.Round != 1 })
}

// processes are the rounds of each process in the order of time. The memory's
// peak tells it, which only rises: a file may have its rounds in any order.
func (s subject) processes() [][]*bench.Round {
	byProcess := make(map[int][]*bench.Round)
	for _, at := range s.scenarios {
		for _, r := range s.rounds.Of(at.ID(), s.arm) {
			if _, ok := r.Metrics[bench.RSSPeak]; ok {
				byProcess[r.Process] = append(byProcess[r.Process], r)
			}
		}
	}
	var all [][]*bench.Round
	for _, n := range slices.Sorted(maps.Keys(byProcess)) {
		slices.SortStableFunc(byProcess[n], func(a, b *bench.Round) int {
			return cmp.Or(cmp.Compare(a.Metrics[bench.RSSPeak], b.Metrics[bench.RSSPeak]), cmp.Compare(a.Round, b.Round))
		})
		all = append(all, byProcess[n])
	}
	return all
}

// halves is by how many bytes a process's peak grows: in the first half of its
// requests, from the idle process on, and in the second; and how many requests
// there are in all and in the second half. The round that completes the first
// half ends it, at the latest the last but one.
func halves(rounds []*bench.Round) (first, second, requests, after float64) {
	for _, r := range rounds {
		requests += sent(r)
	}
	peak := func(r *bench.Round) float64 { return r.Metrics[bench.RSSPeak] }
	last, middle := rounds[len(rounds)-1], rounds[0]
	after = requests
	for _, r := range rounds[:len(rounds)-1] {
		middle, after = r, after-sent(r)
		if 2*after <= requests {
			break
		}
	}
	return peak(middle) - rounds[0].Metrics[bench.RSSIdle], peak(last) - peak(middle), requests, after
}

// sent counts the requests of a round, answered and failed.
func sent(r *bench.Round) float64 {
	n := r.Requests
	for _, failed := range r.Errors {
		n += failed
	}
	return float64(n)
}
