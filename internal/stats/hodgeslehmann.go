package stats

import (
	"fmt"
	"math"
)

// HodgesLehmannPaired estimates the shift of the paired differences d, the
// median of the Walsh averages (dᵢ + dⱼ)/2, i ≤ j, with the interval that
// inverts the exact signed-rank test (Tukey; Hollander and Wolfe section 3.3).
// Under ties the interval is wide rather than narrow. Beyond 60 differences
// its order comes from the normal approximation. It needs one value; time and
// memory grow with n².
func HodgesLehmannPaired(d []float64, confidence float64) (Estimate, error) {
	if err := requireOpen("confidence", confidence); err != nil {
		return Estimate{}, err
	}
	w, err := WalshAverages(d)
	if err != nil {
		return Estimate{}, err
	}
	return w.HodgesLehmann(confidence)
}

// Walsh has the Walsh averages of paired differences, for [HodgesLehmannPaired] with
// several confidences: to make and order them is nearly all of the work. It is for one
// goroutine at a time.
type Walsh struct {
	differences int
	averages    *ranked
}

// WalshAverages needs one difference.
func WalshAverages(d []float64) (Walsh, error) {
	if err := require(1, d); err != nil {
		return Walsh{}, err
	}
	all := make([]float64, 0, len(d)*(len(d)+1)/2)
	for i, a := range d {
		for _, b := range d[i:] {
			all = append(all, a/2+b/2) // halves first: the sum can overflow
		}
	}
	return Walsh{len(d), &ranked{values: all}}, nil
}

// HodgesLehmann is [HodgesLehmannPaired] of the differences.
func (w Walsh) HodgesLehmann(confidence float64) (Estimate, error) {
	if err := requireOpen("confidence", confidence); err != nil {
		return Estimate{}, err
	}
	if w.differences == 0 {
		return Estimate{}, fmt.Errorf("no difference: %w", ErrTooFew)
	}
	n := float64(w.differences)
	e := Estimate{Value: w.averages.middle(), Exact: w.differences <= exactLimit}
	var k int
	if e.Exact {
		k, e.Confidence = exactOrder(rankPMF(w.differences), confidence)
	} else {
		k, e.Confidence = normalOrder(n*(n+1)/4, math.Sqrt(n*(n+1)*(2*n+1)/24), confidence)
	}
	e.Low, e.High = w.averages.between(k)
	return e, nil
}

// HodgesLehmannUnpaired estimates by how much head lies above base, the median
// of all differences headⱼ − baseᵢ, with Moses' interval from the exact
// rank-sum distribution (Hollander and Wolfe section 4.3), beyond 50 values in
// an arm from its normal approximation. Both arms need one value.
func HodgesLehmannUnpaired(base, head []float64, confidence float64) (Estimate, error) {
	if err := requireOpen("confidence", confidence); err != nil {
		return Estimate{}, err
	}
	if err := requireArms(base, head); err != nil {
		return Estimate{}, err
	}
	diffs := make([]float64, 0, len(base)*len(head))
	for _, h := range head {
		for _, b := range base {
			diffs = append(diffs, h-b)
		}
	}
	if err := require(1, diffs); err != nil {
		return Estimate{}, fmt.Errorf("difference of head and base: %w", err)
	}
	all := ranked{values: diffs}
	n, m := len(base), len(head)
	e := Estimate{Value: all.middle(), Exact: max(n, m) <= rankSumLimit}
	var k int
	if e.Exact {
		k, e.Confidence = exactOrder(rankSumPMF(n, m), confidence)
	} else {
		k, e.Confidence = normalOrder(float64(n)*float64(m)/2, math.Sqrt(rankSumVariance(n, m, 0)), confidence)
	}
	e.Low, e.High = all.between(k)
	return e, nil
}
