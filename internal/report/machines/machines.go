// Package machines words what a gate over several machines is made of: which shards
// count and which do not, and what each machine says of a change.
//
// It must not know how shards are merged or what decides.
package machines

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/org/proxy-bench-action/internal/bench"
	"github.com/org/proxy-bench-action/internal/figures"
	"github.com/org/proxy-bench-action/internal/plain"
	"github.com/org/proxy-bench-action/internal/report/document"
)

// short says what is wrong with a shard, for the headline.
var short = map[bench.ProblemKind]string{
	bench.ShardMissing:   "is missing",
	bench.ShardFailed:    "failed",
	bench.ShardTwice:     "ran twice",
	bench.ShardCommit:    "measured another commit",
	bench.ShardPlan:      "had another plan",
	bench.ShardTool:      "had another version of the tool",
	bench.ShardBase:      "had another base",
	bench.ShardSaturated: "had a busy machine",
	bench.ShardProgram:   "ran another build of the gateway",
}

// Lead is what is wrong with shards, for the headline; empty: nothing.
func Lead(run bench.Run) string {
	if run.Merged == nil || len(run.Merged.Problems) == 0 {
		return ""
	}
	m := *run.Merged
	if len(m.Problems) == 1 {
		p := m.Problems[0]
		return fmt.Sprintf("shard %d/%d %s", p.Shard, m.Of, short[p.Kind])
	}
	var all []string
	for _, kind := range bench.ProblemKinds() {
		var of []string
		for _, p := range m.Problems {
			if p.Kind == kind {
				of = append(of, fmt.Sprint(p.Shard))
			}
		}
		if len(of) > 0 {
			all = append(all, listed(of)+" "+plural(short[kind], len(of)))
		}
	}
	return fmt.Sprintf("of %d shards %s", m.Of, strings.Join(all, ", "))
}

// plural is what several shards did.
func plural(what string, n int) string {
	if n > 1 {
		return strings.Replace(what, "is missing", "are missing", 1)
	}
	return what
}

// mostListed is how many shards are named before the rest is counted.
const mostListed = 4

func listed(names []string) string {
	if more := len(names) - mostListed; more > 0 {
		names = append(slices.Clone(names[:mostListed]), fmt.Sprintf("%d more", more))
	}
	if len(names) == 1 {
		return names[0]
	}
	return strings.Join(names[:len(names)-1], ", ") + " and " + names[len(names)-1]
}

// longestText bounds what comes from files.
const longestText = 300

// Section lists the machines, what is wrong with shards, and what each machine says of
// the change.
func Section(run bench.Run, v bench.Verdict) document.Section {
	s := document.Section{ID: "machines", Heading: "Machines", Rank: document.Folded}
	if run.Merged == nil {
		return s
	}
	m := *run.Merged
	if len(m.Problems) > 0 {
		s.Rank = document.Always
	}
	l := document.List{Title: "Shards with a problem"}
	for _, p := range m.Problems {
		text := plain.To(p.Text, longestText)
		if !p.Dropped {
			text += " (it counts)"
		}
		l.Items = append(l.Items, document.Item{Text: text})
	}
	t := document.Table{Columns: []document.Column{
		{Title: "shard"}, {Title: "process pairs"}, {Title: "CPUs"}, {Title: "CPU", Text: true, Wide: true}, {Title: "other processes"}, {Title: "took"},
	}}
	for _, machine := range m.Machines {
		e := machine.Environment
		t.Rows = append(t.Rows, document.Row{Cells: []document.Cell{
			{Text: name(machine, m.Of)},
			{Text: fmt.Sprint(machine.Pairs)},
			{Text: fmt.Sprint(e.CPUs)},
			{Text: plain.To(cmp.Or(e.CPUModel, "not known"), 60)},
			{Text: figures.Percent(max(0, machine.Validity.Foreign) + max(0, machine.Validity.Steal))},
			{Text: figures.Length(machine.Elapsed)},
		}})
	}
	s.Blocks = append([]document.Block{document.Paragraph{Text: about(m)}, l, t}, builds(m)...)
	all, suite := compared(v), map[string]bench.Scenario{}
	for _, c := range run.Scenarios {
		suite[c.ID] = c.Scenario
	}
	if len(differing(all)) > 0 {
		s.Rank = document.Always
	}
	s.Blocks = append(append(s.Blocks, agreement(all)...), estimates(m, all, suite))
	return s
}

func name(machine bench.Machine, of int) string {
	text := fmt.Sprintf("%d/%d", machine.Shard, of)
	if machine.Attempt > 1 {
		text += fmt.Sprintf(", attempt %d", machine.Attempt)
	}
	return text
}

func about(m bench.Merged) string {
	if m.By == bench.ByScenarios {
		return fmt.Sprintf("%s of %d measured the scenarios, each scenario on one machine.", figures.Counted(len(m.Machines), "shard"), m.Of)
	}
	return fmt.Sprintf("%s of %d measured the suite, each on process pairs of its own. Head is compared with base within each machine.", figures.Counted(len(m.Machines), "shard"), m.Of)
}

// builds says which gateways the shards have built in different ways without one that most
// of them have: no shard stands out, and none has a problem.
func builds(m bench.Merged) (all []document.Block) {
	for _, arm := range []bench.Arm{bench.Base, bench.Head} {
		count, of := map[string]int{}, 0
		for _, machine := range m.Machines {
			if sum := machine.Environment.BinarySHA256[arm]; sum != "" {
				count[sum]++
				of++
			}
		}
		if len(count) > 1 && 2*slices.Max(slices.Collect(maps.Values(count))) <= of {
			all = append(all, document.Paragraph{Text: fmt.Sprintf(
				"%d shards ran %d different builds of %s, of one commit: its build is not reproducible. With a job that has the input prepare, all run the same.", of, len(count), arm)})
		}
	}
	return all
}
