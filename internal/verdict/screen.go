package verdict

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
)

// The limits of the screening. It may flag much, since fresh rounds decide. The
// level of 10 % was chosen over 5 and 15 % on the same 400 simulated gates of
// +10 % in one scenario on a loaded machine, of which it missed 15, they 18 and
// 17 (with another family for 15 %): too close to say more than that it does
// not matter much.
const (
	screenLevel = 0.10
	screenShare = 0.60 // of τ, for a scenario
	// What the first look leaves open is more: a change that it lost would not be
	// looked for again.
	openLevel = 0.30
	openShare = 0.30
	// An improvement costs nobody anything: only what is as good as sure is worth the
	// time to confirm it.
	improveLevel = 0.01
	improveShare = 1
	// clearOf is how many τ the upper limit must stay below for a pass.
	clearOf = 2
	// maxSuspects is how many suspects, and how many members of a group, are
	// measured again.
	maxSuspects = 6
	// maxConfirmed is how many scenarios are measured again. A change that is
	// everywhere makes everything a suspect; rounds enough for a few of them then
	// find it where a few rounds of all of them would not.
	maxConfirmed = 10
	// ScreenRounds and ConfirmRounds are what the method is tuned for, in process
	// pairs. More than seven scenarios get fewer each, so that together they stay
	// within roundBudget: two minutes at 0.4 s for each.
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

// screening is Found with what led to it.
type screening struct {
	found Found
	// decided is true when errors are a regression: nothing has to be confirmed.
	decided bool
	// open are the scenarios that the first look does not clear.
	open      []string
	suspicion map[direction]suspicion
	limits    map[key]float64
	before    map[key]bench.Comparison // by the screening, of what is gated
}

// suspicion is what the screening suspects in one direction.
type suspicion struct {
	flagged   map[key]bool
	scenarios []string // of the smallest p
	// groups are the smallest flagged one, by each of the metrics that flag any.
	groups  []bench.Group
	members []string // of the groups, drawn
}

// peaks says whether memory is suspected.
func (s suspicion) peaks() bool {
	for k, flagged := range s.flagged {
		if d, _ := k.metric.Describe(); flagged && d.Statistic == bench.Peak {
			return true
		}
	}
	return false
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
	s := screening{suspicion: make(map[direction]suspicion), limits: make(map[key]float64), before: make(map[key]bench.Comparison)}
	for _, c := range comparisons {
		if c.Limit != nil {
			s.limits[keyOf(c)], s.before[keyOf(c)] = *c.Limit, c
		}
	}
	for _, d := range directions {
		found := flag(comparisons, d)
		if found.groups = a.flaggedGroups(d, s); len(found.groups) > 0 {
			found.members = a.draw(found.groups[0])
		}
		s.suspicion[d] = found
	}
	s.open = a.stillOpen(errors, comparisons, s.suspicion[worse])
	s.found, s.decided = a.choose(s, errors, comparisons)
	return s
}

// choose says what is measured again.
func (a analysis) choose(s screening, errors []bench.ErrorRate, all []bench.Comparison) (f Found, decided bool) {
	up, down := s.suspicion[worse], s.suspicion[better]
	f = Found{Suspects: up.scenarios, Members: up.members, Unclear: a.unclear(errors, all)}
	if len(up.groups) > 0 {
		f.Group = up.groups[0].Group
	}
	if i := slices.IndexFunc(errors, failed); i >= 0 {
		f.Reason = "decided by errors: " + errors[i].Reason
		return f, true
	}
	for _, u := range a.unable() {
		if u.Outcome == bench.Regression {
			f.Reason = fmt.Sprintf("decided by %s: %s", u.Scenario, u.Reason)
			return f, true
		}
	}
	again := distinct(maxConfirmed, f.Members, f.Suspects, f.Unclear)
	f.Confirm = a.inOrder(again)
	f.Improvements = slices.DeleteFunc(a.inOrder(distinct(maxConfirmed, down.members, down.scenarios)),
		func(id string) bool { return slices.Contains(again, id) })
	if n := len(again); n > 0 {
		f.Rounds = min(ConfirmRounds, roundBudget/n)
	}
	f.Reason = f.reason()
	return f, false
}

// stillOpen lists the scenarios that the first look does not clear, in the order of
// the suite.
func (a analysis) stillOpen(errors []bench.ErrorRate, all []bench.Comparison, up suspicion) []string {
	var ids []string
	for _, e := range errors {
		if e.Outcome == bench.Inconclusive && e.Scenario == "" {
			return a.inOrder(scenariosOf(all))
		}
	}
	for _, g := range up.groups {
		ids = append(ids, g.Members...)
	}
	for _, u := range a.Unable {
		ids = append(ids, u.Scenario)
	}
	for _, c := range all {
		if up.flagged[keyOf(c)] || a.judges(c) && c.Shift != nil && flags(c, worse, openLevel, openShare) {
			ids = append(ids, c.Scenario)
		}
	}
	return a.inOrder(slices.Concat(ids, a.unclear(errors, all)))
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
	level, share := screenLevel, screenShare
	if d == better {
		level, share = improveLevel, improveShare
	}
	var suspects []bench.Comparison
	for _, c := range all {
		if c.Gated && c.Shift != nil && flags(c, d, level, share) {
			found.flagged[keyOf(c)] = true
			suspects = append(suspects, c)
		}
	}
	slices.SortStableFunc(suspects, func(x, y bench.Comparison) int { return cmp.Compare(d.p(x), d.p(y)) })
	found.scenarios = distinct(maxSuspects, scenariosOf(suspects))
	return found
}

// flags is true for a change of more than a share of the limit at a level.
func flags(c bench.Comparison, d direction, level, share float64) bool {
	return d.p(c) < level && d.over(*c.Shift) > share*tau(*c.Limit)
}

// cleared is true when a change of twice the threshold is excluded.
func cleared(c bench.Comparison) bool {
	return c.Upper != nil && worse.over(*c.Upper) < clearOf*tau(*c.Limit)
}

// unclear lists scenarios with errors that are neither excused nor decided,
// then those with an unclear metric, the least clear first.
func (a analysis) unclear(errors []bench.ErrorRate, all []bench.Comparison) []string {
	var erring []string
	for _, e := range errors {
		if e.Outcome == bench.Inconclusive && e.Scenario != "" {
			erring = append(erring, e.Scenario)
		}
	}
	open := slices.DeleteFunc(slices.Clone(all), func(c bench.Comparison) bool {
		return !c.Gated || !a.judges(c) || c.Shift == nil || cleared(c)
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
