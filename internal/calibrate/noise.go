package calibrate

import (
	"fmt"
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// row is base and head of one round of one scenario.
type row struct {
	pair, round int // places in the pool
	base, head  *bench.Round
}

// d is ln(head/base).
func (r row) d(m bench.Metric) float64 {
	return math.Log(r.head.Metrics[m]) - math.Log(r.base.Metrics[m])
}

// rows gathers the rounds in which both arms of a scenario count and have the
// metric, above 0.
func (p pool) rows(scenario string, m bench.Metric) []row {
	var all []row
	counts := func(r *bench.Round) bool { return r != nil && r.Metrics[m] > 0 && !math.IsInf(r.Metrics[m], 1) }
	for i, rounds := range p.indexed {
		for _, r := range rounds.Rows(scenario) {
			if counts(r.Base) && counts(r.Head) {
				at, _ := slices.BinarySearch(p.numbers, r.Number)
				all = append(all, row{i, at, r.Base, r.Head})
			}
		}
	}
	return all
}

// byPair cuts rows into those of one process pair each.
func byPair(rows []row) [][]row {
	var all [][]row
	for i, r := range rows {
		if i == 0 || r.pair != rows[i-1].pair {
			all = append(all, nil)
		}
		all[len(all)-1] = append(all[len(all)-1], r)
	}
	return all
}

// noise splits the spread of a metric by source. The variance of d between
// process pairs is that of the means of their slices, as far as they vary
// independently, and the rest, which fresh processes bring. Drift inside a round
// makes the slices of both arms vary together and cancels in d: the rest is then an
// underestimate.
func (p pool) noise(scenario string, m bench.Metric) bench.Noise {
	out := bench.Noise{Scenario: scenario, Metric: m}
	var d []float64
	var within, explained, arms float64
	rows := p.rows(scenario, m)
	for _, pair := range byPair(rows) {
		mean, k := 0.0, float64(len(pair))
		for _, r := range pair {
			mean += r.d(m) / k
			for _, arm := range []*bench.Round{r.base, r.head} {
				variance, n := logVariance(arm.Slices[m])
				if n > 0 {
					within += variance
					explained += variance / (float64(n) * k * k)
					arms++
				}
			}
		}
		d = append(d, mean)
	}
	out.Rounds = len(rows)
	between, err := stats.SD(d)
	if err != nil {
		return out
	}
	out.Between = &between
	// All or none: a mean over the rounds that look well would be too small.
	if arms == float64(2*len(rows)) && !m.InShares() {
		out.Within = new(math.Sqrt(within / arms))
		out.Process = new(math.Sqrt(max(0, between*between-explained/float64(len(d)))))
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
	sum, count := make([]float64, len(p.numbers)), make([]float64, len(p.numbers))
	for _, s := range p.scenarios {
		m := s.Mode.Primary()
		rows := p.rows(s.ID(), m)
		var logs []float64
		for _, r := range rows {
			logs = append(logs, (math.Log(r.base.Metrics[m])+math.Log(r.head.Metrics[m]))/2)
		}
		mean, err := stats.Mean(logs)
		if err != nil {
			continue // a scenario without a value in any round tells nothing
		}
		for i, r := range rows {
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
