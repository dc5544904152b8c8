package verdict

import (
	"math"

	"github.com/org/proxy-bench-action/internal/bench"
)

// direction is the side on which a change is looked for. An improvement is the
// mirror image of a regression; gated metrics are all better when lower.
type direction int

const (
	worse  direction = 1
	better direction = -1
)

var directions = []direction{worse, better}

// over is how far a shift lies in this direction, on the log scale.
func (d direction) over(shift float64) float64 { return float64(d) * math.Log1p(shift) }

// share is how far a group moved in this direction, as a share of its limit.
func (d direction) share(g bench.Group) float64 {
	if g.Shift == nil {
		return math.Inf(-1)
	}
	return d.over(*g.Shift) / tau(*g.Limit)
}

func (d direction) p(c bench.Comparison) float64 { return d.pick(c.P, c.PBetter) }

func (d direction) groupP(g bench.Group) float64 { return d.pick(g.P, g.PBetter) }

// pick returns 1, no evidence, for a p that is absent.
func (d direction) pick(up, down *float64) float64 {
	p := up
	if d == better {
		p = down
	}
	if p == nil {
		return 1
	}
	return *p
}

func (d direction) outcome() bench.Outcome {
	if d == better {
		return bench.Improvement
	}
	return bench.Regression
}
