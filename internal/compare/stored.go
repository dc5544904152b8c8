package compare

import (
	"fmt"
	"math"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
	"github.com/org/proxy-bench-action/internal/summary"
)

// Side is one of two runs that shared no round: its rounds, and the arm in
// them that is compared. A run of main has its gateway as head.
type Side struct {
	Rounds summary.Index
	Arm    bench.Arm
}

// NewSide is an arm of some rounds.
func NewSide(rounds []bench.Round, arm bench.Arm) Side { return Side{summary.NewIndex(rounds), arm} }

// normalised returns the values of a metric, those of the direct arm, and
// ln(value/direct) round by round: the machine's speed is in both and cancels.
// reason says why there is none.
func (s Side) normalised(scenario string, m bench.Metric) (values, direct, y []float64, reason string) {
	reason = "no round was measured"
	for _, row := range s.Rounds.Rows(scenario) {
		r := row.Arm(s.Arm)
		if r == nil {
			continue
		}
		v, no := value(r, s.Arm, m)
		d, noDirect := value(row.Direct, bench.Direct, m)
		switch {
		case no != "":
			reason = no
		case noDirect != "":
			reason = noDirect
		case v <= 0 || d <= 0:
			reason = "a value of 0 or below has no ratio"
		default:
			values, direct = append(values, v), append(direct, d)
			y = append(y, math.Log(v)-math.Log(d))
		}
	}
	if len(y) > 0 {
		reason = ""
	}
	return values, direct, y, reason
}

// movedLimit is the largest ratio of the direct arms of the two runs.
const movedLimit = 1.25

// Stored compares head with a base that was measured in another job, each
// divided by its own direct arm, by the textbook Mann-Whitney test: here the
// arms are independent. margin says, from the overhead share, by which share
// head has to lie above. Base and Direct are those of the base's run, and
// Reason tells when the direct path itself has moved.
func Stored(s bench.Scenario, m bench.Metric, base, head Side, margin func(overheadShare float64) float64) bench.Comparison {
	out := bench.Comparison{Scenario: s.ID(), Metric: m}
	baseValues, baseDirect, x, noBase := base.normalised(out.Scenario, m)
	headValues, headDirect, y, noHead := head.normalised(out.Scenario, m)
	out.Rounds = min(len(x), len(y))
	out.Base, out.Head, out.Direct = median(baseValues), median(headValues), median(baseDirect)
	out.Share = share(out.Base, out.Direct)
	switch {
	case noBase != "":
		out.Reason = "stored run: " + noBase
		return out
	case noHead != "":
		out.Reason = noHead
		return out
	}
	estimate, err := stats.HodgesLehmannUnpaired(x, y, confidence)
	limits, errLimits := stats.HodgesLehmannUnpaired(x, y, oneSided)
	if err != nil || errLimits != nil || !setShift(&out, estimate) {
		out.Reason = tooFar
		return out
	}
	setLimits(&out, limits)
	by := math.Log1p(margin(*out.Share))
	raised := func(v float64) float64 { return v + by }
	worse, err := stats.MannWhitney(each(x, raised), y)
	better, errBetter := stats.MannWhitney(each(y, raised), x)
	if err != nil || errBetter != nil {
		out.Reason = tooFar
		return out
	}
	out.Method, out.U, out.P, out.PBetter = bench.MethodUnpaired, &worse.U, &worse.PGreater, &better.PGreater
	if now := median(headDirect); math.Abs(math.Log(*now / *out.Direct)) > math.Log(movedLimit) {
		out.Reason = fmt.Sprintf("the direct path moved by %+.0f %%, more than %.0f %%", 100*(*now / *out.Direct - 1), 100*(movedLimit-1))
	}
	return out
}

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
