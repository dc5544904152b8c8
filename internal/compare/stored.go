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

// sample is what a run says of one metric of one scenario.
type sample struct {
	// y has a value for each process, the mean over its rounds: of ln(value/direct),
	// so that the machine's speed cancels, or of ln(value) of what the direct path
	// does not have, such as CPU time and memory.
	y      []float64
	direct *float64 // median over the rounds; absent without a direct path
	rounds int
	reason string // why y is empty
}

// sample takes the rounds of a process together: they share its luck, and are one
// piece of evidence.
func (s Side) sample(scenario string, m bench.Metric) sample {
	out := sample{reason: "no round was measured"}
	var direct []float64
	byProcess := make(map[int][]float64)
	var order []int
	for _, row := range s.Rounds.Rows(scenario) {
		r := row.Arm(s.Arm)
		if r == nil {
			continue
		}
		v, d, reason := divided(row, s.Arm, m)
		if reason != "" {
			out.reason = reason
			continue
		}
		process := r.Process
		if process == 0 {
			process = -r.Round // each round its own
		}
		if byProcess[process] == nil {
			order = append(order, process)
		}
		byProcess[process] = append(byProcess[process], math.Log(v)-math.Log(d))
		if m.IsClock() {
			direct = append(direct, d)
		}
		out.rounds++
	}
	for _, process := range order {
		if mean, err := stats.Mean(byProcess[process]); err == nil {
			out.y = append(out.y, mean)
		}
	}
	if len(out.y) > 0 {
		out.direct, out.reason = median(direct), ""
	}
	return out
}

// divided returns a round's value and what it is divided by: the direct path's, or 1
// where that has none.
func divided(row summary.Row, arm bench.Arm, m bench.Metric) (v, d float64, reason string) {
	v, reason = value(row.Arm(arm), arm, m)
	d = 1
	if reason == "" && m.IsClock() {
		d, reason = value(row.Direct, bench.Direct, m)
	}
	if reason == "" && (v <= 0 || d <= 0) {
		reason = "a value of 0 or below has no ratio"
	}
	return v, d, reason
}

// movedLimit is the largest ratio of the direct paths of the two runs.
const movedLimit = 1.25

// moved says by how much the direct path of a scenario differs between two runs, when
// that is too much to divide by: the machine then differs in more than its speed.
func moved(s bench.Scenario, base, head Side) string {
	m := s.Mode.Primary()
	then, now := base.sample(s.ID(), m).direct, head.sample(s.ID(), m).direct
	if then == nil || now == nil {
		return ""
	}
	if d := math.Log(*now) - math.Log(*then); math.Abs(d) > math.Log(movedLimit) {
		return fmt.Sprintf("the direct path moved by %+.0f %%, more than %.0f %%", 100*math.Expm1(d), 100*(movedLimit-1))
	}
	return ""
}

// timed is true for what the speed of a machine changes.
func timed(m bench.Metric) bool {
	d, _ := m.Describe()
	return d.Unit == bench.Seconds
}

// Stored compares head with a base that was measured in another job, each divided by
// its own direct path where the metric has one, by the textbook Mann-Whitney test on
// processes: here the arms are independent. Pairs is the number of processes of the
// side that has fewer. limit gets the comparison with Base, Share and Shift, and says
// by which share head has to lie above base. Base is what it would be on head's
// machine, so that all columns of a row agree: Direct is the median here, Base is as
// far above it as it was there, and Head lies above Base by Shift. Reason tells when
// the direct path itself has moved, which casts doubt on every time.
func Stored(s bench.Scenario, m bench.Metric, base, head Side, limit func(*bench.Comparison) float64) bench.Comparison {
	out := bench.Comparison{Scenario: s.ID(), Metric: m}
	x, y := base.sample(out.Scenario, m), head.sample(out.Scenario, m)
	out.Rounds, out.Pairs = min(x.rounds, y.rounds), min(len(x.y), len(y.y))
	switch {
	case x.reason != "":
		out.Reason = "stored run: " + x.reason
		return out
	case y.reason != "":
		out.Reason = y.reason
		return out
	}
	level, errLevel := stats.Median(x.y)
	estimate, err := stats.HodgesLehmannUnpaired(x.y, y.y, confidence)
	limits, errLimits := stats.HodgesLehmannUnpaired(x.y, y.y, oneSided)
	if errLevel != nil || err != nil || errLimits != nil || !setColumns(&out, y.direct, level, estimate) {
		out.Reason = tooFar
		return out
	}
	setLimits(&out, limits)
	by := math.Log1p(limit(&out))
	raised := func(v float64) float64 { return v + by }
	worse, err := stats.MannWhitney(each(x.y, raised), y.y)
	better, errBetter := stats.MannWhitney(each(y.y, raised), x.y)
	if err != nil || errBetter != nil {
		out.Reason = tooFar
		return out
	}
	out.Method, out.U, out.P, out.PBetter = bench.MethodUnpaired, &worse.U, &worse.PGreater, &better.PGreater
	if timed(m) {
		out.Reason = moved(s, base, head)
	}
	return out
}

// setColumns fills in direct, base, head and the change of a row: level is base's
// ln(value/direct), or its ln(value) without a direct path. It is false when they are
// too far apart for a number.
func setColumns(out *bench.Comparison, direct *float64, level float64, estimate stats.Estimate) bool {
	unit := 1.0
	if direct != nil {
		unit = *direct
	}
	base := unit * math.Exp(level)
	if math.IsInf(base, 0) || base == 0 {
		return false
	}
	out.Direct, out.Base = direct, &base
	out.Share = share(out.Base, out.Direct)
	if !setShift(out, estimate) {
		return false
	}
	out.Head = new(base * (1 + *out.Shift))
	return true
}
