package summary

import (
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// Overhead is what the gateway adds to a metric: proxied minus direct, in the
// metric's unit. It can be negative. ok is false when one of them has no such
// value, and when they are not the same scenario of the same round: a
// difference across rounds is drift, not overhead.
func Overhead(proxied, direct bench.Round, m bench.Metric) (overhead float64, ok bool) {
	if proxied.Round != direct.Round || proxied.Scenario != direct.Scenario {
		return 0, false
	}
	p, ok := proxied.Metrics[m]
	if !ok {
		return 0, false
	}
	d, ok := direct.Metrics[m]
	return p - d, ok
}

// Values returns the values of a metric over the valid rounds of one arm of
// one scenario, in the order of rounds; a round without a value is skipped.
func Values(rounds []bench.Round, scenario string, arm bench.Arm, m bench.Metric) []float64 {
	var values []float64
	for _, r := range rounds {
		if r.Void != "" || r.Scenario != scenario || r.Arm != arm {
			continue
		}
		if v, ok := r.Metrics[m]; ok {
			values = append(values, v)
		}
	}
	return values
}

// Overheads returns the Overhead of arm in each valid round of a scenario, in
// the order of rounds.
func Overheads(rounds []bench.Round, scenario string, arm bench.Arm, m bench.Metric) []float64 {
	direct := make(map[int]bench.Round)
	for _, r := range rounds {
		if r.Scenario == scenario && r.Arm == bench.Direct {
			direct[r.Round] = r
		}
	}
	var values []float64
	for _, r := range rounds {
		if r.Void != "" || r.Scenario != scenario || r.Arm != arm {
			continue
		}
		if v, ok := Overhead(r, direct[r.Round], m); ok {
			values = append(values, v)
		}
	}
	return values
}

// Spread is the middle of some values and how far they lie apart.
type Spread struct {
	Median float64
	Low    float64 // nearest-rank 10th percentile
	High   float64 // nearest-rank 90th percentile
}

// SpreadOf describes the values of several rounds. Its ends are values that
// were measured; of ten rounds the lowest and the second highest, so that one
// bad round does not make a row look wild. ok is false without values and when
// one is not a finite number.
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
