package calibrate

import (
	"maps"
	"math/rand/v2"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
)

// stretched are the pool's rounds with longer times: those of a scenario by its
// share of what the threshold is a share of, at every clock. CPU time stays: waiting
// longer costs none. So do the slices of a p95, which are no times and cannot be had
// from what is kept: it finds nothing here, where other metrics find the same.
func (p pool) stretched(by map[string]float64) [][]bench.Round {
	units := p.units()
	out := make([][]bench.Round, len(p.pairs))
	for i, rounds := range p.pairs {
		out[i] = slices.Clone(rounds)
		for k := range rounds {
			r := &out[i][k]
			if r.Arm == bench.Direct || by[r.Scenario] == 0 {
				continue
			}
			r.Metrics, r.Slices = maps.Clone(r.Metrics), maps.Clone(r.Slices)
			for m := range r.Metrics {
				if m.IsClock() {
					longer := 1 + by[r.Scenario]*units[key{r.Scenario, m}]
					r.Metrics[m] *= longer
					if !m.InShares() {
						r.Slices[m] = scaled(r.Slices[m], longer)
					}
				}
			}
		}
	}
	return out
}

func scaled(values []float64, by float64) []float64 {
	out := slices.Clone(values)
	for i := range out {
		out[i] *= by
	}
	return out
}

// units are the parts of the gated values that a threshold is a share of: the
// overhead, or all of it where there is no overhead to speak of.
func (p pool) units() map[key]float64 {
	units := make(map[key]float64)
	for _, c := range p.gated {
		units[key{c.Scenario, c.Metric}] = 1
		if c.Of == bench.OfOverhead && c.Share != nil {
			units[key{c.Scenario, c.Metric}] = min(1, max(0, *c.Share))
		}
	}
	return units
}

// slot is a place in a stage that a draw fills.
type slot struct {
	stage bench.Stage
	pairs int
	// only names the scenarios that are measured; nil is all.
	only []string
}

// drawing is the process pairs of one gate, in the making.
type drawing struct {
	pool
	rng *rand.Rand
	// slower are the pool's rounds as slower ones, of which the head's are taken for
	// the scenarios that are covered.
	slower  [][]bench.Round
	covered func(id string) bool

	drawn, rounds int // so far
}

// draw fills a slot with measured process pairs, drawn with replacement, and swaps
// the labels of each at random, as a whole. Each is a process pair of its own in the
// gate, whatever it was in the run.
func (d *drawing) draw(s slot) []bench.Round {
	all := make([]bench.Round, 0, s.pairs*len(d.pairs[0]))
	for range s.pairs {
		from, swap := d.rng.IntN(len(d.pairs)), d.rng.IntN(2) == 1
		d.drawn++
		before := 0 // number of the round before
		for k, r := range d.pairs[from] {
			if r.Round != before {
				before = r.Round
				d.rounds++
			}
			if s.only != nil && !slices.Contains(s.only, r.Scenario) {
				continue
			}
			arm := r.Arm
			if swap {
				arm = swapped[arm]
			}
			if arm == bench.Head && d.covered(r.Scenario) {
				r = d.slower[from][k]
			}
			r.Arm, r.Round, r.Stage, r.Process = arm, d.rounds, s.stage, d.drawn
			if arm == bench.Direct {
				r.Process = 0
			}
			r.Metrics = apart(r.Metrics, d.drawn)
			all = append(all, r)
		}
	}
	return all
}

// apart sets the i-th draw apart from others of the same rounds by a billionth,
// the same for both arms: d does not change, and the textbook test, which is
// only shown, has no ties, with which it takes a hundred times as long.
func apart(values map[bench.Metric]float64, i int) map[bench.Metric]float64 {
	out := make(map[bench.Metric]float64, len(values))
	for m, v := range values {
		out[m] = v * (1 + 1e-9*float64(i))
	}
	return out
}

var swapped = map[bench.Arm]bench.Arm{bench.Direct: bench.Direct, bench.Base: bench.Head, bench.Head: bench.Base}
