package verdict

import (
	"fmt"
	"math"
	"time"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
)

func percent(share float64) string { return fmt.Sprintf("%+.1f %%", 100*share) }

// changeText is "+12.4 % of overhead [8.1, 17.0]".
func changeText(c bench.Comparison) string {
	text := percent(*c.Change)
	if c.Of == bench.OfOverhead {
		text += " of overhead"
	}
	if c.CI != nil {
		text += fmt.Sprintf(" [%.1f, %.1f]", 100*c.CI[0], 100*c.CI[1])
	}
	return text
}

// unit is the share of the base's value that Change is a share of.
func unit(c bench.Comparison) float64 {
	if c.Of == bench.OfOverhead && c.Share != nil {
		return *c.Share
	}
	return 1
}

// limitText is "threshold 10 %", or what stands instead of it in the same
// terms: the floor, or the least share that the metric may rise by.
func limitText(c bench.Comparison) string {
	effective := *c.Limit / unit(c)
	name := "threshold"
	switch {
	case c.Floor != nil && *c.Base > 0 && *c.Limit == *c.Floor / *c.Base && effective > *c.Threshold:
		name = fmt.Sprintf("floor %s is", figures.Setting(*c.Floor))
	case leastOf(c.Metric) > 0 && *c.Limit == leastOf(c.Metric):
		d, _ := c.Metric.Describe()
		name = "limit of " + d.Label
	}
	return fmt.Sprintf("%s %.3g %%", name, 100*effective)
}

// clearText says what is excluded, or not.
func clearText(c bench.Comparison) string {
	twice := math.Expm1(clearOf*tau(*c.Limit)) / unit(c)
	if c.Upper == nil {
		return fmt.Sprintf("too few process pairs to exclude %+.3g %%, twice the %s", 100*twice, limitText(c))
	}
	verb := "below"
	if !cleared(c) {
		verb = "not below"
	}
	return fmt.Sprintf("at most %s (95 %%), %s %+.3g %%, twice the %s", percent(*c.Upper/unit(c)), verb, 100*twice, limitText(c))
}

func pText(c bench.Comparison, dir direction) string {
	p := dir.p(c)
	if *c.PAdjusted == p {
		return fmt.Sprintf("p %.2g", p)
	}
	return fmt.Sprintf("p %.2g (%.2g by Holm)", p, *c.PAdjusted)
}

func pairsText(stage bench.Stage, n int) string {
	if stage == bench.Confirm {
		return figures.Counted(n, "fresh process pair")
	}
	return figures.Counted(n, "process pair")
}

func pairsAre(stage bench.Stage, n int) string {
	if n == 1 {
		return pairsText(stage, n) + " is"
	}
	return pairsText(stage, n) + " are"
}

// tooFew says how many process pairs are needed, and where the time budget had no
// room for them how much it takes.
func (a analysis) tooFew(pairs int) string {
	text := fmt.Sprintf("%s too few to decide; %d are needed", pairsAre(bench.Screen, pairs), LeastPairs)
	if a.OneStage && a.Budget > 0 && pairs > 0 {
		unit := 10 * time.Second
		needed := time.Duration(a.Budget * float64(LeastPairs) / float64(pairs) * float64(time.Second))
		text += fmt.Sprintf(": --time-budget %s", (needed + unit).Truncate(unit))
	}
	return text
}

// unreachableText says that a p could not be small enough.
func unreachableText(pairs int, smallest, level float64) string {
	return fmt.Sprintf("could not have been found with %d process pairs, which have no p below %.2g (level %.2g)", pairs, smallest, level)
}

// groupText is "+5.1 % of the value over 6 scenarios [4.0, 6.2], limit 2 %, p 0.0003".
func groupText(g bench.Group, dir direction) string {
	text := fmt.Sprintf("%s of the value over %d scenarios", percent(*g.Shift), len(g.Members))
	if g.ShiftCI != nil {
		text += fmt.Sprintf(" [%.1f, %.1f]", 100*g.ShiftCI[0], 100*g.ShiftCI[1])
	}
	return text + fmt.Sprintf(", limit %.3g %%, p %.2g", 100**g.Limit, dir.groupP(g))
}
