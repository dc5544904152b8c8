package verdict

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
)

func TestDecideStored(t *testing.T) {
	base := compare.NewSide(measure(1, bench.Screen, 1, 15, 0.05, unchanged), bench.Base)
	measured := func(c change) []bench.Round { return measure(2, bench.Screen, 1, 15, 0.05, c) }
	head := func(c change) compare.Side { return compare.NewSide(measured(c), bench.Head) }
	faster := compare.NewSide(altered(Evidence{Rounds: measured(everywhere(1.4))}, func(r *bench.Round) {
		for m := range r.Metrics {
			r.Metrics[m] /= 2
		}
	}).Rounds, bench.Head)
	history := make([][]float64, len(suite()))
	rng := rand.New(rand.NewPCG(1, 2))
	for i := range history {
		for range 20 {
			history[i] = append(history[i], math.Log(2)+0.02*rng.NormFloat64())
		}
	}
	for _, c := range []struct {
		name     string
		evidence Stored
		want     bench.Outcome
	}{
		{"nothing", Stored{}, bench.Inconclusive},
		{"unchanged", Stored{Head: head(unchanged)}, bench.Inconclusive},
		{"+10 %, within the margin", Stored{Head: head(everywhere(1.1))}, bench.Inconclusive},
		{"+40 %", Stored{Head: head(everywhere(1.4))}, bench.Regression},
		{"+40 %, another CPU", Stored{Head: head(everywhere(1.4)), Doubt: "another CPU model"}, bench.Inconclusive},
		{"+40 %, the direct path moved", Stored{Head: faster}, bench.Inconclusive},
		{"−40 %", Stored{Head: head(everywhere(1 / 1.4))}, bench.Improvement},
		{"history, unchanged", Stored{Head: head(unchanged), History: history}, bench.Pass},
		{"history, +20 %", Stored{Head: head(everywhere(1.2)), History: history}, bench.Regression},
		{"history, −20 %", Stored{Head: head(everywhere(1 / 1.2)), History: history}, bench.Improvement},
	} {
		if c.name != "nothing" {
			c.evidence.Scenarios, c.evidence.Base = suite(), base
		}
		v := DecideStored(policy, c.evidence)
		if v.Outcome != c.want || v.Reason == "" || len(v.Warnings) == 0 {
			t.Errorf("%s: %s: %s (%v), want %s", c.name, v.Outcome, v.Reason, v.Warnings, c.want)
		}
	}
}
