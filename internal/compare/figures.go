package compare

import (
	"math"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

const (
	confidence = 0.95
	// oneSided is the two-sided confidence whose ends are one-sided 95 % limits.
	oneSided = 0.90
)

// median is absent without values.
func median(values []float64) *float64 {
	m, err := stats.Median(values)
	if err != nil {
		return nil
	}
	return &m
}

// share is the overhead share h of the base; absent without a direct arm.
func share(base, direct *float64) *float64 {
	if base == nil || direct == nil || *base <= 0 {
		return nil
	}
	return new((*base - *direct) / *base)
}

// setShift fills in the change from its estimate and limits on the log scale.
// An interval that the rounds are too few for is left out: the largest there
// is would look like one.
func setShift(out *bench.Comparison, estimate, limits stats.Estimate) {
	shift := math.Expm1(estimate.Value)
	out.Shift = &shift
	if estimate.Confidence >= confidence {
		out.ShiftCI = &bench.Interval{math.Expm1(estimate.Low), math.Expm1(estimate.High)}
	}
	if limits.Confidence >= oneSided {
		out.Lower, out.Upper = new(math.Expm1(limits.Low)), new(math.Expm1(limits.High))
	}
	out.ChangeAbs = new(shift * *out.Base)
	unit := 1.0
	switch {
	case out.Share == nil:
		out.Of = bench.OfValue
	case *out.Share > 0:
		out.Of, unit = bench.OfOverhead, *out.Share
	default:
		// The base is no slower than the direct path: there is no overhead to
		// be a share of.
		out.Of = bench.OfValue
	}
	out.Change = new(shift / unit)
	if out.ShiftCI != nil {
		out.CI = &bench.Interval{out.ShiftCI[0] / unit, out.ShiftCI[1] / unit}
	}
}
