package calibrate

import (
	"fmt"
	"math"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// pair is base and head of one round of one scenario.
type pair struct {
	round      int // place in the pool
	base, head *bench.Round
}

// pairs gathers the rounds in which both arms of a scenario count and have the
// metric, above 0.
func (p pool) pairs(scenario string, m bench.Metric) []pair {
	var all []pair
	counts := func(r *bench.Round) bool { return r != nil && r.Metrics[m] > 0 && !math.IsInf(r.Metrics[m], 1) }
	for i, round := range p.indexed {
		for _, r := range round.Rows(scenario) {
			if counts(r.Base) && counts(r.Head) {
				all = append(all, pair{i, r.Base, r.Head})
			}
		}
	}
	return all
}

// noise splits the spread of a metric by source. The variance of d between
// rounds is that of the means of its slices, as far as they vary independently,
// and the rest, which fresh processes bring. Drift inside a round makes the
// slices of both arms vary together and cancels in d: the rest is then an
// underestimate.
func (p pool) noise(scenario string, m bench.Metric) bench.Noise {
	out := bench.Noise{Scenario: scenario, Metric: m}
	var d []float64
	var within, explained, arms float64
	pairs := p.pairs(scenario, m)
	for _, r := range pairs {
		d = append(d, math.Log(r.head.Metrics[m])-math.Log(r.base.Metrics[m]))
		for _, arm := range []*bench.Round{r.base, r.head} {
			variance, n := logVariance(arm.Slices[m])
			if n > 0 {
				within += variance
				explained += variance / float64(n)
				arms++
			}
		}
	}
	out.Rounds = len(d)
	between, err := stats.SD(d)
	if err != nil {
		return out
	}
	out.Between = &between
	// All or none: a mean over the rounds that look well would be too small.
	if arms == float64(2*len(pairs)) {
		out.Within = new(math.Sqrt(within / arms))
		out.Process = new(math.Sqrt(max(0, between*between-2*explained/arms)))
	}
	return out
}

// logVariance is that of ln values; n is 0 when it cannot be had.
func logVariance(values []float64) (variance float64, n int) {
	logs := make([]float64, len(values))
	for i, v := range values {
		logs[i] = math.Log(v)
	}
	sd, err := stats.SD(logs)
	if err != nil {
		return 0, 0
	}
	return sd * sd, len(values)
}

// drift follows the level of the gateways: the mean over the scenarios of the
// log of the primary metric, base and head together, each scenario around its
// own mean.
func (p pool) drift() (bench.Drift, error) {
	sum, count := make([]float64, len(p.rounds)), make([]float64, len(p.rounds))
	for _, s := range p.scenarios {
		m := s.Mode.Primary()
		pairs := p.pairs(s.ID(), m)
		var logs []float64
		for _, r := range pairs {
			logs = append(logs, (math.Log(r.base.Metrics[m])+math.Log(r.head.Metrics[m]))/2)
		}
		mean, err := stats.Mean(logs)
		if err != nil {
			continue // a scenario without a value in any round tells nothing
		}
		for i, r := range pairs {
			sum[r.round] += logs[i] - mean
			count[r.round]++
		}
	}
	var x, level []float64
	for i, n := range count {
		if n > 0 {
			x, level = append(x, float64(i)), append(level, sum[i]/n)
		}
	}
	line, err := stats.TheilSen(x, level, 0.95)
	if err != nil {
		return bench.Drift{}, fmt.Errorf("drift over the rounds: %w", err)
	}
	sd, err := stats.SD(level)
	if err != nil {
		return bench.Drift{}, fmt.Errorf("drift over the rounds: %w", err)
	}
	return bench.Drift{
		PerRound: line.Slope.Value, CI: &bench.Interval{line.Slope.Low, line.Slope.High},
		SD: sd, Autocorrelation: autocorrelation(level),
	}, nil
}

// autocorrelation is that of lag 1; 0 for values that are all equal.
func autocorrelation(x []float64) float64 {
	mean, err := stats.Mean(x)
	if err != nil {
		return 0
	}
	product, square := 0.0, 0.0
	for i, v := range x {
		square += (v - mean) * (v - mean)
		if i > 0 {
			product += (v - mean) * (x[i-1] - mean)
		}
	}
	if square == 0 {
		return 0
	}
	return product / square
}
