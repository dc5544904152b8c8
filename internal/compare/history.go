package compare

import (
	"math"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// LeastHistory is how many runs of main a prediction interval needs: their own
// spread has to be known.
const LeastHistory = 10

// Past is a metric of a scenario that has a direct path, with its figure in each of
// the runs of main: the median over the run's rounds of ln(proxied/direct).
type Past struct {
	Scenario bench.Scenario
	Metric   bench.Metric
	Runs     []float64
}

// History compares head with K runs of main by a prediction interval:
//
//	t = (y − ȳ − ln(1 + δ))/√(v(1 + 1/K)),
//
// y the figure of head, which is the median over its processes of ln(proxied/direct), ȳ
// the mean of the runs', v half their own variance and half that of all metrics of
// the same statistic, and 1.5 (K − 1) degrees of freedom. More rounds do not sharpen
// it, more runs do. The columns are those of [Stored].
func History(all []Past, head Side, delta float64) []bench.Comparison {
	shared := sharedVariance(all)
	comparisons := make([]bench.Comparison, len(all))
	for i, p := range all {
		comparisons[i] = p.comparison(head, shared[statistic(p.Metric)], delta)
	}
	return comparisons
}

// statistic is what the spread of a metric depends on: a p95 has two to three times
// that of a mean.
func statistic(m bench.Metric) bench.Statistic {
	d, _ := m.Describe()
	return d.Statistic
}

func sharedVariance(all []Past) map[bench.Statistic]float64 {
	shared, known := make(map[bench.Statistic]float64), make(map[bench.Statistic]int)
	for _, p := range all {
		if sd, err := stats.SD(p.Runs); err == nil {
			of := statistic(p.Metric)
			shared[of], known[of] = shared[of]+sd*sd, known[of]+1
		}
	}
	for of, n := range known {
		shared[of] /= float64(n)
	}
	return shared
}

func (p Past) comparison(head Side, shared, delta float64) bench.Comparison {
	y := head.sample(p.Scenario.ID(), p.Metric)
	out := bench.Comparison{Scenario: p.Scenario.ID(), Metric: p.Metric, Rounds: y.rounds, Pairs: len(y.y), Reason: y.reason}
	mean, errMean := stats.Mean(p.Runs)
	sd, errSD := stats.SD(p.Runs)
	now, err := stats.Median(y.y)
	switch {
	case err != nil:
		return out
	case errMean != nil || errSD != nil || len(p.Runs) < LeastHistory:
		out.Reason = "too few runs in the history"
		return out
	}
	k := float64(len(p.Runs))
	df := 1.5 * (k - 1)
	se := math.Sqrt((sd*sd + shared) / 2 * (1 + 1/k))
	d := now - mean
	spread := func(confidence float64) stats.Estimate {
		half := quantileT((1-confidence)/2, df) * se
		return stats.Estimate{Value: d, Low: d - half, High: d + half, Confidence: confidence}
	}
	if !setColumns(&out, y.direct, mean, spread(confidence)) {
		out.Reason = tooFar
		return out
	}
	setLimits(&out, spread(oneSided))
	chance := func(d float64) *float64 {
		if se == 0 {
			if d > math.Log1p(delta) {
				return new(0.0)
			}
			return new(1.0)
		}
		return new(stats.StudentTSF((d-math.Log1p(delta))/se, df))
	}
	out.Method, out.P, out.PBetter = bench.MethodHistory, chance(d), chance(-d)
	return out
}

// quantileT is the x ≥ 0 whose upper tail is p ≤ ½, by bisection.
func quantileT(p, df float64) float64 {
	low, high := 0.0, 1.0
	for stats.StudentTSF(high, df) > p {
		high *= 2
	}
	for range 60 {
		if mid := (low + high) / 2; stats.StudentTSF(mid, df) > p {
			low = mid
		} else {
			high = mid
		}
	}
	return high
}
