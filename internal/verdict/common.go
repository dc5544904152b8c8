package verdict

import (
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// The limits of what is distinguished from a common shift. A common layout effect with an SD of
// 2 % was called a regression in 6 of 120 simulated gates on a quiet machine and in 7
// on a middling one without them, in 1 and in 2 with them.
const (
	// commonErrors is how many standard errors lie between what a scenario moved by
	// and what all moved by: it is for the largest of ten or so.
	commonErrors = 3
	// sureShare is the part of its limit that a group's interval has to exclude.
	sureShare = 0.7
	// luckErrors is by how many standard errors less than what the screening's pairs moved
	// by counts as common: where processes have much luck, eight pairs share some.
	luckErrors = 1
)

// What moves all scenarios together is for groups to judge, since the layout of code
// does it too. Some builds of the same source are 3 or 4 % slower everywhere, and of
// many scenarios the noise of one does the rest. So a scenario is a regression by
// itself only if it moved by its limit more than all of them did together, or if a
// group says that it is more than layout.

// commonShifts is how far the scenarios moved together by the screening's rounds: the
// median of their shifts, on the log scale, of what groups are compared by, less a
// standard error of the mean of all. Fewer scenarios than a group needs for a note have
// none.
func (a analysis) commonShifts(screen []bench.Comparison) map[bench.Metric]float64 {
	shifts := make(map[bench.Metric][]float64)
	for _, c := range screen {
		if metric, ok := a.groupMetric(c); ok && c.Shift != nil {
			shifts[metric] = append(shifts[metric], math.Log1p(*c.Shift))
		}
	}
	common := make(map[bench.Metric]float64)
	for metric, all := range shifts {
		if median, err := stats.Median(all); err == nil && len(all) >= noteMembers {
			luck := luckErrors * a.errorOfAll(metric)
			common[metric] = math.Copysign(max(0, math.Abs(median)-luck), median)
		}
	}
	return common
}

// errorOfAll is the standard error of what all scenarios moved by together in the
// screening's pairs.
func (a analysis) errorOfAll(metric bench.Metric) float64 {
	all := slices.DeleteFunc(slices.Clone(a.Scenarios), func(s bench.Scenario) bool { return s.Paced })
	g := a.screen.Group("all", metric, all, bench.Delta)
	if g.ShiftCI == nil {
		return 0
	}
	return (math.Log1p(g.ShiftCI[1]) - math.Log1p(g.ShiftCI[0])) / 4
}

// groupMetric is the metric of groups that a comparison is of.
func (a analysis) groupMetric(c bench.Comparison) (metric bench.Metric, ok bool) {
	s := a.named[c.Scenario]
	if s.Paced {
		return "", false
	}
	if c.Metric == s.Mode.Primary() {
		return "", true
	}
	return c.Metric, c.Metric == bench.CPUPerRequest
}

// commonTo is how far a comparison would have moved in a direction with all others.
// Means, tails, memory and paced streams are in no group and have limits that no layout
// reaches.
func (d *decision) commonTo(c bench.Comparison, dir direction) float64 {
	described, _ := c.Metric.Describe()
	switch {
	case d.named[c.Scenario].Paced:
	case c.Metric == bench.CPUPerRequest:
		return max(0, float64(dir)*d.common[c.Metric])
	case described.Statistic == bench.Typical:
		return max(0, float64(dir)*d.common[""])
	}
	return 0
}

// beyondCommon says whether a comparison moved by its limit more than all scenarios did
// together. Where they moved much, its own noise must not be what is left: the tests
// are against no change, and there is one.
func (d *decision) beyondCommon(c bench.Comparison, dir direction) bool {
	common, limit := d.commonTo(c, dir), tau(*c.Limit)
	if common > 0 && d.groupShown(dir) {
		common = 0 // layout is no explanation any more
	}
	alone := dir.over(*c.Shift) - common
	if alone <= limit {
		return false
	}
	if common <= flagShare*limit || c.SD == nil {
		return true
	}
	return alone > commonErrors*math.Sqrt(math.Pi/3)*c.Deviation()/math.Sqrt(float64(c.Pairs))
}

// groupShown says whether a group that was tried changed in a direction.
func (d *decision) groupShown(dir direction) bool {
	t := d.tried[dir]
	for i, g := range t.groups {
		if g, _ = d.judgeGroup(g, dir, t.groupPs[i], t.groupLevel); g.Outcome == dir.outcome() {
			return true
		}
	}
	return false
}

// sureGroup says whether a group's interval excludes what lies well below its limit:
// the noise of a few process pairs must not carry a layout over it.
func sureGroup(g bench.Group, dir direction) bool {
	if len(g.Members) < noteMembers {
		return true
	}
	near := g.ShiftCI[0]
	if dir == better {
		near = g.ShiftCI[1]
	}
	return dir.over(near) > sureShare*tau(*g.Limit)
}
