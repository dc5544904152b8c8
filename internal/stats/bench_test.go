package stats

import "testing"

// The size of a full gate: 15 + 40 rounds of 24 scenarios, 10 slices an arm.
const (
	gateRounds    = 55
	gateScenarios = 24
	gateSlices    = 10
)

func BenchmarkStratifiedGate(b *testing.B) {
	r := source()
	scenarios := make([][]Stratum, gateScenarios)
	for i := range scenarios {
		scenarios[i] = strataOf(r, gateRounds, gateSlices, 0, 0.1)
	}
	for b.Loop() {
		all := make([]Stratified, len(scenarios))
		for i, strata := range scenarios {
			all[i], _ = StratifiedMannWhitney(strata, 0.01)
		}
		pooled, df := PooledDispersion(all)
		for _, s := range all {
			s.P(pooled, df)
		}
	}
}

// benchmarkRounds times f on the two samples of rounds of every scenario.
func benchmarkRounds(b *testing.B, rounds int, f func(base, head []float64)) {
	r := source()
	base, head := noise(r, rounds, 0), noise(r, rounds, 0)
	for b.Loop() {
		for range gateScenarios {
			f(base, head)
		}
	}
}

func BenchmarkAlignedGate(b *testing.B) {
	benchmarkRounds(b, gateRounds, func(d, _ []float64) { _, _ = AlignedMannWhitney(d, 0.01) })
}

func BenchmarkHodgesLehmannPairedGate(b *testing.B) {
	benchmarkRounds(b, gateRounds, func(d, _ []float64) { _, _ = HodgesLehmannPaired(d, 0.95) })
}

func BenchmarkMannWhitneyGate(b *testing.B) {
	benchmarkRounds(b, gateRounds, func(x, y []float64) { _, _ = MannWhitney(x, y) })
}

// BenchmarkMannWhitneyExact is the dearest case, the confirming 40 rounds.
func BenchmarkMannWhitneyExact(b *testing.B) {
	benchmarkRounds(b, 40, func(x, y []float64) { _, _ = MannWhitney(x, y) })
}

func BenchmarkHodgesLehmannUnpairedExact(b *testing.B) {
	benchmarkRounds(b, 40, func(x, y []float64) { _, _ = HodgesLehmannUnpaired(x, y, 0.95) })
}
