package measured

import (
	"fmt"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

// comparedKey is what a comparison is of.
type comparedKey struct {
	scenario string
	metric   bench.Metric
}

func byPlace(all []bench.Comparison) map[comparedKey]bench.Comparison {
	by := make(map[comparedKey]bench.Comparison, len(all))
	for _, c := range all {
		by[comparedKey{c.Scenario, c.Metric}] = c
	}
	return by
}

// median is that of the rounds of an arm. Where base and head were measured side by
// side and compared, it is the comparison's value: medians of each arm would not
// know of the drift that both share, and could rise where the change falls.
func (run *Run) median(s bench.Scenario, arm bench.Arm, m bench.Metric) (v float64, ok bool) {
	if v := run.ofComparison(s, arm, m); v != nil {
		return *v, true
	}
	return run.Rounds.Median(s.ID(), arm, m)
}

// sayCompared explains the values of base and head where they are not medians.
func (run *Run) sayCompared() string {
	if !run.Paired() || len(run.compared) == 0 {
		return ""
	}
	return "of base and head as they were compared, so that what both share in a round does not part them"
}

// ofComparison is the value of an arm as it was compared; nil where it was not.
func (run *Run) ofComparison(s bench.Scenario, arm bench.Arm, m bench.Metric) *float64 {
	c, ok := run.compared[comparedKey{s.ID(), m}]
	if !ok || !run.Paired() || c.Base == nil || c.Head == nil {
		return nil
	}
	switch arm {
	case bench.Direct:
		return c.Direct
	case bench.Base:
		return c.Base
	case bench.Head:
		return c.Head
	default:
		return nil
	}
}

// overheadOfComparison is what an arm added to the direct path as it was compared.
func (run *Run) overheadOfComparison(s bench.Scenario, arm bench.Arm, m bench.Metric) *float64 {
	proxied, direct := run.ofComparison(s, arm, m), run.ofComparison(s, bench.Direct, m)
	if proxied == nil || direct == nil {
		return nil
	}
	return new(*proxied - *direct)
}

// Pairs is how many process pairs the valid rounds of a stage are of. Where the
// processes have no number, as in older files, each round had its own.
func (run *Run) Pairs(stage bench.Stage) int {
	type pair struct{ process, round int }
	all := make(map[pair]bool)
	for _, r := range run.data.Rounds {
		switch {
		case r.Void != "" || r.Stage != stage || r.Arm == bench.Direct:
		case r.Process == 0:
			all[pair{round: r.Round}] = true
		default:
			all[pair{process: r.Process}] = true
		}
	}
	return len(all)
}

// RoundsText is "15 process pairs", or "60 rounds of 15 process pairs" where these
// stood for several each; where the pairs are not known it counts rounds alone.
func RoundsText(rounds, pairs int) string {
	switch {
	case pairs == 0:
		return figures.Counted(rounds, "round")
	case pairs == rounds:
		return figures.Counted(pairs, "process pair")
	default:
		return fmt.Sprintf("%s of %s", figures.Counted(rounds, "round"), figures.Counted(pairs, "process pair"))
	}
}
