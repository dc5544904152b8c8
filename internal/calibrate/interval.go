package calibrate

import (
	"math"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// wilson is the 95 % score interval of k of n (Wilson 1927). It keeps close to
// its level near 0, where Wald's collapses and Clopper and Pearson's is wider
// than it need be (Brown, Cai and DasGupta 2001).
func wilson(k, n int) bench.Interval {
	z := stats.NormalQuantile(0.975)
	p, size := float64(k)/float64(n), float64(n)
	centre := (p + z*z/(2*size)) / (1 + z*z/size)
	half := z / (1 + z*z/size) * math.Sqrt(p*(1-p)/size+z*z/(4*size*size))
	out := bench.Interval{max(0, centre-half), min(1, centre+half)}
	// The ends are exact there, but for the last digit.
	if k == 0 {
		out[0] = 0
	}
	if k == n {
		out[1] = 1
	}
	return out
}
