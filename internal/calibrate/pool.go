package calibrate

import (
	"errors"
	"fmt"
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// pool is the measured rounds, each with all of its scenarios and arms. A draw
// takes whole ones: scenarios of a round share its processes and its minute,
// and so do metrics.
type pool struct {
	scenarios []bench.Scenario
	gated     []bench.Comparison // as measured, in the order of the verdict
	rounds    [][]bench.Round
	indexed   []summary.Index // of rounds, as measured
}

// newPool keeps the screening rounds in which base and head of some scenario
// count, and of them what can decide: everything that is only shown would have
// to be compared again in every gate.
func newPool(e verdict.Evidence, policy bench.Policy) (pool, error) {
	p := pool{scenarios: e.Scenarios}
	if !slices.ContainsFunc(e.Rounds, func(r bench.Round) bool { return r.Arm == bench.Base }) {
		return p, errors.New("the run has no rounds of a base: calibrate from one in which the same build was driven as base and as head")
	}
	wanted := make(map[string]map[bench.Metric]bool)
	for _, c := range verdict.Decide(policy, e).Comparisons {
		if c.Gated {
			if wanted[c.Scenario] == nil {
				wanted[c.Scenario] = make(map[bench.Metric]bool)
			}
			wanted[c.Scenario][c.Metric] = true
		}
	}
	byNumber := make(map[int][]bench.Round)
	for _, r := range e.Rounds {
		if r.Stage == bench.Screen {
			r.Metrics, r.Slices = only(r.Metrics, wanted[r.Scenario]), only(r.Slices, wanted[r.Scenario])
			byNumber[r.Round] = append(byNumber[r.Round], r)
		}
	}
	for _, number := range slices.Sorted(maps.Keys(byNumber)) {
		if x := summary.NewIndex(byNumber[number]); counts(x) {
			p.rounds, p.indexed = append(p.rounds, byNumber[number]), append(p.indexed, x)
		}
	}
	if n := len(p.rounds); n < LeastRounds {
		return p, fmt.Errorf("%d of %d rounds count for both base and head, and resampling needs %d: measure longer", n, len(byNumber), LeastRounds)
	}
	for _, c := range verdict.Decide(policy, verdict.Evidence{Scenarios: p.scenarios, Rounds: p.all(), Seed: e.Seed}).Comparisons {
		if c.Gated {
			p.gated = append(p.gated, c)
		}
	}
	return p, nil
}

// counts is true when base and head of some scenario are valid.
func counts(round summary.Index) bool {
	return slices.ContainsFunc(round.Scenarios(), func(scenario string) bool {
		return slices.ContainsFunc(round.Rows(scenario), func(r summary.Row) bool { return r.Base != nil && r.Head != nil })
	})
}

func only[T any](all map[bench.Metric]T, wanted map[bench.Metric]bool) map[bench.Metric]T {
	kept := make(map[bench.Metric]T, len(wanted))
	for m, v := range all {
		if wanted[m] {
			kept[m] = v
		}
	}
	return kept
}

// all is every round as measured.
func (p pool) all() []bench.Round { return slices.Concat(p.rounds...) }

// stretched is the pool with the times of both gateways longer by a share. CPU
// time stays: waiting longer costs none.
func (p pool) stretched(share float64) pool {
	out := p
	out.rounds = make([][]bench.Round, len(p.rounds))
	for i, rounds := range p.rounds {
		out.rounds[i] = slices.Clone(rounds)
		for k := range rounds {
			r := &out.rounds[i][k]
			r.Metrics, r.Slices = maps.Clone(r.Metrics), maps.Clone(r.Slices)
			for m, v := range r.Metrics {
				if r.Arm == bench.Direct || !m.IsClock() {
					continue
				}
				r.Metrics[m] = v * (1 + share)
				r.Slices[m] = slices.Clone(r.Slices[m])
				for n := range r.Slices[m] {
					r.Slices[m][n] *= 1 + share
				}
			}
		}
	}
	return out
}

// slot is a place in a stage that a draw fills.
type slot struct {
	stage bench.Stage
	first int // number of the first round
	count int
	// only names the scenarios that are measured; nil is all.
	only []string
}

// draw fills a slot with measured rounds, drawn with replacement, and swaps
// the labels of every other one at random. slower holds the same rounds for
// the scenarios that a change covers, of which the head's are taken.
func (p pool) draw(rng *rand.Rand, s slot, slower pool, covered func(id string) bool) []bench.Round {
	all := make([]bench.Round, 0, s.count*len(p.rounds[0]))
	for i := range s.count {
		from, swap := rng.IntN(len(p.rounds)), rng.IntN(2) == 1
		for k, r := range p.rounds[from] {
			if s.only != nil && !slices.Contains(s.only, r.Scenario) {
				continue
			}
			arm := r.Arm
			if swap {
				arm = swapped[arm]
			}
			if arm == bench.Head && covered(r.Scenario) {
				r = slower.rounds[from][k]
			}
			r.Arm, r.Round, r.Stage = arm, s.first+i, s.stage
			r.Metrics = apart(r.Metrics, i)
			all = append(all, r)
		}
	}
	return all
}

// apart sets the i-th draw apart from others of the same round by a billionth,
// the same for both arms: d does not change, and the textbook test, which is
// only shown, has no ties, with which it takes a hundred times as long.
func apart(values map[bench.Metric]float64, i int) map[bench.Metric]float64 {
	out := make(map[bench.Metric]float64, len(values))
	for m, v := range values {
		out[m] = v * (1 + 1e-9*float64(i))
	}
	return out
}

var swapped = map[bench.Arm]bench.Arm{bench.Direct: bench.Direct, bench.Base: bench.Head, bench.Head: bench.Base}
