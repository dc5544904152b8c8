package diagnose

import (
	"fmt"
	"math"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/summary"
)

// A stall need not be in one place, nor in all answers: in one gateway the head waits
// with the first event in half of the streams, and the first delta in the others;
// another sends large requests on in two writes, and 40 % of them wait. What tells it
// from other waits is that requests are either quick or a delayed acknowledgement late,
// and hardly ever between the two.
const (
	// stallShare is the share of a round's requests that are late by it.
	stallShare = 0.10
	// betweenMost is how many are late by another time, at most, as a share of those.
	betweenMost = 0.5
	// quick is less late than any of these.
	quick = ackLeast / 4
	// nearlyAll and hardlyAny tell whether all requests of a scenario are late, or none.
	nearlyAll, hardlyAny = 0.95, 0.05
)

// acknowledgedSome finds it in how long whole answers take.
func (s subject) acknowledgedSome(at bench.Scenario) (f finding, ok bool) {
	shares, late := s.lateShares(at)
	n := 0
	for _, share := range shares {
		if share >= s.least(stallShare) {
			n++
		}
	}
	share := median(shares)
	// What computes for that long waits for nothing.
	cpu := s.own(at, metric(bench.CPUPerRequest))
	if float64(n) < s.least(ackedLeast) || float64(n) < s.least(ackedShare)*float64(len(shares)) ||
		!(cpu <= quick*max(share, stallShare)) || share >= nearlyAll && !s.lateByParts(at) {
		return finding{}, false
	}
	t := figures.Times(median(late))
	return finding{[]bench.Scenario{at}, share * ackLeast, fmt.Sprintf(
		"%s of the answers are whole %s later than without the gateway, and hardly any by a time between",
		figures.Percent(share), t(median(late)))}, true
}

// lateShares is, of each round, the share of the requests that are late by a delayed
// acknowledgement, 0 where many are late by other times; and by how much those are.
func (s subject) lateShares(at bench.Scenario) (shares, late []float64) {
	whole := at.Mode.Primary()
	var direct []float64
	for _, r := range s.rounds.Of(at.ID(), bench.Direct) {
		direct = append(direct, summary.At(r.Distribution[whole], 50))
	}
	usual := median(direct)
	for _, r := range s.rounds.Of(at.ID(), s.arm) {
		d := r.Distribution[whole]
		longer := func(by float64) float64 { return summary.Longer(d, usual+by) }
		beyond := longer(ackMost)
		share := longer(ackLeast) - beyond
		if math.IsNaN(share) {
			continue
		}
		if other := longer(quick) - longer(ackLeast) + beyond; other > betweenMost*share {
			share = 0
		}
		shares = append(shares, share)
		if share > 0 {
			late = append(late, summary.At(d, lateLevel(1-beyond-share/2))-usual)
		}
	}
	return shares, late
}

// lateLevel is the percentage of a distribution next to a share.
func lateLevel(share float64) int { return min(95, 5*int(math.Round(20*share))) }

// lateByParts says of answers that are all late whether that is a matter of how they
// are written: a stream begins in time and its events do not dawdle, or those of other
// sizes or the other mode are in time. A gateway that waits that long for something
// else does so always.
func (s subject) lateByParts(at bench.Scenario) bool {
	if at.Mode == bench.SSE {
		head, direct := s.both(at, metric(bench.HeadersP50))
		gap, without := s.both(at, metric(bench.GapP50))
		if head-direct < quick && gap-without < gapLeast {
			return true
		}
	}
	for _, other := range s.scenarios {
		if shares, _ := s.lateShares(other); other.Concurrency == at.Concurrency && median(shares) <= hardlyAny {
			return true
		}
	}
	return false
}
