package calibrate

import (
	"testing"
)

// The default suite on a noisy machine, with a tenth of the default trials.
func BenchmarkEstimate(b *testing.B) {
	run := measured(1, full(), 30, levels{process: 0.05, slice: 0.15, round: 0.2})
	for b.Loop() {
		if _, err := Estimate(b.Context(), run, Options{Policy: policy, Pairs: 15, Trials: 40, Seed: 1}); err != nil {
			b.Fatal(err)
		}
	}
}
