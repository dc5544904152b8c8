package stats

import (
	"cmp"
	"fmt"
	"slices"
)

// Holm returns the p-values adjusted for being a family, in the order given: rejecting
// those at or below α keeps the chance of any false one at α (Holm 1979). Hypotheses have
// parts of α by their weights (section 4); equal ones make it the usual method. Weights
// have to be positive, and may come from anything but the data that the p are of. A
// family of none has no adjusted p and is no error.
func Holm(p, weights []float64) ([]float64, error) {
	if len(p) != len(weights) {
		return nil, fmt.Errorf("%d p-values and %d weights: %w", len(p), len(weights), ErrRange)
	}
	order := make([]int, len(p))
	for i, v := range p {
		if !(v >= 0 && v <= 1) || !(weights[i] > 0) {
			return nil, fmt.Errorf("p-value %d is %v with the weight %v, not in [0, 1] or not positive: %w", i, v, weights[i], ErrRange)
		}
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(p[a]/weights[a], p[b]/weights[b]) })
	adjusted := make([]float64, len(p))
	floor := 0.0
	for rank, i := range order {
		left := 0.0
		for _, j := range order[rank:] {
			left += weights[j]
		}
		floor = max(floor, min(1, left/weights[i]*p[i]))
		adjusted[i] = floor
	}
	return adjusted, nil
}
