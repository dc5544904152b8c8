package verdict

import (
	"cmp"
	"fmt"
	"maps"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

const (
	// growthRate is by how much memory grows in the second half of a process's
	// requests, 0.5 MB for 1000 of them, and growthLeast how much that is in all.
	// Gateways without faults grew by 0.13 MB per 1000 and 0.6 MB in all, at the
	// most, after their first half.
	growthRate  = 0.5 * (1 << 20) / 1000
	growthLeast = 2 << 20
	// levelled is the share of the first half's growth that the second half has,
	// at the most, when memory levels off; a gateway without faults has 0.1. What
	// grows with every request grows in both halves alike, but the first one also
	// fills the pools.
	levelled = 0.25
	// growthTurns is how many readings of a process tell halves apart.
	growthTurns = 4
)

// memoryGrowth finds gateways whose memory still grows in the second half of
// what their processes serve.
func memoryGrowth(s subject) []sign {
	var rates, seconds, shares, served []float64
	for _, turns := range s.processes() {
		if len(turns) < growthTurns {
			continue
		}
		first, second, requests := halves(turns)
		if requests.second == 0 {
			continue
		}
		rates = append(rates, second/requests.second)
		seconds = append(seconds, second)
		shares = append(shares, second/max(first, 1))
		served = append(served, requests.all)
	}
	rate := median(rates)
	if !(rate >= s.least(growthRate) && median(seconds) >= s.least(growthLeast) && median(shares) >= s.least(levelled)) {
		return nil
	}
	return []sign{{s.scenarios, rate, fmt.Sprintf(
		"memory grows by %.1f MB per 1000 requests and does not level off: in the second half of a process's %.0f requests it still grows by %.1f MB",
		1000*rate/(1<<20), median(served), median(seconds)/(1<<20))}}
}

// processes are the rounds of each process in the order of time. What tells it is
// the memory's peak, which only rises: a file may have its rounds in any order.
func (s subject) processes() [][]*bench.Round {
	turns := make(map[int][]*bench.Round)
	for _, at := range s.scenarios {
		for _, r := range s.rounds[place{at.ID(), s.arm}] {
			if _, ok := r.Metrics[bench.RSSPeak]; ok {
				turns[r.Process] = append(turns[r.Process], r)
			}
		}
	}
	var all [][]*bench.Round
	for _, n := range slices.Sorted(maps.Keys(turns)) {
		slices.SortStableFunc(turns[n], func(a, b *bench.Round) int {
			return cmp.Or(cmp.Compare(a.Metrics[bench.RSSPeak], b.Metrics[bench.RSSPeak]), cmp.Compare(a.Round, b.Round))
		})
		all = append(all, turns[n])
	}
	return all
}

// load counts the requests of a process.
type load struct{ all, second float64 }

// halves is the growth of the peak in the first half of the requests, from the
// idle process on, and in the second, which is one turn at least.
func halves(turns []*bench.Round) (first, second float64, requests load) {
	count := func(r *bench.Round) float64 {
		n := r.Requests
		for _, failed := range r.Errors {
			n += failed
		}
		return float64(n)
	}
	for _, r := range turns {
		requests.all += count(r)
	}
	middle, done := 0, 0.0
	for i, r := range turns[:len(turns)-1] {
		middle, done = i, done+count(r)
		if 2*done >= requests.all {
			break
		}
	}
	peak := func(i int) float64 { return turns[i].Metrics[bench.RSSPeak] }
	requests.second = requests.all - done
	return peak(middle) - turns[0].Metrics[bench.RSSIdle], peak(len(turns)-1) - peak(middle), requests
}

// backgroundLeast is how many CPUs are in use while nothing is asked. Gateways
// without faults used 0.001, in Go too, and 0.05 in their worst round.
const backgroundLeast = 0.05

// backgroundCPU finds gateways that work while nothing is asked of them.
func backgroundCPU(s subject) []sign {
	var idle []float64
	for _, at := range s.scenarios {
		idle = append(idle, s.values(at, s.arm, metric(bench.CPUIdle))...)
	}
	used := median(idle)
	if !(used >= s.least(backgroundLeast)) {
		return nil
	}
	return []sign{{s.scenarios, used, fmt.Sprintf("%.2f CPUs are in use while other arms are driven", used)}}
}
