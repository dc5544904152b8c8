package stats

import (
	"fmt"
	"math"
)

// Stage is one of the tests a change has to pass to be found.
type Stage struct {
	Pairs int // process pairs, each with one difference
	// Level is the p at or below which this one test counts, with any division
	// for the family already done: α/2K for the strictest of K under Holm when a
	// group is tried beside them.
	Level float64
	// Limit is what the estimate has to exceed, on the log scale: ln(1 + τ), or
	// 0 where the level alone decides.
	Limit float64
}

// Resolution returns the smallest true change, as a share (0.09 is 9 %), that
// passes all stages with at least the given power, when the differences of the
// process pairs have standard deviation sd (log scale) and the null is shifted by
// margin, ln(1 + δ). With z for normal quantiles,
//
//	exp(max over stages{margin + (z_{1−Level} + z_β)·se, Limit + z_β·se}) − 1,
//	se = √(π/3)·sd/√Pairs.
//
// √(π/3) = 1.02 is the price of ranks for normal data (Hodges and Lehmann 1956). The loss
// of power is divided evenly over the stages, so z_β = z_{1−(1−power)/stages}:
// with two stages 1.96 at 95 % and 1.28 at 80 %, with one 1.64 and 0.84.
func Resolution(sd, margin, power float64, stages ...Stage) (float64, error) {
	if err := requireOpen("power", power); err != nil {
		return 0, err
	}
	if !(sd >= 0) || !isFinite(sd) || !isFinite(margin) {
		return 0, fmt.Errorf("standard deviation %v, margin %v: %w", sd, margin, ErrRange)
	}
	if len(stages) == 0 {
		return 0, fmt.Errorf("no stage: %w", ErrTooFew)
	}
	beta := NormalQuantile(1 - (1-power)/float64(len(stages)))
	least := math.Inf(-1)
	for i, s := range stages {
		if s.Pairs < 1 {
			return 0, fmt.Errorf("stage %d of %d process pairs: %w", i, s.Pairs, ErrTooFew)
		}
		if err := requireOpen("level", s.Level); err != nil {
			return 0, fmt.Errorf("stage %d: %w", i, err)
		}
		if !isFinite(s.Limit) {
			return 0, fmt.Errorf("stage %d, limit %v: %w", i, s.Limit, ErrRange)
		}
		se := math.Sqrt(math.Pi/3) * sd / math.Sqrt(float64(s.Pairs))
		// −z_{Level} is z_{1−Level} without the rounding of 1 − Level.
		least = max(least, margin+(beta-NormalQuantile(s.Level))*se, s.Limit+beta*se)
	}
	return finite(math.Expm1(least))
}
