package verdict

import (
	"fmt"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// Decide makes the verdict from all rounds of a side-by-side trial. The stage
// of each round is in the Round itself, so that a saved result decides itself
// again, byte for byte.
func Decide(p bench.Policy, e Evidence) bench.Verdict {
	v := bench.Verdict{
		Schema:      bench.VerdictSchema,
		Rule:        bench.Rule{Alpha: p.Alpha, Delta: p.Delta, Threshold: p.Threshold, Floor: p.Floor},
		Scenarios:   []bench.ScenarioVerdict{},
		Comparisons: []bench.Comparison{},
	}
	a := analyse(p, e)
	if !slices.ContainsFunc(e.Rounds, func(r bench.Round) bool { return r.Arm == bench.Base }) {
		v.Outcome, v.Reason = bench.NoBaseline, "no round of a base was measured"
		return v
	}
	d := decision{analysis: a, screening: a.screening(), verdict: v}
	d.verdict.Rule.ScreenRounds, d.verdict.Rule.FreshRounds = a.screen.Rounds(), a.fresh.Rounds()
	d.rows()
	d.tryHypotheses()
	for i := range d.verdict.Comparisons {
		d.judge(&d.verdict.Comparisons[i])
	}
	d.judgeScenarios()
	d.judgeWhole()
	return d.verdict
}

// decision is a verdict in the making.
type decision struct {
	analysis
	screening
	verdict bench.Verdict
	groups  map[direction]bench.Group // with fresh rounds of all drawn members
	level   map[direction]float64
	family  map[direction]map[key]float64 // adjusted p of each hypothesis
}

// rows takes each scenario's comparisons from its fresh rounds where it has
// some, else from the screening.
func (d *decision) rows() {
	screen := d.judged(d.screen.SideBySide(d.Scenarios, d.Delta, d.all))
	fresh := d.judged(d.fresh.SideBySide(d.Scenarios, d.Delta, d.all, d.screen))
	for i, c := range screen {
		if d.fresh.Has(c.Scenario) {
			c = fresh[i]
		}
		d.verdict.Comparisons = append(d.verdict.Comparisons, c)
	}
	d.verdict.Errors = d.errorRates(func(bench.Stage) bool { return true })
}

// tryHypotheses adjusts the p of everything that was measured again: the
// typical values, whether the screening flagged them or not, and what else it
// flagged. Per direction: the two are separate questions.
func (d *decision) tryHypotheses() {
	d.groups = make(map[direction]bench.Group)
	d.level = make(map[direction]float64)
	d.family = make(map[direction]map[key]float64)
	limits := d.groupLimits(d.screening.comparisons)
	for _, dir := range []direction{worse, better} {
		var keys []key
		var ps []float64
		for _, c := range d.verdict.Comparisons {
			k := keyOf(c)
			if c.Stage == bench.Confirm && c.Shift != nil && (d.flagged[dir][k] || c.Metric.IsJudged()) {
				keys, ps = append(keys, k), append(ps, dir.p(c))
			}
		}
		d.family[dir] = make(map[key]float64)
		if adjusted, err := stats.Holm(ps); err == nil {
			for i, k := range keys {
				d.family[dir][k] = adjusted[i]
			}
		}
		d.level[dir] = d.Alpha - errorLooks*ErrorLevel(d.Alpha)
		members := d.screening.members[dir]
		if len(members) > 0 && !slices.ContainsFunc(members, func(id string) bool { return !d.fresh.Has(id) }) {
			name := d.screening.group[dir].Group
			d.groups[dir] = limited(d.fresh.Group(name, d.scenarios(members), d.Delta), limits)
			if len(keys) > 0 {
				d.level[dir] /= 2
			}
		}
	}
	d.verdict.Rule.Level, d.verdict.Rule.Hypotheses = d.level[worse], len(d.family[worse])
	d.warnUnreachable()
}

// warnUnreachable says when no difference, however clear, could be a
// regression. The stratified test has no such limit worth a word.
func (d *decision) warnUnreachable() {
	family := len(d.family[worse])
	for _, c := range d.verdict.Comparisons {
		if _, tried := d.family[worse][keyOf(c)]; !tried || c.Method != bench.MethodAligned {
			continue
		}
		p, err := stats.SmallestPSignedRank(c.Rounds)
		if err != nil || p*float64(family) <= d.level[worse] {
			continue
		}
		d.verdict.Warnings = append(d.verdict.Warnings, fmt.Sprintf(
			"alpha %v cannot be reached: %d fresh rounds have no p below %.2g, and %d hypotheses share %.2g; measure more rounds",
			d.Alpha, c.Rounds, p, family, d.level[worse]))
		return
	}
}

// judge writes the outcome of one comparison and its reason.
func (d *decision) judge(c *bench.Comparison) {
	switch {
	case !c.Gated:
		c.Outcome = bench.Shown
		return
	case c.Shift == nil:
		c.Outcome = bench.Inconclusive
		return
	}
	k := keyOf(*c)
	c.Resolution = d.resolution(*c)
	for _, dir := range []direction{worse, better} {
		adjusted, tried := d.family[dir][k]
		if !tried {
			continue
		}
		if dir == worse || d.flagged[better][k] {
			c.PAdjusted = &adjusted
		}
		if adjusted <= d.level[dir] && dir.over(*c.Shift) > tau(*c.Limit) {
			c.PAdjusted, c.Outcome = &adjusted, dir.outcome()
			c.Reason = fmt.Sprintf("%s, %s, %s ≤ %.2g, %s", changeText(*c), limitText(*c), pText(*c, dir), d.level[dir], roundsText(c.Stage, c.Rounds))
			return
		}
	}
	suspect := d.flagged[worse][k] && c.Stage != bench.Confirm
	switch {
	case suspect:
		c.Outcome = bench.Inconclusive
		c.Reason = fmt.Sprintf("suspect, and not measured again: %s, %s, p %.2g", changeText(*c), limitText(*c), worse.p(*c))
	case cleared(*c):
		c.Outcome = bench.Pass
		c.Reason = fmt.Sprintf("%s, %s, %s", changeText(*c), clearText(*c), roundsText(c.Stage, c.Rounds))
		if d.flagged[better][k] {
			c.Reason = "possible improvement: " + c.Reason
		}
	default:
		c.Outcome = bench.Inconclusive
		c.Reason = fmt.Sprintf("%s, %s, %s", changeText(*c), clearText(*c), roundsText(c.Stage, c.Rounds))
	}
}

// resolution is the smallest shift found with 80 % power in both stages; with
// the level of the family that was tried, or of a full one.
func (d *decision) resolution(c bench.Comparison) *float64 {
	if c.SD == nil {
		return nil
	}
	family, rounds := len(d.family[worse]), d.verdict.Rule.FreshRounds
	if family == 0 {
		family, rounds = most, ConfirmRounds
	}
	screened := max(1, d.verdict.Rule.ScreenRounds)
	share, err := stats.Resolution(*c.SD, tau(d.Delta), 0.80,
		stats.Stage{Rounds: screened, Level: screenLevel, Limit: screenShare * tau(*c.Limit)},
		stats.Stage{Rounds: rounds, Level: d.level[worse] / float64(family), Limit: tau(*c.Limit)})
	if err != nil {
		return nil
	}
	return &share
}
