package stats

import (
	"fmt"
	"math"
	"slices"
	"sync"
)

// Line is y = Intercept + Slope.Value·x.
type Line struct {
	Intercept float64
	Slope     Estimate
}

// TheilSen fits a line that a few wild points do not move: the slope is the
// median of the slopes of all pairs of points with different x, the intercept
// the median of y − slope·x. The interval is Sen's (1968), from Kendall's
// distribution: exact up to 60 points, with the ties in x that several rounds
// of one size make, else by its normal approximation. Ties in y leave it wide
// rather than narrow. It needs two different x; time and memory grow with n².
func TheilSen(x, y []float64, confidence float64) (Line, error) {
	if err := requireOpen("confidence", confidence); err != nil {
		return Line{}, err
	}
	if err := requirePoints(x, y); err != nil {
		return Line{}, err
	}
	slopes, err := pairSlopes(x, y)
	if err != nil {
		return Line{}, err
	}
	e := Estimate{Value: slopes.middle(), Exact: len(x) <= exactLimit}
	groups := groupSizes(x)
	var k int
	if e.Exact {
		k, e.Confidence = exactOrder(kendallPMF(groups), confidence)
	} else {
		k, e.Confidence = normalOrder(float64(slopes.len())/2, kendallSD(len(x), groups), confidence)
	}
	e.Low, e.High = slopes.between(k)
	rest := make([]float64, len(x))
	for i := range x {
		rest[i] = y[i] - e.Value*x[i]
	}
	intercept, err := Median(rest)
	if err != nil {
		return Line{}, fmt.Errorf("intercept: %w", err)
	}
	return Line{Intercept: intercept, Slope: e}, nil
}

func requirePoints(x, y []float64) error {
	if len(x) != len(y) {
		return fmt.Errorf("%d x for %d y: %w", len(x), len(y), ErrLength)
	}
	if err := require(2, x); err != nil {
		return fmt.Errorf("x: %w", err)
	}
	if err := require(2, y); err != nil {
		return fmt.Errorf("y: %w", err)
	}
	return nil
}

// pairSlopes are the slopes of all pairs of points with different x.
func pairSlopes(x, y []float64) (*ranked, error) {
	var slopes []float64
	for i := range x {
		for j := range i {
			if x[i] != x[j] {
				slopes = append(slopes, (y[i]-y[j])/(x[i]-x[j]))
			}
		}
	}
	if err := require(1, slopes); err != nil {
		return nil, fmt.Errorf("slopes between points of different x: %w", err)
	}
	return &ranked{values: slopes}, nil
}

// groupSizes returns how many points share each x, by ascending x.
func groupSizes(x []float64) []int {
	var sizes []int
	sorted := slices.Sorted(slices.Values(x))
	for i, v := range sorted {
		if i == 0 || v != sorted[i-1] {
			sizes = append(sizes, 0)
		}
		sizes[len(sizes)-1]++
	}
	return sizes
}

// kendallPMF returns the distribution of the number of concordant pairs of
// points with different x, when y is in random order: group after group, a
// rank-sum count against all points before it, each independent of the others
// (Jonckheere 1954). Do not change it: it is remembered, since all lines of a
// report have the same groups, and computing it takes longer than all the rest.
func kendallPMF(groups []int) []float64 {
	key := fmt.Sprint(groups)
	if known, ok := kendallPMFs.Load(key); ok {
		return known.([]float64)
	}
	pmf, before := []float64{1}, 0
	for _, g := range groups {
		pmf = convolve(pmf, rankSumPMF(before, g))
		before += g
	}
	kendallPMFs.Store(key, pmf)
	return pmf
}

var kendallPMFs sync.Map // by the groups as text

// kendallSD is the standard deviation of that number (Kendall 1975, ties in x).
func kendallSD(n int, groups []int) float64 {
	term := func(n int) float64 { f := float64(n); return f * (f - 1) * (2*f + 5) }
	v := term(n)
	for _, g := range groups {
		v -= term(g)
	}
	return math.Sqrt(v / 72)
}

// Bend compares the slopes of the two halves of a sweep.
type Bend struct {
	// Pivot is the middle of the different x, the upper one of two; its points
	// belong to both halves.
	Pivot        float64
	Below, Above Line
	// Decidable says that both intervals reach the confidence asked for. Four
	// sizes with one value each do not; their rounds do.
	Decidable bool
}

// SplitTheilSen fits a line by [TheilSen] on each side of the middle x, to see
// whether cost grows evenly with size or changes its pace. It needs three
// different x.
func SplitTheilSen(x, y []float64, confidence float64) (Bend, error) {
	if err := requirePoints(x, y); err != nil {
		return Bend{}, err
	}
	sizes := slices.Compact(slices.Sorted(slices.Values(x)))
	if len(sizes) < 3 {
		return Bend{}, fmt.Errorf("%d different x, need 3: %w", len(sizes), ErrTooFew)
	}
	b := Bend{Pivot: sizes[len(sizes)/2]}
	half := func(keep func(float64) bool) (Line, error) {
		var hx, hy []float64
		for i, v := range x {
			if keep(v) {
				hx, hy = append(hx, v), append(hy, y[i])
			}
		}
		return TheilSen(hx, hy, confidence)
	}
	var err error
	if b.Below, err = half(func(v float64) bool { return v <= b.Pivot }); err != nil {
		return Bend{}, fmt.Errorf("up to %v: %w", b.Pivot, err)
	}
	if b.Above, err = half(func(v float64) bool { return v >= b.Pivot }); err != nil {
		return Bend{}, fmt.Errorf("from %v: %w", b.Pivot, err)
	}
	b.Decidable = min(b.Below.Slope.Confidence, b.Above.Slope.Confidence) >= confidence
	return b, nil
}

// Bent is true when the data show a bend: the intervals of the two slopes do
// not meet. False is no proof of a straight line. Two intervals apart at 95 %
// are stronger evidence than p = 0.05, which suits a remark in a report.
func (b Bend) Bent() bool {
	return b.Decidable && (b.Below.Slope.High < b.Above.Slope.Low || b.Above.Slope.High < b.Below.Slope.Low)
}
