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
