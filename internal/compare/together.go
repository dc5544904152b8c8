package compare

import (
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// Together is what the scenarios of a gate moved by together in its process pairs. The
// luck of a process is in all of its scenarios: fresh pairs of some tell how much of what
// the screening saw in the others was luck.
type Together struct {
	screen Table
	own    map[pairID][]difference // of the screening
	// mean is of the pairs of both stages, error its standard error.
	mean, error float64
}

// difference is ln(head/base) of a scenario in a process pair.
type difference struct {
	scenario string
	d        float64
}

// leastTogether is the fewest scenarios of a pair that say what they moved by together.
const leastTogether = 3

// TogetherOf compares scenarios by the primary metric of their modes. ok is false where
// fresh pairs say nothing.
func TogetherOf(screen, fresh Table, scenarios []bench.Scenario) (t Together, ok bool) {
	t.screen = screen
	means := meansOf(fresh.differences(scenarios))
	if len(means) == 0 {
		return t, false
	}
	t.own = screen.differences(scenarios)
	means = append(means, meansOf(t.own)...)
	slices.Sort(means) // the order of a map would change the last digits
	sd, err := stats.SD(means)
	t.error = sd / math.Sqrt(float64(len(means)))
	for _, m := range means {
		t.mean += m / float64(len(means))
	}
	return t, err == nil
}

// meansOf is what each pair of enough scenarios moved by.
func meansOf(pairs map[pairID][]difference) (means []float64) {
	for _, of := range pairs {
		if len(of) >= leastTogether {
			means = append(means, meanOf(of, ""))
		}
	}
	return means
}

// differences are those of each pair, in the order of the scenarios.
func (t Table) differences(scenarios []bench.Scenario) map[pairID][]difference {
	all := make(map[pairID][]difference)
	for _, s := range scenarios {
		if s.Paced {
			continue
		}
		p := t.paired(s.ID(), s.Mode.Primary())
		for i, d := range p.d {
			all[p.pairs[i].id] = append(all[p.pairs[i].id], difference{s.ID(), d})
		}
	}
	return all
}

// meanOf is the mean over scenarios but one.
func meanOf(all []difference, but string) float64 {
	sum, n := 0.0, 0.0
	for _, of := range all {
		if of.scenario != but {
			sum, n = sum+of.d, n+1
		}
	}
	return sum / n
}

// Compare is a comparison of the screening in which what all scenarios moved by in its
// pairs is replaced by what they moved by in all pairs, fresh ones too. ok is false where
// that is not known of each of its pairs.
func (t Together) Compare(s bench.Scenario, m bench.Metric, delta float64) (c bench.Comparison, ok bool) {
	of := t.screen.candidate(s, m, delta)
	of.d = slices.Clone(of.d) // the table keeps its own
	for i := range of.d {
		others := t.own[of.pairs[i].id]
		if len(others) <= leastTogether {
			return c, false
		}
		of.d[i] += t.mean - meanOf(others, s.ID())
	}
	of.luck = t.error
	return of.comparison(make(dispersion)), len(of.d) > 0
}
