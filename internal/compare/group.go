package compare

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/stats"
)

// Groups lists the groups of a suite that are not a single scenario and not
// the same as an earlier one: all, per mode, per concurrency, per size,
// each with its members and no figures. A paced stream, most of whose time is its
// backend's, is in none. metric is what they are compared by, empty
// for the primary metric of each mode.
func Groups(scenarios []bench.Scenario, metric bench.Metric) []bench.Group {
	scenarios = slices.DeleteFunc(slices.Clone(scenarios), func(s bench.Scenario) bool { return s.Paced })
	var all []bench.Group
	for _, name := range []func(bench.Scenario) string{
		func(bench.Scenario) string { return "all" },
		func(s bench.Scenario) string { return string(s.Mode) },
		func(s bench.Scenario) string { return fmt.Sprintf("c%d", s.Concurrency) },
		func(s bench.Scenario) string { return s.Sizes() },
	} {
		of := make(map[string][]string)
		var order []string
		for _, s := range scenarios {
			g := name(s)
			if of[g] == nil {
				order = append(order, g)
			}
			of[g] = append(of[g], s.ID())
		}
		for _, g := range order {
			known := slices.ContainsFunc(all, func(other bench.Group) bool { return slices.Equal(other.Members, of[g]) })
			if len(of[g]) > 1 && !known {
				all = append(all, bench.Group{Group: g, Metric: metric, Members: of[g]})
			}
		}
	}
	return all
}

// Group compares base and head over the scenarios named, by a metric, or by the
// primary one of their modes where it is empty: m is the mean over the members of ln(head/base) of a process
// pair, over pairs in which all of them have it, and the test is the aligned one,
// beyond the mean of the members' margins, see [Table.SideBySide]. A member that
// never has it is left out of Members.
func (t Table) Group(name string, metric bench.Metric, members []bench.Scenario, delta float64) bench.Group {
	key := fmt.Sprintf("%q %q %v %v", name, metric, members, delta)
	known, ok := t.groups[key]
	if !ok {
		known = t.group(name, metric, members, delta)
		t.groups[key] = known
	}
	known.Members = slices.Clone(known.Members)
	return known
}

func (t Table) group(name string, metric bench.Metric, members []bench.Scenario, delta float64) bench.Group {
	out := bench.Group{Group: name, Metric: metric, Stage: t.stage}
	margin := 0.0
	sum, count, rounds := make(map[pairID]float64), make(map[pairID]int), make(map[pairID]int)
	machine, prior := make(map[pairID]int), 0.0
	for _, s := range members {
		p := t.paired(s.ID(), cmp.Or(metric, s.Mode.Primary()))
		if len(p.d) == 0 {
			continue
		}
		out.Members = append(out.Members, s.ID())
		margin += p.margin(delta)
		prior += p.margin(bench.Delta)
		for i, pair := range p.pairs {
			sum[pair.id] += p.d[i]
			count[pair.id]++
			rounds[pair.id] = max(rounds[pair.id], len(pair.rows))
			// Split by scenarios, a pair is of several machines, and any one stands for it.
			machine[pair.id] = max(machine[pair.id], pair.rows[0].Head.Machine)
		}
	}
	var whole []pairID
	for id, n := range count {
		if n == len(out.Members) {
			whole = append(whole, id)
			out.Rounds += rounds[id]
		}
	}
	slices.SortFunc(whole, func(a, b pairID) int { return cmp.Compare(sum[a], sum[b]) }) // the order of a map would change the last digits
	m, of := make([]float64, len(whole)), make([]int, len(whole))
	for i, id := range whole {
		m[i], of[i] = sum[id]/float64(len(out.Members)), machine[id]
	}
	out.Pairs = len(m)
	n := max(1, float64(len(out.Members)))
	margin /= n
	add := spreadOf(m, of, prior/n).error(nil)
	estimate, errEstimate := stats.HodgesLehmannPaired(m, confidence)
	worse, errWorse := stats.AlignedMannWhitney(m, margin)
	better, errBetter := stats.AlignedMannWhitney(each(m, negative), margin)
	if errEstimate != nil || errWorse != nil || errBetter != nil {
		out.Reason = "no round has a ratio of head to base in all of its scenarios"
		return out
	}
	estimate = wider(estimate, add)
	out.Shift = new(math.Expm1(estimate.Value))
	if estimate.Confidence >= confidence {
		out.ShiftCI = &bench.Interval{math.Expm1(estimate.Low), math.Expm1(estimate.High)}
	}
	out.P, out.PBetter = new(widerP(worse.PGreater, estimate.Value-margin, add)), new(widerP(better.PGreater, -estimate.Value-margin, add))
	return out
}
