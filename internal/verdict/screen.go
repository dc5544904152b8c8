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

// The limits of the screening. It may flag much, since fresh rounds decide. The
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
	// maxSuspects is how many suspects, and how many members of a group, are
	// measured again.
	maxSuspects = 6
	// maxConfirmed is how many scenarios are measured again. A change that is
	// everywhere makes everything a suspect; rounds enough for a few of them then
	// find it where a few rounds of all of them would not.
	maxConfirmed = 10
	// ScreenRounds and ConfirmRounds are what the method is tuned for. More than
	// seven scenarios get fewer rounds each, so that together they stay within
	// roundBudget: two minutes at 0.4 s for each.
	ScreenRounds  = 15
	ConfirmRounds = 40
	roundBudget   = 288
)

// Found is what the screening has found. Nothing in Confirm means that the screening
// was enough.
type Found struct {
	Suspects []string // scenarios flagged as worse, the smallest p first
	Group    string   // the smallest group flagged as worse; empty without one
	Members  []string // of Group, drawn at random
	Unclear  []string // scenarios that more rounds may clear, the least clear first
	Confirm  []string // the first ten of Members, Suspects, Unclear, in the order of the suite
	Rounds   int      // for Confirm
	// Improvements are scenarios whose improvement could be confirmed, when
	// there is time, in the order of the suite.
	Improvements []string
	Reason       string
}

// Screen says what to measure again on fresh rounds. Only rounds of the
// Screen stage count. [Decide] makes the same choice again from the file.
func Screen(p bench.Policy, e Evidence) Found { return analyse(p, e).screening().found }

// screening is Found with what led to it.
type screening struct {
	found     Found
	suspicion map[direction]suspicion
	limits    map[string]float64 // of each scenario's primary metric
}

// suspicion is what the screening suspects in one direction.
type suspicion struct {
	flagged   map[key]bool
	scenarios []string    // of the smallest p
	group     bench.Group // the smallest flagged one; Group is empty without
	members   []string    // of group, drawn
}

// key names a hypothesis.
type key struct {
	scenario string
	metric   bench.Metric
}

func keyOf(c bench.Comparison) key { return key{c.Scenario, c.Metric} }

func (a analysis) screening() screening {
	comparisons := a.judged(a.screen.SideBySide(a.Scenarios, bench.Delta, a.gated))
	errors := a.errorRates(func(s bench.Stage) bool { return s == bench.Screen })
	s := screening{suspicion: make(map[direction]suspicion), limits: make(map[string]float64)}
	for _, c := range comparisons {
		if c.Metric == a.named[c.Scenario].Mode.Primary() && c.Limit != nil {
			s.limits[c.Scenario] = *c.Limit
		}
	}
	for _, d := range directions {
		found := flag(comparisons, d)
		found.group = a.flaggedGroup(d, s.limits)
		found.members = a.draw(found.group)
		s.suspicion[d] = found
	}
	up, down := s.suspicion[worse], s.suspicion[better]
	s.found = Found{Suspects: up.scenarios, Group: up.group.Group, Members: up.members, Unclear: unclear(errors, comparisons)}
	if i := slices.IndexFunc(errors, failed); i >= 0 {
		s.found.Reason = "decided by errors: " + errors[i].Reason
		return s
	}
	again := distinct(maxConfirmed, s.found.Members, s.found.Suspects, s.found.Unclear)
	s.found.Confirm = a.inOrder(again)
	s.found.Improvements = slices.DeleteFunc(a.inOrder(slices.Concat(down.scenarios, down.members)),
		func(id string) bool { return slices.Contains(again, id) })
	if n := len(again); n > 0 {
		s.found.Rounds = min(ConfirmRounds, roundBudget/n)
	}
	s.found.Reason = s.found.reason()
	return s
}

// reason counts what is to be measured again, and why.
func (f Found) reason() string {
	if len(f.Confirm) == 0 {
		return "nothing to measure again"
	}
	var parts []string
	for _, p := range []struct {
		ids  []string
		what string
	}{{f.Suspects, "suspect"}, {f.Members, "of the suspect group " + f.Group}, {f.Unclear, "unclear"}} {
		if len(p.ids) > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", len(p.ids), p.what))
		}
	}
	return strings.Join(parts, ", ")
}

// flag finds the comparisons that are suspect in a direction, and the
// scenarios of the smallest p.
func flag(all []bench.Comparison, d direction) suspicion {
	found := suspicion{flagged: make(map[key]bool)}
	var suspects []bench.Comparison
	for _, c := range all {
		if c.Gated && c.Shift != nil && d.p(c) < screenLevel && d.over(*c.Shift) > screenShare*tau(*c.Limit) {
			found.flagged[keyOf(c)] = true
			suspects = append(suspects, c)
		}
	}
	slices.SortStableFunc(suspects, func(x, y bench.Comparison) int { return cmp.Compare(d.p(x), d.p(y)) })
	found.scenarios = distinct(maxSuspects, scenariosOf(suspects))
	return found
}

// cleared is true when a change of twice the threshold is excluded.
func cleared(c bench.Comparison) bool {
	return c.Upper != nil && worse.over(*c.Upper) < clearOf*tau(*c.Limit)
}

// unclear lists scenarios with errors that are neither excused nor decided,
// then those with an unclear metric, the least clear first.
func unclear(errors []bench.ErrorRate, all []bench.Comparison) []string {
	var erring []string
	for _, e := range errors {
		if e.Outcome == bench.Inconclusive && e.Scenario != "" {
			erring = append(erring, e.Scenario)
		}
	}
	open := slices.DeleteFunc(slices.Clone(all), func(c bench.Comparison) bool {
		return !c.Gated || !c.Metric.IsJudged() || c.Shift == nil || cleared(c)
	})
	excess := func(c bench.Comparison) float64 { // by how many τ the upper limit could exceed what is clear
		if c.Upper == nil {
			return math.Inf(1)
		}
		return worse.over(*c.Upper) / tau(*c.Limit)
	}
	slices.SortStableFunc(open, func(x, y bench.Comparison) int { return cmp.Compare(excess(y), excess(x)) })
	return distinct(len(erring)+len(open), erring, scenariosOf(open))
}

func scenariosOf(all []bench.Comparison) []string {
	var ids []string
	for _, c := range all {
		ids = append(ids, c.Scenario)
	}
	return ids
}

// distinct returns the first n different ids of lists, in their order.
func distinct(n int, lists ...[]string) []string {
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
	for _, s := range a.Scenarios {
		if id := s.ID(); slices.Contains(ids, id) {
			all = append(all, id)
		}
	}
	return all
}

// groupOf compares the members of a group over the rounds of a stage. Its limit
// is the mean of its members', times groupTau.
func (a analysis) groupOf(rounds compare.Table, name string, members []string, limits map[string]float64) bench.Group {
	var scenarios []bench.Scenario
	for _, id := range members {
		scenarios = append(scenarios, a.named[id])
	}
	g := rounds.Group(name, "", scenarios, bench.Delta)
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
	for _, g := range compare.Groups(a.Scenarios, "") {
		g = a.groupOf(a.screen, g.Group, g.Members, limits)
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
