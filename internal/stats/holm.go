package stats

import (
	"cmp"
	"fmt"
	"slices"
)

// Holm returns the p-values adjusted for being a family, in the order given:
// rejecting those at or below α keeps the chance of any false one at α (Holm
// 1979). A family of none has no adjusted p and is no error.
func Holm(p []float64) ([]float64, error) {
	order := make([]int, len(p))
	for i, v := range p {
		if !(v >= 0 && v <= 1) {
			return nil, fmt.Errorf("p-value %d is %v, not in [0, 1]: %w", i, v, ErrRange)
		}
		order[i] = i
	}
	slices.SortFunc(order, func(a, b int) int { return cmp.Compare(p[a], p[b]) })
	adjusted := make([]float64, len(p))
	floor := 0.0
	for rank, i := range order {
		floor = max(floor, min(1, float64(len(p)-rank)*p[i]))
		adjusted[i] = floor
	}
	return adjusted, nil
}
