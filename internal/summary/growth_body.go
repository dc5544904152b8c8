package summary

import (
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// Shape says how overhead grows with the size of the request body.
type Shape string

// The shapes of growth with body size.
const (
	Flat      Shape = "flat"      // no growth is shown
	Straight  Shape = "straight"  // it grows, and no bend is shown
	Bent      Shape = "bent"      // the cost of a byte differs between small and large bodies
	Undecided Shape = "undecided" // too few sizes or rounds to tell straight from bent
)

// Body is how the overhead of one mode at one concurrency grows with the size
// of the request body.
type Body struct {
	Mode        bench.Mode
	Concurrency int
	Metric      bench.Metric // whose overhead: the mode's primary one
	// Line is overhead in seconds over body bytes: its slope is seconds per
	// byte with a 95 % interval, its intercept the seconds that any body costs.
	Line stats.Line
	// Bend holds the slopes of the smaller and the larger bodies; it is empty
	// when there are fewer than three sizes.
	Bend  stats.Bend
	Shape Shape
}

const growthConfidence = 0.95

// BodyGrowth fits the overhead of arm against body size, for each mode and
// concurrency with at least two sizes, in the order of the scenarios. Each
// round is a point of its own, so that the interval knows how rounds differ.
func BodyGrowth(rounds []bench.Round, scenarios []bench.Scenario, arm bench.Arm) []Body {
	var growth []Body
	for _, sweep := range sweeps(scenarios, func(s bench.Scenario) bench.Scenario {
		s.BodyBytes = 0
		return s
	}) {
		metric := sweep[0].Mode.Primary()
		var x, y []float64
		for _, s := range sweep {
			for _, overhead := range Overheads(rounds, s.ID(), arm, metric) {
				x = append(x, float64(s.BodyBytes))
				y = append(y, overhead)
			}
		}
		line, err := stats.TheilSen(x, y, growthConfidence)
		if err != nil {
			continue // fewer than two sizes: there is no growth to speak of
		}
		bend, err := stats.SplitTheilSen(x, y, growthConfidence)
		growth = append(growth, Body{
			Mode:        sweep[0].Mode,
			Concurrency: sweep[0].Concurrency,
			Metric:      metric,
			Line:        line,
			Bend:        bend,
			Shape:       shape(line, bend, err == nil && bend.Decidable),
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

// sweeps groups the scenarios that differ only in what rest erases, in the
// order in which each group begins.
func sweeps(scenarios []bench.Scenario, rest func(bench.Scenario) bench.Scenario) [][]bench.Scenario {
	var groups [][]bench.Scenario
	index := make(map[bench.Scenario]int)
	for _, s := range scenarios {
		key := rest(s)
		i, known := index[key]
		if !known {
			i = len(groups)
			index[key] = i
			groups = append(groups, nil)
		}
		groups[i] = append(groups[i], s)
	}
	return groups
}
