package compare

import (
	"math"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// LeastHistory is how many runs of main a prediction interval needs: their own
// spread has to be known.
const LeastHistory = 10

// History compares head with K runs of main by a prediction interval:
//
//	t = (y − ȳ − ln(1 + δ))/√(v(1 + 1/K)),
//
// y the figure of head, which is the median over its rounds of ln(proxied/direct), ȳ
// the mean of the runs', v half their own variance and half that of all scenarios, and
// 1.5 (K − 1) degrees of freedom. runs holds the figures of each of scenarios, in their
// order; metric says which. More rounds do not sharpen it, more runs do.
func History(scenarios []bench.Scenario, metric func(bench.Scenario) bench.Metric, runs [][]float64, head Side, delta float64) []bench.Comparison {
	shared, known := 0.0, 0
	for _, y := range runs {
		if sd, err := stats.SD(y); err == nil {
			shared, known = shared+sd*sd, known+1
		}
	}
	shared /= float64(max(1, known))
	all := make([]bench.Comparison, len(scenarios))
	for i, s := range scenarios {
		all[i] = past(s.ID(), metric(s), runs[i], shared, head, delta)
	}
	return all
}

func past(scenario string, m bench.Metric, runs []float64, shared float64, head Side, delta float64) bench.Comparison {
	values, direct, y, reason := head.normalised(scenario, m)
	out := bench.Comparison{Scenario: scenario, Metric: m, Rounds: len(y), Head: median(values), Direct: median(direct), Reason: reason}
	mean, errMean := stats.Mean(runs)
	sd, errSD := stats.SD(runs)
	now, err := stats.Median(y)
	switch {
	case err != nil:
		return out
	case errMean != nil || errSD != nil || len(runs) < LeastHistory:
		out.Reason = "too few runs in the history"
		return out
	}
	// The history has no seconds, only ratios: its base is on this machine's
	// direct path.
	out.Base = new(*out.Direct * math.Exp(mean))
	out.Share = share(out.Base, out.Direct)
	k := float64(len(runs))
	df := 1.5 * (k - 1)
	se := math.Sqrt((sd*sd + shared) / 2 * (1 + 1/k))
	d := now - mean
	spread := func(confidence float64) stats.Estimate {
		half := quantileT((1-confidence)/2, df) * se
		return stats.Estimate{Value: d, Low: d - half, High: d + half, Confidence: confidence}
	}
	if !setShift(&out, spread(confidence)) {
		out.Reason = tooFar
		return out
	}
	setLimits(&out, spread(oneSided))
	p := func(d float64) *float64 {
		if se == 0 {
			if d > math.Log1p(delta) {
				return new(0.0)
			}
			return new(1.0)
		}
		return new(stats.StudentTSF((d-math.Log1p(delta))/se, df))
	}
	out.Method, out.P, out.PBetter = bench.MethodHistory, p(d), p(-d)
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
