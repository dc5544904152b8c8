package simulate

import (
	"math"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
	"github.com/org/proxy-bench-action/internal/summary"
)

// dispersionRounds are enough for a mean that another seed changes by less than 0.1.
const dispersionRounds = 40

// Dispersion is φ̄ of unchanged code at a level: by how many times Mann-Whitney's U
// varies more between process pairs than the slices inside them explain, on
// average over the scenarios.
func Dispersion(l Level, seed uint64) float64 {
	suite, measured := Rounds(l, seed, dispersionRounds)
	rounds := summary.NewIndex(measured)
	sum := 0.0
	for _, s := range suite {
		var strata []stats.Stratum
		for _, row := range rounds.Rows(s.ID()) {
			strata = append(strata, stats.Stratum{{Base: logs(row.Base.Slices[s.Mode.Primary()]), Head: logs(row.Head.Slices[s.Mode.Primary()])}})
		}
		test, err := stats.StratifiedMannWhitney(strata, math.Log1p(bench.Delta))
		if err != nil {
			panic(err) // the model makes whole rounds
		}
		sum += test.Dispersion
	}
	return sum / float64(len(suite))
}

func logs(all []float64) []float64 {
	out := make([]float64, len(all))
	for i, v := range all {
		out[i] = math.Log(v)
	}
	return out
}
