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

// leastShare is the least overhead share for which a change is given as a share of
// the overhead: below it the change would be a hundred times that of the value,
// and noise.
const leastShare = 0.01

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
	h := (*base - *direct) / *base
	if math.IsInf(h, 0) {
		return nil
	}
	return &h
}

// Margin is the change, on the log scale, that a test does not count. delta is a
// share of the overhead where that is known: the layout of a gateway's code moves
// what the gateway adds, and a share of the whole value would hide a doubled overhead
// behind a slow mock.
func Margin(delta float64, overheadShare *float64) float64 {
	if overheadShare != nil {
		delta *= min(1, max(0, *overheadShare))
	}
	return math.Log1p(delta)
}

// margin takes the overhead of both gateways, so that base and head are
// interchangeable.
func (p paired) margin(delta float64) float64 {
	direct, err := stats.Median(p.toDirect)
	if err != nil {
		return Margin(delta, nil)
	}
	return Margin(delta, new(-math.Expm1(direct)))
}

// fit fills in the change and, from the same estimate, the columns: half of the
// change on either side of the level of the pairs. The medians of the arms alone
// can contradict it, since drift moves them from round to round; they stay where
// there is no ratio. False when the change is too large for a number.
func (p paired) fit(out *bench.Comparison, estimate stats.Estimate) bool {
	level, err := stats.Median(p.level)
	if err != nil {
		return false
	}
	fitted := *out
	base := math.Exp(level - estimate.Value/2)
	fitted.Base = &base
	if direct, err := stats.Median(p.toDirect); err == nil {
		fitted.Direct = new(math.Exp(level + direct))
	}
	fitted.Share = share(fitted.Base, fitted.Direct)
	infinite := math.IsInf(base, 0) || fitted.Direct != nil && math.IsInf(*fitted.Direct, 0)
	if infinite || !setShift(&fitted, estimate) {
		return false
	}
	fitted.Head = new(base + *fitted.ChangeAbs)
	*out = fitted
	return true
}

const tooFar = "head and base are too far apart for a number"

// setShift fills in the change from its estimate on the log scale; false when
// it is too large for a number. With too few rounds for the confidence there is no
// interval.
func setShift(out *bench.Comparison, estimate stats.Estimate) bool {
	shift := math.Expm1(estimate.Value)
	if largest := math.Expm1(estimate.High) * max(1, *out.Base); math.IsInf(largest, 0) {
		return false
	}
	out.Shift = &shift
	out.ChangeAbs = new(shift * *out.Base)
	out.Of = bench.OfValue
	unit := 1.0
	// A base about as fast as the direct path has no overhead to be a share of.
	if out.Share != nil && *out.Share >= leastShare {
		out.Of, unit = bench.OfOverhead, *out.Share
	}
	out.Change = new(shift / unit)
	if estimate.Confidence >= confidence {
		low, high := math.Expm1(estimate.Low), math.Expm1(estimate.High)
		out.ShiftCI, out.CI = &bench.Interval{low, high}, &bench.Interval{low / unit, high / unit}
	}
	return true
}

// setLimits fills in the one-sided limits, which are the ends of limits.
func setLimits(out *bench.Comparison, limits stats.Estimate) {
	if limits.Confidence >= oneSided {
		out.Lower, out.Upper = new(math.Expm1(limits.Low)), new(math.Expm1(limits.High))
	}
}
