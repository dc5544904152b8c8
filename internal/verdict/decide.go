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
		Rule:        bench.Rule{Alpha: p.Alpha, Delta: bench.Delta, Threshold: p.Threshold, Floor: p.Floor},
		Scenarios:   []bench.ScenarioVerdict{},
		Comparisons: []bench.Comparison{},
	}
	a := analyse(p, e)
	if !slices.ContainsFunc(e.Rounds, func(r bench.Round) bool { return r.Arm == bench.Base }) {
		v.Outcome, v.Reason = bench.NoBaseline, "no round of a base was measured"
		return v
	}
	for _, u := range e.Unmeasured {
		v.Warnings = append(v.Warnings, fmt.Sprintf("not compared: the base cannot do %s: %s", u.Scenario, u.Why()))
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
	tried   map[direction]trial
}

// trial is what was tested on fresh rounds in one direction.
type trial struct {
	level  float64
	family map[key]float64 // adjusted p of each hypothesis
	group  *bench.Group    // with fresh rounds of all drawn members; nil without them
}

// rows takes each scenario's comparisons from its fresh rounds where it has
// some, else from the screening.
func (d *decision) rows() {
	screen := d.judged(d.screen.SideBySide(d.Scenarios, bench.Delta, d.all))
	fresh := d.judged(d.fresh.SideBySide(d.Scenarios, bench.Delta, d.all, d.screen))
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
	d.tried = make(map[direction]trial)
	for _, dir := range directions {
		suspected := d.suspicion[dir]
		t := trial{
			level: d.Alpha - errorLooks*ErrorLevel(d.Alpha),
			family: holm(d.verdict.Comparisons, dir, func(c bench.Comparison) bool {
				return c.Stage == bench.Confirm && c.Shift != nil && (suspected.flagged[keyOf(c)] || c.Metric.IsJudged())
			}),
		}
		members := suspected.members
		if len(members) > 0 && !slices.ContainsFunc(members, func(id string) bool { return !d.fresh.Has(id) }) {
			t.group = new(d.groupOf(d.fresh, suspected.group.Group, members, d.limits))
			if len(t.family) > 0 {
				t.level /= 2
			}
		}
		d.tried[dir] = t
	}
	d.verdict.Rule.Level, d.verdict.Rule.Hypotheses = d.tried[worse].level, len(d.tried[worse].family)
	d.warnUnreachable()
}

// holm adjusts the p of one family of hypotheses.
func holm(all []bench.Comparison, dir direction, tried func(bench.Comparison) bool) map[key]float64 {
	var keys []key
	var ps []float64
	for _, c := range all {
		if tried(c) {
			keys, ps = append(keys, keyOf(c)), append(ps, dir.p(c))
		}
	}
	family := make(map[key]float64)
	if adjusted, err := stats.Holm(ps); err == nil {
		for i, k := range keys {
			family[k] = adjusted[i]
		}
	}
	return family
}

// warnUnreachable says when no difference, however clear, could be a
// regression. The stratified test has no such limit worth a word.
func (d *decision) warnUnreachable() {
	level, family := d.tried[worse].level, d.tried[worse].family
	for _, c := range d.verdict.Comparisons {
		if _, tried := family[keyOf(c)]; !tried || c.Method != bench.MethodAligned {
			continue
		}
		p, err := stats.SmallestPSignedRank(c.Rounds)
		if err != nil || p*float64(len(family)) <= level {
			continue
		}
		d.verdict.Warnings = append(d.verdict.Warnings, fmt.Sprintf(
			"alpha %v cannot be reached: %d fresh rounds have no p below %.2g, and %d hypotheses share %.2g; measure more rounds",
			d.Alpha, c.Rounds, p, len(family), level))
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
	for _, dir := range directions {
		level := d.tried[dir].level
		adjusted, tried := d.tried[dir].family[k]
		if !tried {
			continue
		}
		if dir == worse || d.suspicion[better].flagged[k] {
			c.PAdjusted = &adjusted
		}
		if adjusted <= level && dir.over(*c.Shift) > tau(*c.Limit) {
			c.PAdjusted, c.Outcome = &adjusted, dir.outcome()
			c.Reason = fmt.Sprintf("%s, %s, %s ≤ %.2g, %s", changeText(*c), limitText(*c), pText(*c, dir), level, roundsText(c.Stage, c.Rounds))
			return
		}
	}
	suspect := d.suspicion[worse].flagged[k] && c.Stage != bench.Confirm
	switch {
	case suspect:
		c.Outcome = bench.Inconclusive
		c.Reason = fmt.Sprintf("suspect, not measured again: %s, %s, p %.2g", changeText(*c), limitText(*c), worse.p(*c))
	case cleared(*c):
		c.Outcome = bench.Pass
		c.Reason = fmt.Sprintf("%s, %s, %s", changeText(*c), clearText(*c), roundsText(c.Stage, c.Rounds))
		if d.suspicion[better].flagged[k] {
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
	family, rounds := len(d.tried[worse].family), d.verdict.Rule.FreshRounds
	if family == 0 {
		family, rounds = maxSuspects, ConfirmRounds
	}
	screened := max(1, d.verdict.Rule.ScreenRounds)
	share, err := stats.Resolution(*c.SD, tau(bench.Delta), 0.80,
		stats.Stage{Rounds: screened, Level: screenLevel, Limit: screenShare * tau(*c.Limit)},
		stats.Stage{Rounds: rounds, Level: d.tried[worse].level / float64(family), Limit: tau(*c.Limit)})
	if err != nil {
		return nil
	}
	return &share
}
