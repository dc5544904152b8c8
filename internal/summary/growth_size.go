package summary

import (
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// Shape says how overhead grows with a size.
type Shape string

// The shapes of growth.
const (
	Flat      Shape = "flat"      // no growth is shown
	Straight  Shape = "straight"  // it grows, and no bend is shown
	Bent      Shape = "bent"      // the cost of a byte differs between small and large ones
	Undecided Shape = "undecided" // too few sizes or rounds to tell straight from bent
)

// Size is a dimension of scenarios that overhead can grow with.
type Size string

// The sizes.
const (
	OfBody   Size = "body"   // bytes of the request body
	OfAnswer Size = "answer" // bytes of a JSON answer, chunks of a stream
)

// in is the size of s.
func (z Size) in(s bench.Scenario) int {
	if z == OfAnswer {
		return s.Answer
	}
	return s.BodyBytes
}

// without is s with the size removed.
func (z Size) without(s bench.Scenario) bench.Scenario {
	if z == OfAnswer {
		s.Answer = 0
	} else {
		s.BodyBytes = 0
	}
	return s
}

// Growth is how the overhead of scenarios that differ in one size grows with it.
type Growth struct {
	Size   Size
	Rest   bench.Scenario // what they have in common
	Metric bench.Metric   // whose overhead: the mode's primary one
	// Line is overhead in seconds over the size: its slope is seconds per byte or
	// chunk with a 95 % interval, its intercept the seconds at size 0.
	Line stats.Line
	// Bend holds the slopes of the smaller and the larger sizes; it is empty
	// when there are fewer than three.
	Bend  stats.Bend
	Shape Shape
}

const growthConfidence = 0.95

// SizeGrowth fits the overhead of arm against a size, for all scenarios that
// differ in nothing else, where there are at least two, in the order of the
// scenarios. Each round is one point, so that the interval includes the spread of
// the rounds.
func SizeGrowth(rounds Index, scenarios []bench.Scenario, arm bench.Arm, size Size) []Growth {
	var growth []Growth
	for _, sweep := range sweeps(scenarios, size.without, size.in) {
		metric := sweep[0].Mode.Primary()
		var x, y []float64
		for _, s := range sweep {
			for _, overhead := range rounds.Overheads(s.ID(), arm, metric) {
				x = append(x, float64(size.in(s)))
				y = append(y, overhead)
			}
		}
		line, err := stats.TheilSen(x, y, growthConfidence)
		if err != nil {
			continue // fewer than two sizes
		}
		bend, err := stats.SplitTheilSen(x, y, growthConfidence)
		growth = append(growth, Growth{
			Size:   size,
			Rest:   size.without(sweep[0]),
			Metric: metric,
			Line:   line,
			Bend:   bend,
			Shape:  shape(line, bend, err == nil && bend.Decidable),
		})
	}
	return growth
}

func shape(line stats.Line, bend stats.Bend, decidable bool) Shape {
	switch {
	case !decidable:
		return Undecided
	case bend.Bent():
		return Bent
	case line.Slope.Low <= 0 && line.Slope.High >= 0:
		return Flat
	default:
		return Straight
	}
}
