package calibrate

import (
	"cmp"
	"errors"
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/summary"
	"github.com/org/proxy-bench-action/internal/verdict"
)

// leastPairs is how many process pairs resampling needs, as many as a gate: fewer have
// too few different labellings, and their spread is hardly known.
const leastPairs = verdict.LeastPairs

// pool is the measured process pairs, each with all of its rounds, scenarios and
// arms. A draw takes whole ones: rounds that shared their processes share their
// luck, and so do scenarios and metrics.
type pool struct {
	scenarios []bench.Scenario
	gated     []bench.Comparison // as measured, in the order of the verdict
	pairs     [][]bench.Round
	indexed   []summary.Index // of pairs, as measured
	numbers   []int           // of the rounds, in order
}

// newPool keeps the screening rounds of the process pairs in which base and head of
// some scenario count, and of them what can decide: everything that is only shown
// would have to be compared again in every gate.
func newPool(run bench.Run, policy bench.Policy) (pool, error) {
	e := withoutPaced(verdict.EvidenceOf(run))
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
	measured := processPairs(e.Rounds)
	for _, rounds := range measured {
		for i, r := range rounds {
			rounds[i].Metrics, rounds[i].Slices = only(r.Metrics, wanted[r.Scenario]), only(r.Slices, wanted[r.Scenario])
			p.numbers = append(p.numbers, r.Round)
		}
		if x := summary.NewIndex(rounds); counts(x) {
			p.pairs, p.indexed = append(p.pairs, rounds), append(p.indexed, x)
		}
	}
	slices.Sort(p.numbers)
	p.numbers = slices.Compact(p.numbers)
	if n := len(p.pairs); n < leastPairs {
		return p, tooFew(n, len(measured), run.Elapsed)
	}
	for _, c := range verdict.Decide(policy, verdict.Evidence{Scenarios: p.scenarios, Rounds: p.all(), Seed: e.Seed}).Comparisons {
		if c.Gated {
			p.gated = append(p.gated, c)
		}
	}
	return p, nil
}

// withoutPaced is evidence without the paced streams: they leave no gate undecided, and
// what they are there for, nobody asks whether a machine shows it.
func withoutPaced(e verdict.Evidence) verdict.Evidence {
	paced := make(map[string]bool)
	for _, s := range e.Scenarios {
		paced[s.ID()] = s.Paced
	}
	e.Scenarios = slices.DeleteFunc(slices.Clone(e.Scenarios), func(s bench.Scenario) bool { return s.Paced })
	e.Rounds = slices.DeleteFunc(slices.Clone(e.Rounds), func(r bench.Round) bool { return paced[r.Scenario] })
	return e
}

// processPairs are the screening rounds by the processes that served them, in the
// order measured. The direct path has no process: its rounds go with the gateways'
// of the same number. In older files, each round has a pair of its own.
func processPairs(all []bench.Round) [][]bench.Round {
	type place struct{ process, round int }
	served := make(map[int]place) // by number of the round
	for _, r := range all {
		if r.Arm != bench.Direct && r.Process > 0 {
			served[r.Round] = place{process: r.Process}
		}
	}
	rounds := slices.DeleteFunc(slices.Clone(all), func(r bench.Round) bool { return r.Stage != bench.Screen })
	slices.SortStableFunc(rounds, func(a, b bench.Round) int { return cmp.Compare(a.Round, b.Round) })
	at := make(map[place]int)
	var pairs [][]bench.Round
	for _, r := range rounds {
		where, known := served[r.Round]
		if !known {
			where = place{round: r.Round}
		}
		i, begun := at[where]
		if !begun {
			i = len(pairs)
			at[where], pairs = i, append(pairs, nil)
		}
		pairs[i] = append(pairs[i], r)
	}
	return pairs
}

// tooFew is the error of a pool that is too small; elapsed is how many seconds its
// measured pairs took, 0 if that is not known.
func tooFew(n, measured int, elapsed float64) error {
	text := fmt.Sprintf("%d of %d process pairs count for both base and head, and a calibration draws from %d or more", n, measured, leastPairs)
	if n == 0 || elapsed <= 0 {
		return fmt.Errorf("%s: measure longer", text)
	}
	each := elapsed / float64(n)
	return fmt.Errorf("%s: one takes %.3g s here, so measure with --time-budget %s, or fewer scenarios", text, each, figures.Length(roundUp(leastPairs*each/MeasureShare)))
}

// counts is true when base and head of some scenario are valid.
func counts(rounds summary.Index) bool {
	return slices.ContainsFunc(rounds.Scenarios(), func(scenario string) bool {
		return slices.ContainsFunc(rounds.Rows(scenario), func(r summary.Row) bool { return r.Base != nil && r.Head != nil })
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
func (p pool) all() []bench.Round { return slices.Concat(p.pairs...) }
