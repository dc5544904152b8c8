package verdict

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
	"github.com/org/proxy-bench-action/internal/stats"
)

// Groups find what is small and everywhere: a mean over many scenarios shows a change
// that each of them hides. So does the layout of code: the same source, linked in
// four random orders, moved +4 to +6 % everywhere. A group is a regression beyond the
// limit of its members, like any of them. Below it a real change is a note, unless a
// second witness that layout cannot touch says that a request costs more work.
const (
	groupLevel = 0.05 // of the screening
	// noteShare is from which part of the limit on a real change is noted, flagShare
	// from which the screening looks for one.
	noteShare = 0.4
	flagShare = 0.3
	// noteMembers is of how many scenarios at least.
	noteMembers = 6
	// noteLevel is that of a note of a group that the screening suspected: it fails
	// nothing.
	noteLevel = 0.025
	// workShare is how much the work of a request has to grow for a witness.
	workShare = 0.01
)

// groupMetrics are what groups are compared by: the primary metric of each mode, and
// CPU time.
var groupMetrics = []bench.Metric{"", bench.CPUPerRequest}

// groupOf compares the members of a group over the rounds of a stage. Its limit
// is the mean of its members'.
func (a analysis) groupOf(rounds compare.Table, g bench.Group, limits map[key]float64) bench.Group {
	var scenarios []bench.Scenario
	for _, id := range g.Members {
		scenarios = append(scenarios, a.named[id])
	}
	g = rounds.Group(g.Group, g.Metric, scenarios, bench.Delta)
	if len(g.Members) == 0 {
		return g
	}
	sum := 0.0
	for _, id := range g.Members {
		sum += limits[key{id, cmp.Or(g.Metric, a.named[id].Mode.Primary())}]
	}
	g.Limit = new(sum / float64(len(g.Members)))
	return g
}

// flaggedGroups are the group that is most suspect in a direction, by the first of the
// metrics that flags one and by the others that flag any: one group is measured again,
// for all of them.
func (a analysis) flaggedGroups(d direction, s screening) []bench.Group {
	var all []bench.Group
	for _, metric := range groupMetrics {
		found := a.flaggedGroup(d, metric, s)
		if found.Group == "" {
			continue
		}
		if len(all) > 0 {
			found.Group, found.Members = all[0].Group, all[0].Members
			found = a.groupOf(a.screen, found, s.limits)
		}
		all = append(all, found)
	}
	return all
}

// flaggedGroup is the group with the largest share of its limit. One that is small and
// below its limit can neither be a regression nor a note, and comes last. One that shows
// nothing without its worst member is no group: it would take the time of that member.
func (a analysis) flaggedGroup(d direction, metric bench.Metric, s screening) bench.Group {
	var found bench.Group
	most, hopeful := 0.0, false
	for _, g := range compare.Groups(a.Scenarios, metric) {
		g = a.groupOf(a.screen, g, s.limits)
		if g.Shift == nil {
			continue
		}
		many, share := len(g.Members) >= noteMembers, d.share(g)
		level, least := groupLevel, flagShare
		switch {
		case d == better:
			level, least = improveLevel, improveShare
		case !many:
			least = screenShare
		}
		if d.groupP(g) >= level || share <= least || d.share(a.groupOf(a.screen, a.withoutWorst(g, d, s.before), s.limits)) <= least {
			continue
		}
		if hope := many || share > 1; hope && !hopeful || hope == hopeful && share > most {
			found, most, hopeful = g, share, hope
		}
	}
	return found
}

// withoutWorst is a group without the member that moved most.
func (a analysis) withoutWorst(g bench.Group, d direction, before map[key]bench.Comparison) bench.Group {
	moved := func(id string) float64 {
		if c := before[key{id, cmp.Or(g.Metric, a.named[id].Mode.Primary())}]; c.Shift != nil {
			return d.over(*c.Shift)
		}
		return math.Inf(-1)
	}
	worst := slices.MaxFunc(g.Members, func(a, b string) int { return cmp.Compare(moved(a), moved(b)) })
	g.Members = slices.DeleteFunc(slices.Clone(g.Members), func(id string) bool { return id == worst })
	return g
}

// draw picks members of a group at random, so that it is not the scenarios
// with lucky layouts that are measured again.
func (a analysis) draw(g bench.Group) []string {
	h := fnv.New64a()
	h.Write([]byte(g.Group)) // a hash.Hash never returns an error
	members := slices.Clone(g.Members)
	rng := rand.New(rand.NewPCG(a.Seed, h.Sum64()))
	rng.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	return a.inOrder(members[:min(maxSuspects, len(members))])
}

// groupsTried are the groups that are tested in a direction at a level: in two stages
// the flagged ones, on the fresh rounds of the members that were drawn; in one stage,
// from the largest on, as many as can be found at the level.
func (d *decision) groupsTried(dir direction, level float64) []bench.Group {
	var all []bench.Group
	if !d.OneStage {
		suspected := d.suspicion[dir]
		if slices.ContainsFunc(suspected.members, func(id string) bool { return !d.fresh.Has(id) }) {
			return nil
		}
		for _, g := range suspected.groups {
			g.Members = suspected.members
			all = append(all, d.groupOf(d.fresh, g, d.limits))
		}
		return all
	}
	p, err := stats.SmallestPSignedRank(d.screened)
	if err != nil {
		return nil
	}
	for _, g := range compare.Groups(d.Scenarios, "") {
		for _, g.Metric = range groupMetrics {
			if of := d.groupOf(d.screen, g, d.limits); of.Shift != nil {
				all = append(all, of)
			}
		}
	}
	n, weights := 0, 0.0
	for n < len(all) {
		weight := d.groupWeight(n)
		if weights += weight; level*weight/weights < p {
			break
		}
		n++
	}
	return all[:n]
}

// groupWeight is the weight of the nth group by Holm's method. In one stage the largest
// comes first and has most of the level: few pairs have no p that is small enough for
// many groups.
func (d *decision) groupWeight(n int) float64 {
	if d.OneStage {
		return 1 / float64(n+1)
	}
	return 1
}

// judgeGroup judges a group that was tried at a level; adjusted is its p by Holm. note
// is true for a real change below the limit, which is noted.
func (d *decision) judgeGroup(g bench.Group, dir direction, adjusted, level float64) (judged bench.Group, note bool) {
	if g.Shift == nil {
		g.Outcome = bench.Inconclusive
		return g, false
	}
	over, limit := dir.over(*g.Shift), tau(*g.Limit)
	smallest, _ := stats.SmallestPSignedRank(g.Pairs)
	found := adjusted <= level && excludesNone(g.ShiftCI, dir)
	text, twice := groupText(g, dir), 100*math.Expm1(clearOf*limit)
	noted := level
	if !found && !d.OneStage { // a screening has suspected it
		noted = max(level, noteLevel)
	}
	switch {
	case g.Pairs < LeastPairs:
		g.Outcome, g.Reason = bench.Inconclusive, d.tooFew(g.Pairs)
	case smallest > level:
		g.Outcome, g.Reason = bench.Inconclusive, unreachableText(g.Pairs, smallest, level)
	case found && dir == better && g.Metric == "" && slices.ContainsFunc(g.Members, d.gotWorse):
		g.Outcome, g.Reason = bench.Pass, "no improvement, since means or throughput got worse: "+text
	case found && over > limit && sureGroup(g, dir):
		g.Outcome, g.Reason = dir.outcome(), fmt.Sprintf("%s ≤ %.2g, %s", text, level, pairsText(g.Stage, g.Pairs))
	case dir == worse && adjusted <= noted && excludesNone(g.ShiftCI, dir) && over > noteShare*limit && len(g.Members) >= noteMembers:
		return d.belowLimit(g, found, fmt.Sprintf("%s ≤ %.2g, %s", text, noted, pairsText(g.Stage, g.Pairs)))
	case dir == better:
		g.Outcome, g.Reason = bench.Pass, "possible improvement, not confirmed: "+text
	case g.ShiftCI != nil && worse.over(g.ShiftCI[1]) < clearOf*limit:
		g.Outcome, g.Reason = bench.Pass, fmt.Sprintf("%s, below %+.3g %%, twice the limit", text, twice)
	default:
		g.Outcome, g.Reason = bench.Inconclusive, fmt.Sprintf("%s, level %.2g, not below %+.3g %%, twice the limit", text, level, twice)
	}
	return g, false
}

// gotWorse says whether a scenario got worse in what people wait for on average.
func (d *decision) gotWorse(scenario string) bool { return d.contrary[scenario] != "" }

// belowLimit judges a real change below the limit: a regression where the work of a
// request grew and the change was found at the level of the gate, else a pass with a
// note.
func (d *decision) belowLimit(g bench.Group, found bool, text string) (judged bench.Group, note bool) {
	grew, known := d.workOf(g.Members)
	more := known && grew >= workShare
	if more && found {
		g.Outcome = bench.Regression
		g.Reason = fmt.Sprintf("%s, and a request costs %+.1f %% of instructions", text, 100*grew)
		return g, false
	}
	same := "same work or not is not known: layout, caches or waiting"
	switch {
	case more:
		same = fmt.Sprintf("a request costs %+.1f %% of instructions", 100*grew)
	case known:
		same = fmt.Sprintf("same work (%+.1f %% of instructions): layout, caches or waiting", 100*grew)
	}
	g.Outcome, g.Reason = bench.Pass, text+", not surely beyond the limit; "+same
	return g, true
}

// workOf is by which share the work of a request grew in some scenarios, on average;
// known is false when it was not counted in all of them.
func (a analysis) workOf(scenarios []string) (grew float64, known bool) {
	for _, id := range scenarios {
		g, counted := a.Grown[id]
		if !counted {
			return 0, false
		}
		grew += g / float64(len(scenarios))
	}
	return grew, len(scenarios) > 0
}
