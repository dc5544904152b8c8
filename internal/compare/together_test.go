package compare

import (
	"math"
	"math/rand/v2"
	"testing"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/summary"
)

// shared are rounds of process pairs in which all scenarios moved together.
func shared(stage bench.Stage, first int, scenarios []bench.Scenario, moved ...float64) []bench.Round {
	rng := rand.New(rand.NewPCG(3, uint64(first)))
	var all []bench.Round
	for i, by := range moved {
		for _, s := range scenarios {
			all = append(all, round(rng, first+i, s, bench.Base, 200e-6, 10), round(rng, first+i, s, bench.Head, 200e-6*math.Exp(by), 10))
		}
	}
	for i := range all {
		all[i].Stage = stage
	}
	return processes(all, 1)
}

// Eight screened pairs moved by 4 % in all scenarios, and twenty fresh ones of some of
// them by nothing: most of the 4 % was luck in the others, too.
func TestTogetherTakesLuckAway(t *testing.T) {
	var suite []bench.Scenario
	for c := range 8 {
		suite = append(suite, bench.Scenario{Mode: bench.JSON, Concurrency: 1 + c, BodyBytes: 100})
	}
	lucky := []float64{0.03, 0.05, 0.04, 0.04, 0.02, 0.06, 0.04, 0.04}
	rounds := shared(bench.Screen, 1, suite, lucky...)
	compared := func(fresh []bench.Round) (before, after bench.Comparison, ok bool) {
		index := summary.NewIndex(append(append([]bench.Round(nil), rounds...), fresh...))
		screen := At(bench.Screen, index)
		all, known := TogetherOf(screen, At(bench.Confirm, index), suite)
		after, ok = all.Compare(suite[7], suite[7].Mode.Primary(), bench.Delta)
		return screen.SideBySide(suite, bench.Delta, primary)[7], after, ok && known
	}
	before, after, ok := compared(shared(bench.Confirm, 9, suite[:5], make([]float64, 20)...))
	if !ok || *before.Shift < 0.03 || *after.Shift > 0.02 || *after.Upper >= *before.Upper || *after.Upper <= *after.Shift {
		t.Errorf("%v: from %v, at most %v, to %v, at most %v", ok, *before.Shift, *before.Upper, *after.Shift, *after.Upper)
	}
	if after.Pairs != 8 || after.Stage != bench.Screen {
		t.Errorf("%d pairs of stage %s", after.Pairs, after.Stage)
	}
	for name, fresh := range map[string][]bench.Round{"no fresh pairs": nil, "of two scenarios": shared(bench.Confirm, 9, suite[:2], make([]float64, 20)...)} {
		if _, _, ok := compared(fresh); ok {
			t.Errorf("%s say what all moved by", name)
		}
	}
}
