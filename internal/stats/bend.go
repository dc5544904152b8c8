package stats

import (
	"fmt"
	"slices"
)

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
