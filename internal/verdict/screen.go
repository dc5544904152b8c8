package verdict

import (
	"cmp"
	"fmt"
	"hash/fnv"
	"math"
	"math/rand/v2"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/compare"
)

// The screening's limits. It may flag much, since fresh rounds decide. The
// level of 10 % was chosen over 5 and 15 % on the same 400 simulated gates of
// +10 % in one scenario on a loaded machine, of which it missed 15, they 18 and
// 17 (with another family for 15 %): too close to say more than that it does
// not matter much.
const (
	screenLevel = 0.10
	groupLevel  = 0.05
	screenShare = 0.60 // of τ, for a scenario
	groupShare  = 0.75 // of a group's τ
	// groupTau is a group's τ as a share of its members': a mean over many
	// scenarios shows a change that each of them hides.
	groupTau = 0.4
	// clearOf is how many τ the upper limit must stay below for a pass.
	clearOf = 2
	// most is how many suspects, and how many members of a group, are measured
	// again.
	most = 6
	// room is how many scenarios are measured again at the most. A change that
	// is everywhere makes everything a suspect; rounds enough for a few of them
	// then find it where a few rounds of all of them would not.
	room = 10
	// ScreenRounds and ConfirmRounds are what the method is tuned for; more
	// than seven scenarios get fewer rounds each, so that together they are not
	// more than turns: two minutes at 0.4 s for each.
	ScreenRounds  = 15
	ConfirmRounds = 40
	turns         = 288
)

// Next is what to measure after the screening. Nothing in Confirm means that
// the screening was enough.
type Next struct {
	Suspects []string // scenarios flagged as worse, the smallest p first
	Group    string   // the smallest group flagged as worse; empty without one
	Members  []string // of Group, drawn at random
	Unclear  []string // scenarios that more rounds may clear, the least clear first
	Confirm  []string // the first ten of Members, Suspects, Unclear, in the order of the suite
	Rounds   int      // for Confirm
	// Improvements are scenarios whose improvement could be confirmed, when
	// there is time left, in the order of the suite.
	Improvements []string
	Reason       string
}

// Screen says what to measure again on fresh rounds. Only rounds of the
// Screen stage count. [Decide] makes the same choice again from the file.
func Screen(p bench.Policy, e Evidence) Next { return analyse(p, e).screening().next }

// screening is Next with what led to it.
type screening struct {
	next        Next
	flagged     map[direction]map[key]bool
	unclear     map[key]bool
	group       map[direction]bench.Group // the smallest flagged one; Group is empty without
	members     map[direction][]string
	errors      []bench.ErrorRate
	comparisons []bench.Comparison
}

// key names a hypothesis.
type key struct {
	scenario string
	metric   bench.Metric
}

func keyOf(c bench.Comparison) key { return key{c.Scenario, c.Metric} }

func (a analysis) screening() screening {
	s := screening{
		flagged:     map[direction]map[key]bool{},
		unclear:     map[key]bool{},
		group:       map[direction]bench.Group{},
		members:     map[direction][]string{},
		comparisons: a.judged(a.screen.SideBySide(a.Scenarios, a.Delta, a.gated)),
		errors:      a.errorRates(func(s bench.Stage) bool { return s == bench.Screen }),
	}
	limits := a.groupLimits(s.comparisons)
	suspects := map[direction][]string{}
	for _, d := range []direction{worse, better} {
		s.flagged[d], suspects[d] = flag(s.comparisons, d)
		s.group[d] = a.flaggedGroup(d, limits)
		s.members[d] = a.draw(s.group[d])
	}
	for _, c := range s.comparisons {
		if c.Gated && c.Metric.IsJudged() && c.Shift != nil && !cleared(c) {
			s.unclear[keyOf(c)] = true
		}
	}
	s.next = Next{
		Suspects: suspects[worse],
		Group:    s.group[worse].Group,
		Members:  s.members[worse],
		Unclear:  a.unclear(s),
	}
	if i := slices.IndexFunc(s.errors, failed); i >= 0 {
		s.next.Reason = "decided by errors: " + s.errors[i].Reason
		return s
	}
	again := first(room, s.next.Members, s.next.Suspects, s.next.Unclear)
	s.next.Confirm = a.inOrder(again)
	s.next.Improvements = slices.DeleteFunc(a.inOrder(slices.Concat(suspects[better], s.members[better])),
		func(id string) bool { return slices.Contains(again, id) })
	s.next.Rounds = confirmRounds(len(s.next.Confirm))
	s.next.Reason = s.next.reason()
	return s
}

// reason counts what is to be measured again, and why.
func (n Next) reason() string {
	if len(n.Confirm) == 0 {
		return "nothing to measure again"
	}
	var parts []string
	add := func(count int, format string, args ...any) {
		if count > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", count, fmt.Sprintf(format, args...)))
		}
	}
	add(len(n.Suspects), "suspect")
	add(len(n.Members), "of the suspect group %s", n.Group)
	add(len(n.Unclear), "unclear")
	return strings.Join(parts, ", ")
}

func confirmRounds(scenarios int) int {
	if scenarios == 0 {
		return 0
	}
	return min(ConfirmRounds, turns/scenarios)
}

// flag finds the comparisons that are suspect in a direction, and the
// scenarios of the six smallest p.
func flag(all []bench.Comparison, d direction) (flagged map[key]bool, scenarios []string) {
	flagged = make(map[key]bool)
	var suspects []bench.Comparison
	for _, c := range all {
		if c.Gated && c.Shift != nil && d.p(c) < screenLevel && d.over(*c.Shift) > screenShare*tau(*c.Limit) {
			flagged[keyOf(c)] = true
			suspects = append(suspects, c)
		}
	}
	slices.SortStableFunc(suspects, func(x, y bench.Comparison) int { return cmp.Compare(d.p(x), d.p(y)) })
	for _, c := range suspects {
		if !slices.Contains(scenarios, c.Scenario) && len(scenarios) < most {
			scenarios = append(scenarios, c.Scenario)
		}
	}
	return flagged, scenarios
}

// cleared is true when a change of twice the threshold is excluded.
func cleared(c bench.Comparison) bool {
	return c.Upper != nil && worse.over(*c.Upper) < clearOf*tau(*c.Limit)
}

// unclear lists scenarios with errors that are neither excused nor decided,
// then those with an unclear metric, the least clear first.
func (a analysis) unclear(s screening) []string {
	var all []string
	for _, e := range s.errors {
		if e.Outcome == bench.Inconclusive && e.Scenario != "" {
			all = append(all, e.Scenario)
		}
	}
	var open []bench.Comparison
	for _, c := range s.comparisons {
		if s.unclear[keyOf(c)] {
			open = append(open, c)
		}
	}
	slices.SortStableFunc(open, func(x, y bench.Comparison) int { return cmp.Compare(excess(y), excess(x)) })
	for _, c := range open {
		all = append(all, c.Scenario)
	}
	return first(len(all), all)
}

// excess is by how many τ the upper limit could exceed what is clear.
func excess(c bench.Comparison) float64 {
	if c.Upper == nil {
		return math.Inf(1)
	}
	return worse.over(*c.Upper) / tau(*c.Limit)
}

// first returns the first n different ids of lists, in their order.
func first(n int, lists ...[]string) []string {
	var all []string
	for _, id := range slices.Concat(lists...) {
		if len(all) < n && !slices.Contains(all, id) {
			all = append(all, id)
		}
	}
	return all
}

// inOrder sorts ids as the suite has them and drops repetitions.
func (a analysis) inOrder(ids []string) []string {
	var all []string
	for _, id := range a.ids {
		if slices.Contains(ids, id) {
			all = append(all, id)
		}
	}
	return all
}

// groupLimits is the limit of each scenario's primary metric.
func (a analysis) groupLimits(all []bench.Comparison) map[string]float64 {
	limits := make(map[string]float64)
	for _, c := range all {
		if c.Metric == a.named[c.Scenario].Mode.Primary() && c.Limit != nil {
			limits[c.Scenario] = *c.Limit
		}
	}
	return limits
}

// limited writes the group's limit: the mean of its members', times groupTau.
func limited(g bench.Group, limits map[string]float64) bench.Group {
	if len(g.Members) == 0 {
		return g
	}
	sum := 0.0
	for _, m := range g.Members {
		sum += limits[m]
	}
	g.Limit = new(groupTau * sum / float64(len(g.Members)))
	return g
}

// flaggedGroup is the smallest group that is suspect in a direction, of equal
// sizes the one with the smaller p.
func (a analysis) flaggedGroup(d direction, limits map[string]float64) bench.Group {
	var found bench.Group
	for _, g := range compare.Groups(a.Scenarios) {
		g = limited(a.screen.Group(g.Group, a.scenarios(g.Members), a.Delta), limits)
		if g.Shift == nil || d.groupP(g) >= groupLevel || d.over(*g.Shift) <= groupShare*tau(*g.Limit) {
			continue
		}
		smaller := len(g.Members) < len(found.Members) ||
			len(g.Members) == len(found.Members) && d.groupP(g) < d.groupP(found)
		if found.Group == "" || smaller {
			found = g
		}
	}
	return found
}

func (a analysis) scenarios(ids []string) []bench.Scenario {
	var all []bench.Scenario
	for _, id := range ids {
		all = append(all, a.named[id])
	}
	return all
}

// draw picks members of a group at random, so that it is not the scenarios
// with lucky layouts that are measured again.
func (a analysis) draw(g bench.Group) []string {
	h := fnv.New64a()
	h.Write([]byte(g.Group)) // a hash.Hash never returns an error
	members := slices.Clone(g.Members)
	rng := rand.New(rand.NewPCG(a.Seed, h.Sum64()))
	rng.Shuffle(len(members), func(i, j int) { members[i], members[j] = members[j], members[i] })
	return a.inOrder(members[:min(most, len(members))])
}
