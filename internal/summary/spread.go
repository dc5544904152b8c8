package summary

import "github.com/org/proxy-bench-action/internal/stats"

// Spread is the middle of some values and how far they lie apart.
type Spread struct {
	Median float64
	Low    float64 // nearest-rank 10th percentile
	High   float64 // nearest-rank 90th percentile
}

// SpreadOf describes the values of several rounds. Low and High are measured
// values: of ten rounds the lowest and the second highest, so that one bad round
// does not widen the spread. ok is false without values and when one is not a
// finite number.
func SpreadOf(values []float64) (s Spread, ok bool) {
	var err error
	if s.Median, err = stats.Median(values); err != nil {
		return Spread{}, false
	}
	if s.Low, err = stats.Quantile(values, 0.1); err != nil {
		return Spread{}, false
	}
	if s.High, err = stats.Quantile(values, 0.9); err != nil {
		return Spread{}, false
	}
	return s, true
}
