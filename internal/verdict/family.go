package verdict

import (
	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// trial is what was tested in one direction: in two stages on fresh rounds, in one
// stage on all.
type trial struct {
	level  float64         // of the scenarios
	family map[key]float64 // adjusted p of each hypothesis
	// lost are the hypotheses that no difference, however clear, could have shown,
	// with the smallest p that they can have.
	lost map[key]float64
	// groups are judged at groupLevel, by a p that is adjusted.
	groupLevel float64
	groups     []bench.Group
	groupPs    []float64
}

// tryHypotheses tests at the level of the last look, and where that finds nothing and
// no look is to follow at what is left of the gate's: another look would have
// followed, had there been time.
func (d *decision) tryHypotheses() {
	own, left := d.levels()
	d.try(own)
	if !d.early && left > own && !d.finds() {
		d.try(left)
	}
	worse := d.tried[worse]
	d.verdict.Rule.Level, d.verdict.Rule.Hypotheses = worse.level, len(worse.family)
}

// try tests at a level. Per direction: the two are separate questions. Scenarios and
// groups have half of the level each where both are tried.
func (d *decision) try(level float64) {
	d.tried = make(map[direction]trial)
	for _, dir := range directions {
		t := trial{level: level, groupLevel: level / 2}
		if t.groups = d.groupsTried(dir, t.groupLevel); len(t.groups) > 0 {
			t.level = level / 2
		}
		t.family, t.lost = family(d.verdict.Comparisons, dir, t.level, d.ranks(dir), func(c bench.Comparison) bool { return d.isTried(c, dir) })
		if len(t.family) == 0 {
			t.groupLevel = level
		}
		var ps, weights []float64
		for i, g := range t.groups {
			ps, weights = append(ps, dir.groupP(g)), append(weights, d.groupWeight(i))
		}
		t.groupPs, _ = stats.Holm(ps, weights) // of p-values, or of 1 where there is none
		d.tried[dir] = t
	}
}

// isTried says which hypotheses are tested in a direction. In two stages it is what
// fresh rounds were measured for: the typical values, whether the screening flagged
// them or not, and what else it flagged.
func (d *decision) isTried(c bench.Comparison, dir direction) bool {
	flagged := d.suspicion[dir].flagged[keyOf(c)]
	switch {
	case !c.Gated || c.Shift == nil || c.Pairs < LeastPairs:
		return false
	case d.OneStage:
		return true
	case c.Stage != bench.Confirm:
		return false
	case dir == better:
		return flagged
	}
	return flagged || d.judges(c) && !d.onlyBetter[c.Scenario]
}

// family adjusts the p of the hypotheses of one direction by Holm. One whose smallest
// p does not reach its part of the level cannot be found, and would only take from
// the parts of the rest: it is left out (Tarone 1990). ranks are as of [holm]. With K the smallest number
// such that at most K hypotheses have a smallest p of level/K or below, those K are
// tried. How small a p can be depends on the number of process pairs alone, so that
// the choice does not bend the test.
func family(all []bench.Comparison, dir direction, level float64, ranks map[key]float64, tried func(bench.Comparison) bool) (adjusted, lost map[key]float64) {
	var candidates []bench.Comparison
	for _, c := range all {
		if tried(c) {
			candidates = append(candidates, c)
		}
	}
	lost = make(map[key]float64)
	for k := 1; ; k++ {
		clear(lost)
		for _, c := range candidates {
			if smallest := smallestP(c); smallest > level/float64(k) {
				lost[keyOf(c)] = smallest
			}
		}
		if len(candidates)-len(lost) <= k {
			break
		}
	}
	return holm(candidates, dir, ranks, func(c bench.Comparison) bool { return lost[keyOf(c)] == 0 }), lost
}

// ranks are the p of the screening. What it suspects most is most likely the one that is
// to be found, and has the largest part of the level: of eighteen hypotheses, the usual
// number where a group is measured again, 29 and not 6 %. In one stage there is no
// screening beside what decides.
func (d *decision) ranks(dir direction) map[key]float64 {
	if d.OneStage {
		return nil
	}
	ranks := make(map[key]float64)
	for k, c := range d.before {
		ranks[k] = dir.p(c)
	}
	return ranks
}

// holm adjusts the p of one family of hypotheses. The level is divided by ranks, which
// are of other data: the smallest has weight 1, the next 1/2, then 1/3. Without them all
// are equal.
func holm(all []bench.Comparison, dir direction, ranks map[key]float64, tried func(bench.Comparison) bool) map[key]float64 {
	var keys []key
	var ps []float64
	for _, c := range all {
		if tried(c) {
			keys, ps = append(keys, keyOf(c)), append(ps, dir.p(c))
		}
	}
	family := make(map[key]float64)
	weights := make([]float64, len(keys))
	for i, k := range keys {
		rank := 1
		for _, other := range keys {
			if ranks[other] < ranks[k] {
				rank++
			}
		}
		weights[i] = 1 / float64(rank)
	}
	if adjusted, err := stats.Holm(ps, weights); err == nil {
		for i, k := range keys {
			family[k] = adjusted[i]
		}
	}
	return family
}

// smallestP is the smallest p that a comparison can have. That of the stratified test
// is no limit worth a word.
func smallestP(c bench.Comparison) float64 {
	if c.Method != bench.MethodAligned {
		return 0
	}
	p, err := stats.SmallestPSignedRank(c.Pairs)
	if err != nil {
		return 1
	}
	return p
}

// holds says whether a change in a direction is shown: by its adjusted p, by an
// estimate beyond the limit, and by an interval that excludes no change at all. What
// all scenarios have moved by together does not count.
func (d *decision) holds(c bench.Comparison, dir direction) bool {
	adjusted, tried := d.tried[dir].family[keyOf(c)]
	return tried && adjusted <= d.tried[dir].level && excludesNone(c.ShiftCI, dir) && d.beyondCommon(c, dir)
}

// excludesNone is true when an interval has changes in one direction only.
func excludesNone(ci *bench.Interval, dir direction) bool {
	switch {
	case ci == nil:
		return false
	case dir == better:
		return ci[1] < 0
	default:
		return ci[0] > 0
	}
}

// finds says whether a regression of speed is shown.
func (d *decision) finds() bool {
	for _, c := range d.verdict.Comparisons {
		if d.holds(c, worse) {
			return true
		}
	}
	return d.groupShown(worse)
}
