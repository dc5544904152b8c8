package report

import (
	"slices"
	"strconv"

	"github.com/org/proxy-bench-action/internal/bench"
)

// turn is one round of a scenario with what each arm took.
type turn struct {
	number int
	stage  bench.Stage
	took   map[bench.Arm]float64
}

// turns are the valid rounds in which any of the arms has a value.
func (r row) turns(m bench.Metric, arms []bench.Arm) []turn {
	var all []turn
	index := make(map[int]int)
	for _, round := range r.rounds {
		v, ok := round.Metrics[m]
		if !ok || round.Void != "" || !slices.Contains(arms, round.Arm) {
			continue
		}
		i, known := index[round.Round]
		if !known {
			i = len(all)
			index[round.Round] = i
			all = append(all, turn{round.Round, round.Stage, make(map[bench.Arm]float64)})
		}
		all[i].took[round.Arm] = v
	}
	slices.SortFunc(all, func(a, b turn) int { return a.number - b.number })
	return all
}

// rounds draws the value of each round, in the order measured; what base and
// head took in the same round is joined.
func (h *hypertext) rounds(r row, m moment) (figureView, bool) {
	arms := h.sheet.gateways
	if len(arms) == 0 {
		arms = h.sheet.arms
	}
	turns := r.turns(m.typical, arms)
	var values, at, ticks []float64
	var names []string
	for i, t := range turns {
		at = append(at, float64(i+1)) // by place: fresh rounds of few scenarios are far apart by number
		if i == 0 || i == len(turns)-1 || t.stage != turns[i-1].stage {
			ticks, names = append(ticks, float64(i+1)), append(names, strconv.Itoa(t.number))
		}
		for _, v := range t.took {
			values = append(values, v)
		}
	}
	x, ok := linear(ones, at, left, right)
	y, okay := linear(timeUnit(values), values, lower, upper)
	if !ok || !okay {
		return figureView{}, false
	}
	d := frame(x.named(ticks, names), y, "round", m.word())
	var pairs [][2]spot
	spots := make(map[bench.Arm][]spot)
	for i, t := range turns {
		if i > 0 && t.stage != turns[i-1].stage {
			at := x.at(float64(i) + 0.5)
			d.line("stage", spot{at, upper}, spot{at, lower})
			d.text("s", spot{at + 4, upper - 4}, "fresh rounds")
		}
		for _, arm := range arms {
			if v, ok := t.took[arm]; ok {
				spots[arm] = append(spots[arm], spot{x.at(float64(i + 1)), y.at(v)})
			}
		}
		base, isBase := t.took[bench.Base]
		head, isHead := t.took[bench.Head]
		if isBase && isHead {
			pairs = append(pairs, [2]spot{{x.at(float64(i + 1)), y.at(base)}, {x.at(float64(i + 1)), y.at(head)}})
		}
	}
	d.segments("m p", pairs...)
	var legend []legendView
	for _, arm := range arms {
		d.armDots(arm, spots[arm]...)
		legend = append(legend, legendView{Class: armClass[arm], Name: h.sheet.role(arm)})
	}
	return d.chart("rounds", "Rounds: "+m.word(), "", legend), true
}
